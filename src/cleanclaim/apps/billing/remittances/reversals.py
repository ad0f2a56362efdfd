"""Which kept payments take an earlier answer back, asked of the database: as `ClaimPayment.is_reversal` tells them."""

from typing import Final

from django.db.models import Q

from cleanclaim.values.remittance import REVERSAL

IS_REVERSAL: Final = Q(status_code=REVERSAL) | Q(charge__lt=0)

"""Claims that were paid before this system knew of them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cleanclaim.apps.payer.intake.judging import judge
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.payer.intake.writing import Source, write_cases
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim

# No file of the exchange carried them.
NO_FILE = 0


@transaction.atomic
def load_history(claims: Sequence[Claim], *, received_on: date) -> list[str]:
    """Enter claims as paid, so that later ones are recognized as duplicates; returns our numbers, in order.

    No decision, no money: what they used of benefits comes as opening balances. A claim that is known
    already (same control number and day of receipt) is left alone; its number is empty.

    Raises:
        InputError: a claim's member or provider is unknown.
    """
    known = set(
        ClaimCase.objects.filter(
            file_id=NO_FILE,
            received_on=received_on,
            control_number__in=[claim.control_number for claim in claims],
        ).values_list("control_number", flat=True)
    )
    judged = judge([claim for claim in claims if claim.control_number not in known])
    for j in judged:
        if j.rejection is not None:
            raise InputError(f"claim {j.claim.control_number}: {j.rejection.words}")
    source = Source(NO_FILE, 0, received_on)
    icns = iter(write_cases(judged, [None] * len(judged), source, state=CaseState.PAID))
    return ["" if claim.control_number in known else next(icns) for claim in claims]

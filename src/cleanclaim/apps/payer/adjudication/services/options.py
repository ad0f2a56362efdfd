"""Set the plan's switches."""

from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.payer.adjudication.models import PlanOptions
from cleanclaim.apps.shared.tenancy.context import current_tenant


@transaction.atomic
def set_options(
    *,
    original_not_found: str = "pend",
    suspect_duplicate: str = "off",
    high_dollar: Decimal | None = None,
) -> PlanOptions:
    """How the plan operates from now on; see `rules.adjudication.Options`."""
    options, _ = PlanOptions.objects.update_or_create(
        organization_id=current_tenant(),
        defaults={
            "original_not_found": original_not_found,
            "suspect_duplicate": suspect_duplicate,
            "high_dollar": high_dollar,
        },
    )
    return options

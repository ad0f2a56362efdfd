"""Questions about remittances."""

from cleanclaim.apps.billing.remittances.models import Remittance, State

PAGE_ROWS = 50


def open_remittance_ids() -> list[int]:
    """Remittances that wait to be posted, oldest first."""
    return list(
        Remittance.objects.filter(state=State.RECEIVED).order_by("id").values_list("id", flat=True)
    )

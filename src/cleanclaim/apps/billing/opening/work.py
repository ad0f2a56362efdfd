"""What asks the second person to decide on a load."""

from django.utils import timezone

from cleanclaim.apps.billing.opening.models import OpeningLoad
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work

SUBJECT = "opening_load"


def open_decision(row: OpeningLoad, *, takes_back: bool = False) -> None:
    """It waits to be approved, or to be taken back."""
    act = "take back the load" if takes_back else "take over balances"
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Approve: {act} of {row.system}"[:120],
                reason=f"{row.items_name}. Waits for a second person."[:300],
                opened_on=timezone.localdate(),
                amount=row.open_amount,
            )
        ]
    )


def close_decision(load_id: int, *, outcome: str) -> None:
    """It is decided."""
    close_work("other", subject_kind=SUBJECT, subject_ids=[load_id], outcome=outcome)

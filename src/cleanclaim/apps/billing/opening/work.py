"""What asks the second person to decide on a load."""

from django.utils import timezone

from cleanclaim.apps.billing.opening.models import OpeningLoad
from cleanclaim.apps.shared.work.second_person import ask_second_person, decided

SUBJECT = "opening_load"


def open_decision(row: OpeningLoad, *, takes_back: bool = False) -> None:
    """It waits to be approved, or to be taken back."""
    act = "take back the load" if takes_back else "take over balances"
    ask_second_person(
        SUBJECT,
        row.pk,
        act=f"{act} of {row.system}",
        words=row.items_name,
        on=timezone.localdate(),
        amount=row.open_amount,
    )


def close_decision(load_id: int, *, outcome: str) -> None:
    """It is decided."""
    decided(SUBJECT, load_id, outcome=outcome)

"""What asks the second person to decide on a month."""

from django.utils import timezone

from cleanclaim.apps.reports.closing.models import CloseRequest, Verb
from cleanclaim.apps.shared.work.second_person import ask_second_person, decided

SUBJECT = "close_request"


def open_request(row: CloseRequest) -> None:
    """Somebody asked."""
    act = "close" if row.verb == Verb.CLOSE else "open again"
    ask_second_person(
        SUBJECT,
        row.pk,
        act=f"{act} {row.month:%B %Y}",
        words=row.reason,
        on=timezone.localdate(),
    )


def close_request(row: CloseRequest, *, outcome: str) -> None:
    """It is decided."""
    decided(SUBJECT, row.pk, outcome=outcome)

"""What asks the second person to decide on a month."""

from django.utils import timezone

from cleanclaim.apps.reports.closing.models import CloseRequest, Verb
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work

SUBJECT = "close_request"


def open_request(row: CloseRequest) -> None:
    """Somebody asked."""
    act = "close" if row.verb == Verb.CLOSE else "open again"
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Approve: {act} {row.month:%B %Y}",
                reason=f"{row.reason}. Waits for a second person."[:300],
                opened_on=timezone.localdate(),
            )
        ]
    )


def close_request(row: CloseRequest, *, outcome: str) -> None:
    """It is decided."""
    close_work("other", subject_kind=SUBJECT, subject_ids=[row.pk], outcome=outcome)

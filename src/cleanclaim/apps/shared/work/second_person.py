"""What waits for a second person's word stands in the queue until somebody decides."""

from datetime import date
from decimal import Decimal

from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.money import ZERO


def ask_second_person(
    subject_kind: str,
    subject_id: int,
    *,
    act: str,
    words: str,
    on: date,
    amount: Decimal = ZERO,
    patient_id: int | None = None,
) -> None:
    """Somebody asked for an act on this record; the same again while it waits changes nothing."""
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=subject_kind,
                subject_id=subject_id,
                title=f"Approve: {act}"[:120],
                reason=f"{words}. Waits for a second person."[:300],
                opened_on=on,
                amount=amount,
                patient_id=patient_id,
            )
        ]
    )


def decided(subject_kind: str, subject_id: int, *, outcome: str) -> None:
    """It is approved, refused or withdrawn."""
    close_work("other", subject_kind=subject_kind, subject_ids=[subject_id], outcome=outcome)

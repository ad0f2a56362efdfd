"""Refunds as work, by the day on which they are due."""

from datetime import date

from cleanclaim.apps.billing.adjustments.models import Refund
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work

SUBJECT = "refund"


def open_refund(row: Refund, *, on: date) -> None:
    """The credit is to be given back by its day."""
    open_work(
        [
            NewWork(
                kind="refund",
                subject_kind=SUBJECT,
                subject_id=row.pk,
                title=f"Give back: {row.cause.replace('_', ' ')}",
                reason=f"{row.words}. Due {row.due_on} by {row.citation}."[:300],
                opened_on=on,
                due_on=row.due_on,
                amount=row.amount,
                patient_id=row.patient_id or None,
                payer_name=row.payee.get("name", "") if row.owner == "payer" else "",
            )
        ]
    )


def close_refund(row: Refund, *, outcome: str) -> None:
    """The money is back with its owner, or nobody is owed."""
    close_work("refund", subject_kind=SUBJECT, subject_ids=[row.pk], outcome=outcome)

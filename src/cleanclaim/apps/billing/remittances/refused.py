"""Payments of which nothing was kept: noted with what could be read of them, for the proof and the auditor."""

from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.models import RefusedPayment, RepeatedPayment
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.edi import ReceivedMessage
from cleanclaim.kernel.errors import CleanclaimError
from cleanclaim.kernel.money import fits_ledger
from cleanclaim.values.remittance import Remittance


def note_unread(
    file: MessageFile, message: ReceivedMessage, words: str, *, position: int, on: date
) -> None:
    """Keep that a payment was refused, and why."""
    head = _head(message)
    RefusedPayment.objects.create(
        file_id=file.pk,
        position=position,
        payer_name=head.payer.name[:120] if head else "",
        trace_number=head.trace_number[:50] if head else "",
        paid=_fitting(head.paid) if head else None,
        paid_on=head.paid_on if head else None,
        words=words[:500],
        refused_on=on,
    )


def note_repeated(
    file: MessageFile, head: Remittance, words: str, *, first_id: int, position: int, on: date
) -> None:
    """Keep that a payment was refused because it is here, as the remittance `first_id`."""
    RepeatedPayment.objects.create(
        file_id=file.pk,
        position=position,
        first_id=first_id,
        payer_name=head.payer.name[:120],
        payer_trace_id=head.payer_trace_id[:10],
        trace_number=head.trace_number[:50],
        paid=head.paid,
        paid_on=head.paid_on,
        words=words[:500],
        refused_on=on,
    )


def _head(message: ReceivedMessage) -> Remittance | None:
    """The head, where enough of the message can be read; it was refused, so anything in it may be missing."""
    try:
        return message.remittance_head()
    except (CleanclaimError, ValueError, LookupError, ArithmeticError, AttributeError, TypeError):
        return None


def _fitting(amount: Decimal) -> Decimal | None:
    return amount if fits_ledger(amount) else None

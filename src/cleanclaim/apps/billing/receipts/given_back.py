"""What of a receipt's prepayment was given back, whether that money has left, and how it is made good."""

from decimal import Decimal

from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.apps.billing.receipts.selectors import (
    live_applications,
    short_of,
    trace_of,
    unapplied_of,
)
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.values.accounts import PATIENT_PREPAYMENT, REFUND_PAYABLE
from cleanclaim.values.entry import Leg


def given_back(row: Receipt) -> Decimal:
    """Dollars of its prepayment that left otherwise than by being applied: refunded or moved."""
    entries = [row.standing_entry_id, *live_applications(row)]
    legs = LegRow.objects.filter(
        account=PATIENT_PREPAYMENT.code, entry__in=entries, trace=trace_of(row.pk)
    )
    return -total(legs.values_list("amount", flat=True)) - unapplied_of([row])[row.pk]


def make_good(row: Receipt, most: Decimal, *, into: str) -> list[Leg]:
    """Legs that put up to `most` of a receipt on earlier ones that came back after their refund had gone out.

    Args:
        into: the account that takes the money in.
    """
    legs: list[Leg] = []
    for _, trace, short in short_of(row.patient_id):
        put = min(most, short)
        if put <= ZERO:
            break
        most -= put
        legs += [
            Leg(account, amount, patient_id=row.patient_id, reason=row.method, trace=under)
            for account, amount, under in (
                (into, put, trace_of(row.pk)),
                (PATIENT_PREPAYMENT.code, -put, trace),
            )
        ]
    return legs


def refuse_on_its_way(row: Receipt) -> None:
    """Raise where a refund of it is approved and not yet paid: it would go out for money that came back.

    Raises:
        StateError: such a refund waits; the message says how much.
    """
    off = LegRow.objects.filter(account=PATIENT_PREPAYMENT.code, trace=trace_of(row.pk))
    entries = off.values("entry_id")
    payable = LegRow.objects.filter(account=REFUND_PAYABLE.code, entry__in=entries)
    traces = {trace for trace in payable.values_list("trace", flat=True) if trace}
    legs = LegRow.objects.filter(account=REFUND_PAYABLE.code, trace__in=traces)
    waiting = -total(legs.values_list("amount", flat=True))
    if waiting > ZERO:
        raise StateError(
            f"receipt {row.pk}: a refund of {show(waiting)} of it is approved and not yet paid",
            hint="Cancel that refund first: the money that it would give back has come back.",
        )

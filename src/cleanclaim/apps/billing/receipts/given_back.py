"""What of a receipt's prepayment was given back, and whether that money has left."""

from decimal import Decimal

from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.apps.billing.receipts.selectors import live_applications, trace_of, unapplied_of
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.values.accounts import PATIENT_PREPAYMENT, REFUND_PAYABLE


def given_back(row: Receipt) -> Decimal:
    """Dollars of its prepayment that left otherwise than by being applied: refunded or moved."""
    entries = [row.entry_id, *live_applications(row)]
    legs = Leg.objects.filter(account=PATIENT_PREPAYMENT.code, entry__in=entries)
    return -total(legs.values_list("amount", flat=True)) - unapplied_of([row])[row.pk]


def refuse_on_its_way(row: Receipt) -> None:
    """Raise where a refund of it is approved and not yet paid: it would go out for money that came back.

    Raises:
        StateError: such a refund waits; the message says how much.
    """
    off = Leg.objects.filter(account=PATIENT_PREPAYMENT.code, trace=trace_of(row.pk))
    entries = off.values("entry_id")
    payable = Leg.objects.filter(account=REFUND_PAYABLE.code, entry__in=entries)
    traces = {trace for trace in payable.values_list("trace", flat=True) if trace}
    legs = Leg.objects.filter(account=REFUND_PAYABLE.code, trace__in=traces)
    waiting = -total(legs.values_list("amount", flat=True))
    if waiting > ZERO:
        raise StateError(
            f"receipt {row.pk}: a refund of {show(waiting)} of it is approved and not yet paid",
            hint="Cancel that refund first: the money that it would give back has come back.",
        )

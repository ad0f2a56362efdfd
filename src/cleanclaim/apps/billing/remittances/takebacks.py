"""What payers carry forward against us (PLB FB), by what their posted remittances said: one rolling balance per payer and payee.

A later 835 gives the old balance back and may carry a new one. Those whose net was zero may never have been sent: then
what is given back is not what stands here, and the difference is what the missing ones paid.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment, State
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting.provider_adjustments import CARRIED_FORWARD
from cleanclaim.values import remittance as values
from cleanclaim.values.remittance import ProviderAdjustment


def payee_key(payment: values.Remittance) -> str:
    """Whom it pays: the NPI, else the taxpayer number; empty where it names neither."""
    return (payment.payee.npi or payment.payee.tin)[:20]


def carried_forward(row: Remittance) -> Decimal:
    """What the payer of a remittance carries forward against its payee by its other posted remittances."""
    found = RemittanceAdjustment.objects.filter(
        reason=CARRIED_FORWARD,
        remittance__state=State.POSTED,
        remittance__payer_trace_id=row.payer_trace_id,
        remittance__payee_key=row.payee_key,
    ).exclude(remittance_id=row.pk)
    return -(found.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def forward_finding(row: Remittance, adjustments: Sequence[ProviderAdjustment]) -> tuple[str, ...]:
    """What to look into where the balance that is given back is not the one that stands."""
    given_back = total(
        one.amount for one in adjustments if one.reason == CARRIED_FORWARD and one.amount > 0
    )
    if not given_back:
        return ()
    standing = carried_forward(row)
    if given_back == standing:
        return ()
    payee = f" for payee {row.payee_key}" if row.payee_key else ""
    difference = standing - given_back
    why = (
        "a remittance of 0.00 in between may be missing"
        if standing
        else "the one that carried it may not have been posted here"
    )
    return (
        f"the payer gives back a forward balance of {show(given_back)}{payee}, but {show(standing)} stands here: "
        f"{why} ({show(difference)})",
    )

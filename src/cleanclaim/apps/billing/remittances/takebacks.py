"""What payers carry forward against us (PLB FB), by what their posted remittances said: one rolling balance per payer and payee.

A later 835 gives the old balance back and may carry a new one. Those whose net was zero may never have been sent: then
what is given back is not what stands here, and the difference is what the missing ones paid. A recovery (WO) under the
reference of what was carried gives it back as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment, State
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting.forward import (
    CARRIED_FORWARD,
    RECOVERED,
    Movement,
    Standing,
    is_recovery,
    rolling,
)
from cleanclaim.values import remittance as values
from cleanclaim.values.remittance import ProviderAdjustment


def payee_key(payment: values.Remittance) -> str:
    """Whom it pays: the NPI, else the taxpayer number; empty where it names neither."""
    return (payment.payee.npi or payment.payee.tin)[:20]


@dataclass(frozen=True, slots=True)
class Carried:
    """One movement of a payer's balance against a payee, with its remittance and what stands after it."""

    remittance: Remittance
    reason: str
    reference: str
    amount: Decimal
    balance: Decimal


Account = tuple[str, str]  # payer trace id and payee
_SHOWN = (
    "reason", "reference", "amount", "remittance__payer_trace_id", "remittance__payee_key", "remittance__payer_name",
    "remittance__paid_on", "remittance__trace_number",
)  # fmt: skip


def forward_history() -> list[Carried]:
    """Every movement of every balance, those of one payer and payee together, oldest first."""
    accounts = _rows().filter(reason=CARRIED_FORWARD)
    pairs = set(accounts.values_list("remittance__payer_trace_id", "remittance__payee_key"))
    by_account: dict[Account, list[RemittanceAdjustment]] = {pair: [] for pair in sorted(pairs)}
    for row in _rows().select_related("remittance").only(*_SHOWN):
        pair = (row.remittance.payer_trace_id, row.remittance.payee_key)
        if pair in by_account:
            by_account[pair].append(row)
    found = []
    for rows in by_account.values():
        by_id = {row.pk: row for row in rows}
        for one in rolling(map(_movement, rows)):
            row = by_id[one.movement.key]
            found.append(
                Carried(row.remittance, row.reason, row.reference, row.amount, one.balance)
            )
    return found


def standing_balances(history: Sequence[Carried]) -> dict[Account, Decimal]:
    """What stands for each payer and payee after the last movement."""
    return {
        (one.remittance.payer_trace_id, one.remittance.payee_key): one.balance for one in history
    }


def _rows() -> QuerySet[RemittanceAdjustment]:
    """What may move a balance, of posted remittances, in the order in which payers paid."""
    return RemittanceAdjustment.objects.filter(
        reason__in=(CARRIED_FORWARD, RECOVERED), remittance__state=State.POSTED
    ).order_by("remittance__paid_on", "remittance_id", "position")


def _movement(row: RemittanceAdjustment) -> Movement:
    return Movement(row.pk, row.reason, row.reference, row.amount)


def carried_before(row: Remittance) -> list[Standing]:
    """The balance of a remittance's payer against its payee, by its posted remittances that were paid before it.

    One that comes late is looked at as the payer wrote it: what was carried or given back later is nothing to it.
    """
    earlier = Q(remittance__paid_on__lt=row.paid_on)
    same_day = Q(remittance__paid_on=row.paid_on)
    if row.pk is not None:  # of one day in the order in which they came
        same_day &= Q(remittance_id__lt=row.pk)
    own = _rows().filter(
        earlier | same_day,
        remittance__payer_trace_id=row.payer_trace_id,
        remittance__payee_key=row.payee_key,
    )
    return rolling(map(_movement, own))


def forward_finding(row: Remittance, adjustments: Sequence[ProviderAdjustment]) -> tuple[str, ...]:
    """What to look into where the balance that is given back is not the one that stands."""
    taken = [one for one in adjustments if one.reason in (CARRIED_FORWARD, RECOVERED)]
    taken = [one for one in taken if one.amount > 0]
    if not taken:
        return ()
    before = carried_before(row)
    carried = {one.movement.reference for one in before if one.movement.amount < 0}
    given_back = total(
        one.amount
        for one in taken
        if one.reason == CARRIED_FORWARD
        or is_recovery(Movement(0, one.reason, one.reference, one.amount), carried)
    )
    if not given_back:
        return ()
    standing = before[-1].balance if before else ZERO
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

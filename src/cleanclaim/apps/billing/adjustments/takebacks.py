"""What payers took back by provider adjustments (PLB), by the claim that they name.

One adjustment may name several claims, and a claim may be named by several: what each case drew from each is kept
on the case, so that an amount taken once settles no more than itself.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q

from cleanclaim.apps.billing.adjustments.models import Refund, RefundState
from cleanclaim.apps.billing.adjustments.models.refunds import OPEN
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.deposits.models import Deposit
from cleanclaim.apps.billing.remittances.models import RemittanceAdjustment, State
from cleanclaim.kernel.money import ZERO, total

# WO takes; a 72 of the same reference says that our own refund came in, and gives it back.
REASONS = ("WO", "72")
_PARTS = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a payer has taken for one claim, net, and by which payments. `left` is (adjustment, dollars), oldest first."""

    amount: Decimal
    traces: tuple[str, ...]
    left: tuple[tuple[int, Decimal], ...] = ()

    @property
    def words(self) -> str:
        """`PLB WO of trace T9`."""
        return (
            f"PLB WO of trace {', '.join(self.traces)}" if self.traces else "a provider adjustment"
        )

    def drawn(self, amount: Decimal) -> dict[str, str]:
        """{adjustment: dollars} of as much of it as a case of this amount settles, the oldest first."""
        found = {}
        for adjustment_id, left in self.left:
            if (part := min(left, amount)) > ZERO:
                found[str(adjustment_id)] = str(part)
                amount -= part
        return found


NOTHING = Taken(ZERO, ())


def taken_for(row: Refund) -> Taken:
    """What the payer who is owed has taken for this refund's claim and no other refund has settled."""
    claim = Claim.objects.filter(pk=row.claim_id).first() if row.claim_id else None
    if row.owner != "payer" or claim is None:
        return NOTHING
    mine = _naming({claim.control_number, claim.payer_control_number} - {""}, row.owner_id)
    if not mine:
        return NOTHING
    drawn, loose = _settled(row, [one.pk for one in mine])
    left = tuple((one.pk, one.amount - drawn[one.pk]) for one in mine)
    traces = dict.fromkeys(one.remittance.trace_number for one in mine if one.amount > 0)
    net = total(amount for _, amount in left) - loose
    return Taken(max(net, ZERO), tuple(traces), left)


def taken_off_account(row: Refund, *, lies: Decimal) -> Taken:
    """What the payer has taken of a credit that is owed back to it as a whole, and that no claim's case is to settle.

    Its open cases speak for more than lies there: that is gone, but for what it took by the number of a claim whose own
    case is open. Each case that is settled leaves as much less for the next.

    Args:
        lies: dollars on the account now; below zero where it took what is approved already.
    """
    cases = Refund.objects.filter(owner="payer", owner_id=row.owner_id)
    mine = cases.filter(account=row.account, payer_id=row.payer_id, state__in=OPEN)
    gone = total(mine.values_list("amount", flat=True)) - lies
    if gone > ZERO:
        others = cases.filter(state__in=(*OPEN, RefundState.APPROVED)).exclude(claim_id=0)
        named = others.exclude(account=row.account)
        gone -= total(min(one.amount, taken_for(one).amount) for one in named)
    return Taken(min(gone, row.amount), ()) if gone > ZERO else NOTHING


def _naming(numbers: set[str], payer_id: int) -> list[RemittanceAdjustment]:
    """The payer's posted takebacks whose reference is one of the numbers, or has it among its parts."""
    if not numbers:
        return []
    found = RemittanceAdjustment.objects.filter(
        reduce(or_, (Q(reference__contains=number) for number in sorted(numbers))),
        reason__in=REASONS,
        remittance__state=State.POSTED,
        remittance__payer_id=payer_id,
    )
    spoken_for = Deposit.objects.filter(adjustment_id__isnull=False, undone_on=None)
    found = found.exclude(
        pk__in=spoken_for.values("adjustment_id")
    )  # a stopped payment's own money
    rows = found.select_related("remittance").defer("remittance__body").order_by("id")
    return [one for one in rows if numbers & {one.reference, *_PARTS.split(one.reference)}]


def _settled(row: Refund, adjustment_ids: list[int]) -> tuple[dict[int, Decimal], Decimal]:
    """What settled cases drew from each of these, and what those of the claim settled before that was kept."""
    drawn: dict[int, Decimal] = defaultdict(lambda: ZERO)
    cases = Refund.objects.filter(owner="payer", owner_id=row.owner_id).exclude(taken_by="")
    by_number = Q(takebacks__has_any_keys=[str(pk) for pk in adjustment_ids])
    for draws in cases.filter(by_number).values_list("takebacks", flat=True):
        for adjustment_id, amount in draws.items():
            drawn[int(adjustment_id)] += Decimal(amount)
    before = cases.filter(claim_id=row.claim_id, takebacks={})
    return drawn, total(before.values_list("amount", flat=True))

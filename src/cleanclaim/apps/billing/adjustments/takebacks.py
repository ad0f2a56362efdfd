"""What payers took back by provider adjustments (PLB), by the claim that they name.

One adjustment may name several claims, and a claim may be named by several: what each case drew from each is kept
on the case, so that an amount taken once settles no more than itself.
"""

import re
from collections import defaultdict
from collections.abc import Collection
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
FEW = 20  # numbers that the database looks for one by one
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
    return taken_for_each([row])[row.pk]


def taken_for_each(rows: Collection[Refund]) -> dict[int, Taken]:
    """{refund: what the payer has taken for it}, each looked at alone; all of them are owed to one payer or to a patient."""
    found = {row.pk: NOTHING for row in rows}
    owed = {row.pk: row for row in rows if row.owner == "payer" and row.claim_id}
    claims = Claim.objects.in_bulk({row.claim_id for row in owed.values()}) if owed else {}
    numbers = {
        pk: {claims[row.claim_id].control_number, claims[row.claim_id].payer_control_number} - {""}
        for pk, row in owed.items()
        if row.claim_id in claims
    }
    payers = {owed[pk].owner_id for pk in numbers}
    named = _naming(set().union(*numbers.values()), next(iter(payers), 0))
    mine = {
        pk: [one for one in named if own & {one.reference, *_PARTS.split(one.reference)}]
        for pk, own in numbers.items()
    }
    mine = {pk: ones for pk, ones in mine.items() if ones}
    if not mine:
        return found
    drawn, loose = _settled([owed[pk] for pk in mine], [one.pk for one in named])
    for pk, ones in mine.items():
        left = tuple((one.pk, one.amount - drawn[one.pk]) for one in ones)
        traces = dict.fromkeys(one.remittance.trace_number for one in ones if one.amount > 0)
        net = total(amount for _, amount in left) - loose[owed[pk].claim_id]
        found[pk] = Taken(max(net, ZERO), tuple(traces), left)
    return found


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
        named = {one.pk: one for one in others.exclude(account=row.account)}
        took = taken_for_each(named.values())
        gone -= total(min(one.amount, took[pk].amount) for pk, one in named.items())
    return Taken(min(gone, row.amount), ()) if gone > ZERO else NOTHING


def _naming(numbers: set[str], payer_id: int) -> list[RemittanceAdjustment]:
    """The payer's posted takebacks whose reference is one of the numbers, or has it among its parts."""
    if not numbers:
        return []
    found = RemittanceAdjustment.objects.filter(
        reason__in=REASONS,
        remittance__state=State.POSTED,
        remittance__payer_id=payer_id,
    )
    if len(numbers) <= FEW:  # of many, the references of all are looked through here
        found = found.filter(
            reduce(or_, (Q(reference__contains=number) for number in sorted(numbers)))
        )
    spoken_for = Deposit.objects.filter(adjustment_id__isnull=False, undone_on=None)
    found = found.exclude(
        pk__in=spoken_for.values("adjustment_id")
    )  # a stopped payment's own money
    rows = found.select_related("remittance").defer("remittance__body").order_by("id")
    return [one for one in rows if numbers & {one.reference, *_PARTS.split(one.reference)}]


def drawn_from(adjustment_ids: Collection[int]) -> dict[int, Decimal]:
    """{adjustment: dollars of it that settled credits}; those that settled none are left out."""
    wanted = {str(pk) for pk in adjustment_ids}
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    if wanted:
        draws = Refund.objects.filter(takebacks__has_any_keys=sorted(wanted))
        for each in draws.values_list("takebacks", flat=True):
            for adjustment_id in wanted & each.keys():
                found[int(adjustment_id)] += Decimal(each[adjustment_id])
    return dict(found)


def _settled(
    rows: Collection[Refund], adjustment_ids: list[int]
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What settled cases drew from each of these, and per claim what its cases settled before that was kept.

    Args:
        rows: cases of one payer.
    """
    drawn: dict[int, Decimal] = defaultdict(lambda: ZERO)
    loose: dict[int, Decimal] = defaultdict(lambda: ZERO)
    owner_id = next(iter({row.owner_id for row in rows}))
    cases = Refund.objects.filter(owner="payer", owner_id=owner_id).exclude(taken_by="")
    by_number = Q(takebacks__has_any_keys=[str(pk) for pk in adjustment_ids])
    for draws in cases.filter(by_number).values_list("takebacks", flat=True):
        for adjustment_id, amount in draws.items():
            drawn[int(adjustment_id)] += Decimal(amount)
    before = cases.filter(claim_id__in={row.claim_id for row in rows}, takebacks={})
    for claim_id, amount in before.values_list("claim_id", "amount"):
        loose[claim_id] += amount
    return drawn, loose

"""What an earlier payer left of the claim as a whole is laid on the lines for which the next one answers.

An answer without lines was shared out by charge, which says nothing of its lines. Where the next payer answers line by
line, its shares give way: no more is moved than is left in all, and only from lines that have more than is asked of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from cleanclaim.apps.billing.remittances.standing import Standing
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.cob.responsibility.rooms import asked_of, moved
from cleanclaim.rules.posting import OpenItem, PostingPlan
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET
from cleanclaim.values.adjustment import Adjustment, left_to_patient
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment

REASON = "by line now"  # on the legs


def made_room(
    payment: ClaimPayment,
    items: Sequence[OpenItem],
    standing: Standing,
    *,
    payer_id: int,
) -> tuple[list[OpenItem], tuple[Leg, ...]]:
    """The items with what is moved between them, and the legs that move it; as they are where nothing is.

    Args:
        standing: the answers that stand; asked of the claim only where a later payer answers its lines.
        payer_id: who answers now.
    """
    same = (list(items), ())
    if not items or not all(item.is_later for item in items):
        return same
    if len({item.bucket for item in items}) > 1 or not payment.lines or payment.is_reversal:
        return same
    earlier = standing.of_claim(items[0].claim_id)
    others = [one for one in earlier if one.place_id and one.payer_id != payer_id]
    if not any(_is_whole(one.said()) for one in others):
        return same
    opened = [max(item.open_with_payer, ZERO) for item in items]
    asked = _asked(payment, items, opened)
    if asked is None:
        return same
    changes = moved(opened, asked)
    if not any(changes):
        return same
    pairs = list(zip(items, changes, strict=True))
    legs = tuple(_leg(item, change, payer_id) for item, change in pairs if change)
    return [_with(item, change) for item, change in pairs], legs


def with_moves(plan: PostingPlan, moves: Sequence[Leg]) -> PostingPlan:
    """The plan with these legs before its own, and their words; one that posts nothing moves nothing."""
    if not moves or not plan.legs:
        return plan
    notes = [
        f"line {one.line_number}: {show(abs(one.amount))} {'more' if one.amount > 0 else 'less'} of what the payer before "
        "left of the claim as a whole"
        for one in moves
    ]
    return replace(plan, legs=(*moves, *plan.legs), notes=(*notes, *plan.notes))


def _is_whole(payment: ClaimPayment) -> bool:
    return bool(payment.adjustments) or not payment.lines


def _asked(
    payment: ClaimPayment, items: Sequence[OpenItem], opened: Sequence[Decimal]
) -> list[Decimal] | None:
    """What the answer asks of each item (`asked_of`); None where it cannot be told."""
    firm = {item.item_id: ZERO for item in items}
    said: dict[int, list[Adjustment]] = {item.item_id: [] for item in items}
    for line, item in zip(payment.lines, match_lines(payment, items), strict=True):
        if item is None:
            return None
        firm[item.item_id] += line.paid + left_to_patient(line.adjustments)
        said[item.item_id] += line.adjustments
    return asked_of(opened, list(firm.values()), list(said.values()))


def _leg(item: OpenItem, change: Decimal, payer_id: int) -> Leg:
    account = RECEIVABLE_BY_BUCKET[item.bucket].code
    return Leg(
        account, change, item.item_id, item.claim_id, item.line_number, item.patient_id, payer_id, REASON
    )  # fmt: skip


def _with(item: OpenItem, change: Decimal) -> OpenItem:
    balances = {**item.balances, item.bucket: item.open_with_payer + change}
    return replace(item, balances=balances)

"""How an answer without lines is shared out over the charges, exact to the cent.

A first payer's by charge. A payer behind it answers what was left of each line: what it pays and leaves to the patient
goes by what is open with it, what it takes off first fills what is then still open, and what it says of the payers before
is the rest of each charge. So an answer that accounts for every cent leaves none open on any line.
"""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, allocate_together, total
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.adjustment import Adjustment, Group

PATIENTS, TAKEN, TOLD = range(3)  # kinds of adjustments
_Shares = list[list[Decimal]]  # per amount, per item


def later_shares(
    items: Sequence[OpenItem], paid: Decimal, adjustments: Sequence[Adjustment]
) -> _Shares | None:
    """Shares of what a payer behind the first pays and of each adjustment; None where it is none, or nothing is open with it.

    Payment and adjustments add up to the charge of the items.
    """
    if not all(item.is_later for item in items):
        return None
    opened = [max(item.open_with_payer, ZERO) for item in items]
    charges = [item.charge for item in items]
    explained = paid + total(one.amount for one in adjustments)
    if not any(opened) or paid < 0 or explained != total(charges):
        return None
    kinds = [_kind(one) for one in adjustments]
    amounts = {
        kind: [one.amount for one, its in zip(adjustments, kinds, strict=True) if its == kind]
        for kind in (PATIENTS, TAKEN, TOLD)
    }
    firm = allocate_together([paid, *amounts[PATIENTS]], _in_cents(opened))
    left = _less(charges, firm)
    room = [max(each, ZERO) for each in _less(opened, firm)]
    taken = _filled(amounts[TAKEN], room, left)
    told = _to(amounts[TOLD], _less(left, taken)) if taken is not None else None
    if taken is None or told is None:
        return None
    shares = {PATIENTS: iter(firm[1:]), TAKEN: iter(taken), TOLD: iter(told)}
    return [firm[0], *(next(shares[kind]) for kind in kinds)]


def _kind(one: Adjustment) -> int:
    """Left to the patient, taken off or denied, or said of the payers before."""
    if one.restates_earlier_payers:
        return TOLD
    return PATIENTS if one.group is Group.PATIENT else TAKEN


def _filled(amounts: Sequence[Decimal], room: list[Decimal], left: list[Decimal]) -> _Shares | None:
    """Reductions that fill the room first; what they are more restates the payers before."""
    whole, space = total(amounts), total(room)
    if whole <= space:
        return (
            allocate_together(amounts, _in_cents(room))
            if any(room)
            else _to(amounts, [ZERO] * len(room))
        )
    beyond = _less(left, [room])
    if any(each < 0 for each in beyond) or not any(beyond):
        return None
    [more] = allocate_together([whole - space], _in_cents(beyond))
    return _to(amounts, [here + each for here, each in zip(room, more, strict=True)])


def _to(amounts: Sequence[Decimal], wanted: Sequence[Decimal]) -> _Shares | None:
    """Shares that add up to what is wanted on each item; None where the sums differ or less than nothing is wanted."""
    if total(amounts) != total(wanted) or any(each < 0 for each in wanted):
        return None
    if not any(wanted):
        return [[ZERO] * len(wanted) for _ in amounts] if not any(amounts) else None
    return allocate_together(amounts, _in_cents(wanted), wanted)


def _less(wholes: Sequence[Decimal], shares: _Shares) -> list[Decimal]:
    return [whole - total(own[place] for own in shares) for place, whole in enumerate(wholes)]


def _in_cents(amounts: Sequence[Decimal]) -> list[int]:
    return [int(amount * 100) for amount in amounts]

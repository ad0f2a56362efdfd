"""Which items a sum of money goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.billing.receipts.selectors import Owed
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show, total


@dataclass(frozen=True, slots=True)
class Part:
    """Dollars on one item."""

    item_id: int
    amount: Decimal


def oldest_first(owed: Sequence[Owed], amount: Decimal) -> list[Part]:
    """What the amount pays of what is owed, in its order."""
    left, parts = amount, []
    for one in owed:
        if left <= ZERO:
            break
        parts.append(Part(one.item_id, min(left, one.amount)))
        left -= parts[-1].amount
    return parts


def check_parts(parts: Sequence[Part], owed: Sequence[Owed], amount: Decimal) -> None:
    """Raise unless the parts are owed, each item once, and come to no more than the amount.

    Raises:
        InputError: they are not.
    """
    open_amounts = {one.item_id: one.amount for one in owed}
    seen: set[int] = set()
    for part in parts:
        there = open_amounts.get(part.item_id, ZERO)
        if part.item_id in seen:
            raise InputError(
                f"item {part.item_id} is named twice, expected each item once",
                hint="Put both amounts in one.",
            )
        seen.add(part.item_id)
        if not (ZERO < part.amount <= there and is_whole_cents(part.amount)):
            raise InputError(
                f"item {part.item_id}: {show(part.amount)} to apply, the patient owes {show(there)} on it",
                hint="Apply whole cents up to that; look at what is owed again.",
            )
    if total(part.amount for part in parts) > amount:
        raise InputError(
            f"items: {show(total(part.amount for part in parts))} to apply, {show(amount)} there",
            hint="Apply no more than the money that is there; the rest stays a prepayment.",
        )

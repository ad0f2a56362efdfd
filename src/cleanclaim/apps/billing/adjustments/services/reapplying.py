"""Take a payment, or a part of it, off the items it was applied to and put it on others.

The first application stays as it was posted. What comes off passes through what is held for the
payer (unapplied cash) or the patient (prepayments), so that each claim's own story adds up.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, State
from cleanclaim.apps.billing.adjustments.reasons import reason
from cleanclaim.apps.billing.adjustments.services import moves, requesting
from cleanclaim.apps.shared.ledger.models import Entry, Item, Leg
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.values.accounts import (
    BY_CODE,
    PATIENT_PREPAYMENT,
    REMIT_CLEARING,
    UNAPPLIED_CASH,
)

PAYER_CASH = frozenset((REMIT_CLEARING.code, UNAPPLIED_CASH.code))


@dataclass(frozen=True, slots=True)
class Part:
    """`amount` dollars, above zero, of a payment on an item's receivable account."""

    item_id: int
    account: str
    amount: Decimal


@transaction.atomic
def reapply_payment(
    entry_id: int,
    *,
    off: Sequence[Part],
    onto: Sequence[Part],
    note: str,
    on: date,
    by: int,
) -> Adjustment:
    """Move parts of the payment `entry_id` from the items in `off` to those in `onto`.

    Raises:
        InputError: the two sides differ, an amount is wrong, an item is unknown, no note.
        StateError: the payment did not bring that much to an item, or an item owes less than it is given.
    """
    if not note.strip():
        raise InputError(
            f"payment entry {entry_id}: the note is empty, expected why it is re-applied",
            hint="Say why; both accounts' stories show it.",
        )
    sides = [_sum(off), _sum(onto)]
    if sides[0] != sides[1]:
        raise InputError(
            f"payment entry {entry_id}: {show(sides[0])} comes off and {show(sides[1])} goes on, expected as much",
            hint="Change a line until both sides are equal.",
        )
    counter = _through(entry_id)
    items = Item.objects.in_bulk([part.item_id for part in (*off, *onto)])
    lines = [
        requesting.new_line(_item(items, part), part.account, counter, sign * part.amount)
        for parts, sign in ((off, 1), (onto, -1))
        for part in parts
    ]
    moves.lock_of(lines)
    check_original(entry_id, lines)
    why = reason("misapplied", on=on)
    return requesting.place(
        why, lines, note=note, amount=sides[0], on=on, by=by, original_entry_id=entry_id
    )


def check_original(entry_id: int, lines: Sequence[AdjustmentLine]) -> None:
    """Raise where more comes off an item than the payment brought it and still has there.

    Raises:
        StateError: it would.
    """
    if Entry.objects.filter(reverses=entry_id).exists():
        raise StateError(
            f"payment entry {entry_id} was taken back, expected one that stands",
            hint="Re-apply the payment that was posted in its place.",
        )
    left = still_applied(entry_id)
    wanted: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.amount > 0:
            wanted[line.item_id, line.account] += line.amount
    for key, amount in wanted.items():
        if amount > left.get(key, ZERO):
            raise StateError(
                f"item {key[0]}: {show(amount)} to take off, the payment of entry {entry_id} has "
                f"{show(left.get(key, ZERO))} there",
                hint="Take off no more than it still has there; a part may have been moved before.",
            )


def still_applied(entry_id: int) -> dict[tuple[int, str], Decimal]:
    """{(item, receivable): dollars} that the payment, as re-applied since, has on each item."""
    found: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for item_id, account, amount in _paid_legs(entry_id):
        found[item_id, account] -= amount
    moved = AdjustmentLine.objects.filter(
        adjustment__original_entry_id=entry_id, adjustment__state=State.POSTED
    ).exclude(entry_id=0)
    for line in moved:
        found[line.item_id, line.account] -= line.amount
    return {key: amount for key, amount in found.items() if amount > 0}


def why_not_reversed(entry_ids: Collection[int]) -> str:
    """Why one of these payments may not be taken back: it was re-applied, and stands so. Empty where none was."""
    moved = (
        AdjustmentLine.objects.filter(
            is_one_of("adjustment__original_entry_id", list(entry_ids)),
            adjustment__state=State.POSTED,
        )
        .exclude(entry_id=0)
        .values_list("adjustment__original_entry_id", "item_id", "account")
        .annotate(sum=Sum("amount"))
        .exclude(sum=0)
    )
    first = moved.order_by("adjustment__original_entry_id").first()
    return f"payment entry {first[0]} was re-applied to other charges since" if first else ""


def _paid_legs(entry_id: int) -> list[tuple[int, str, Decimal]]:
    """The receivable legs that cash paid: as far as the entry's cash on the same item goes."""
    cash: dict[int, Decimal] = defaultdict(lambda: ZERO)
    owed: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for leg in Leg.objects.filter(entry_id=entry_id).exclude(item_id=0):
        account = BY_CODE[leg.account]
        if account.is_receivable:
            owed[leg.item_id, leg.account] += leg.amount
        elif not leg.account.startswith(("contra:", "revenue:", "income:")):
            cash[leg.item_id] += leg.amount
    found = []
    for (item_id, account_code), amount in sorted(owed.items()):
        paid = min(-amount, cash[item_id])
        if paid > 0:
            cash[item_id] -= paid
            found.append((item_id, account_code, -paid))
    return found


def _through(entry_id: int) -> str:
    accounts = set(Leg.objects.filter(entry_id=entry_id).values_list("account", flat=True))
    if not accounts:
        raise InputError(
            f"payment entry {entry_id}: not found, expected one of this practice",
            hint="Open the payment in the account's ledger.",
        )
    if not _paid_legs(entry_id):
        raise InputError(
            f"entry {entry_id}: it brought no money to an item, expected a payment",
            hint="Open the payment itself; what moves no cash is adjusted or undone.",
        )
    return (UNAPPLIED_CASH if accounts & PAYER_CASH else PATIENT_PREPAYMENT).code


def _sum(parts: Sequence[Part]) -> Decimal:
    for part in parts:
        if part.amount <= 0 or not is_whole_cents(part.amount):
            raise InputError(
                f"item {part.item_id}: amount {part.amount}, expected whole cents above zero",
                hint="Give dollars like 12.50.",
            )
        if part.account not in BY_CODE or not BY_CODE[part.account].is_receivable:
            raise InputError(
                f"item {part.item_id}: account {part.account[:40]!r}, expected a receivable like receivable:patient",
                hint="Name the bucket that the payment is on or goes to.",
            )
    return sum((part.amount for part in parts), ZERO)


def _item(items: dict[int, Item], part: Part) -> Item:
    if part.item_id not in items:
        raise InputError(
            f"item {part.item_id}: not found, expected an open item of this practice",
            hint="Choose the item on the account's page.",
        )
    return items[part.item_id]

"""Money that comes in on a balance written off as bad debt: income of its own, the item stays settled."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.adjustments.models import Adjustment
from cleanclaim.apps.billing.adjustments.reasons import reason
from cleanclaim.apps.billing.adjustments.services import requesting
from cleanclaim.apps.billing.adjustments.services.reapplying import Part
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import BAD_DEBT_RECOVERY, DEPOSITS_IN_TRANSIT


@transaction.atomic
def recover_bad_debt(parts: Sequence[Part], *, note: str, on: date, by: int) -> Adjustment:
    """Book cash on items that were written off; it waits in transit for its deposit.

    Raises:
        InputError: an item is unknown or an amount is not above zero.
        StateError: more than was written off and not yet recovered.
    """
    items = Item.objects.in_bulk([part.item_id for part in parts])
    if not parts or any(part.item_id not in items or part.amount <= 0 for part in parts):
        wrong = next((p for p in parts if p.item_id not in items or p.amount <= 0), None)
        told = f"item {wrong.item_id}, {wrong.amount}" if wrong else "no item"
        raise InputError(
            f"recovery: {told}: expected items that exist and amounts above zero",
            hint="Name the items that were written off, and what came in on each.",
        )
    lines = [
        requesting.new_line(
            items[part.item_id], BAD_DEBT_RECOVERY.code, DEPOSITS_IN_TRANSIT.code, -part.amount
        )
        for part in parts
    ]
    total = sum((part.amount for part in parts), ZERO)
    why = reason("recovered", on=on)
    return requesting.place(why, lines, note=note or why.words, amount=total, on=on, by=by)

"""An answer whose reduction was re-classified is not taken back under that: one account would end below zero, another keep it."""

from collections.abc import Collection

from django.db.models import Sum

from cleanclaim.apps.billing.adjustments.models import AdjustmentLine
from cleanclaim.apps.billing.adjustments.models.requests import Kind, State
from cleanclaim.apps.billing.adjustments.services.moves import place_words
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, show


def why_not_under_reclass(entry_ids: Collection[int]) -> str:
    """Why these entries may not be taken back: less than they reduced is left where they did. Empty where it may."""
    moved = AdjustmentLine.objects.filter(
        adjustment__kind=Kind.RECLASS, adjustment__state=State.POSTED, amount__lt=0
    )
    # They are few, and what is taken back may be a million legs.
    items = sorted(set(moved.values_list("item_id", flat=True)))
    if not items:
        return ""
    of_entries = Leg.objects.filter(
        is_one_of("entry_id", list(entry_ids)), is_one_of("item_id", items)
    )
    touched = set(of_entries.values_list("item_id", flat=True))
    lines = {(line.item_id, line.account): line for line in moved if line.item_id in touched}
    if not lines:
        return ""
    balances = item_balances(sorted({item_id for item_id, _ in lines}))
    for item_id, account, amount in of_entries.values_list("item_id", "account").annotate(
        sum=Sum("amount")
    ):
        line = lines.get((item_id, account))
        left = balances.get((item_id, account), ZERO)
        if line is not None and amount > left:
            return (
                f"{show(-line.amount)} of what it took off line {line.line_number} as {place_words(account)} was "
                f"re-classified by adjustment {line.adjustment_id}"
            )
    return ""

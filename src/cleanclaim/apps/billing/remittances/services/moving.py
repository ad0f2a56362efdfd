"""Whose an item is after an answer."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET

_IN_ORDER = sorted(
    RECEIVABLE_BY_BUCKET, key=lambda bucket: (not bucket.startswith("payer"), bucket)
)


def bucket_moves(
    places: Sequence[Place], entry_ids: dict[int, int], *, on: date
) -> list[ledger.BucketMove]:
    """Whose an item is now: the patient's once the payer owes nothing, the payer's once it does again.

    What a reversal gives back ages on as before it.
    """
    moves = []
    for place in places:
        for item_id, after in place.after.items():
            was, now = _owner(place.before[item_id]), _owner(after)
            if now and was and now != was:
                entry_id = entry_ids.get(place.position)
                since = place.since.get(item_id, {}).get(now, on)
                moves.append(ledger.BucketMove(item_id, now, since, on, entry_id))
    return moves


def _owner(balances: dict[str, Decimal]) -> str:
    """The first bucket that owes something, payers before patients; empty if none does."""
    for bucket in _IN_ORDER:
        if bucket in balances and balances[bucket] > 0:
            return bucket
    return ""

"""Who is responsible for an item, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cleanclaim.apps.shared.ledger.models import Item, ItemBucket


@dataclass(frozen=True, slots=True)
class Responsible:
    """The bucket that an item sits in; it ages there from `since`."""

    bucket: str
    since: date


def responsible_buckets(
    item_ids: Sequence[int],
    *,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[int, Responsible]:
    """{item id: its responsible bucket} as of the two dates; unknown items are left out."""
    opened = Item.objects.filter(pk__in=item_ids)
    moves = ItemBucket.objects.filter(item__in=item_ids)
    if effective_on is not None:
        moves = moves.filter(effective_on__lte=effective_on)
    if recorded_by is not None:
        opened = opened.filter(recorded_at__lte=recorded_by)
        moves = moves.filter(recorded_at__lte=recorded_by)
    found = {item.pk: Responsible(item.bucket, item.service_on) for item in opened}
    for move in moves.order_by("effective_on", "id"):
        found[move.item_id] = Responsible(move.bucket, move.since)
    return found


def buckets_before(moves: Sequence[ItemBucket]) -> dict[int, Responsible]:
    """{move id: where its item sat before}, for the moves that still stand (nothing came after)."""
    item_ids = {move.item_id for move in moves}
    places: dict[int, list[tuple[int, Responsible]]] = {
        item.pk: [(0, Responsible(item.bucket, item.service_on))]
        for item in Item.objects.filter(pk__in=item_ids)
    }
    for row in ItemBucket.objects.filter(item__in=item_ids).order_by("effective_on", "id"):
        places[row.item_id].append((row.pk, Responsible(row.bucket, row.since)))
    return {
        move.pk: places[move.item_id][-2][1]
        for move in moves
        if places[move.item_id][-1][0] == move.pk
    }

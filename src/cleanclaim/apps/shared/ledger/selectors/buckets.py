"""Who is responsible for an item, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from cleanclaim.apps.shared.ledger.models import Item, ItemBucket
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared


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
    ids = list(item_ids)
    opened = _opened(item_ids=ids, recorded_by=recorded_by)
    moves = _moves(item_ids=ids, effective_on=effective_on, recorded_by=recorded_by)
    return {item_id: Responsible(bucket, since) for item_id, bucket, since in (*opened, *moves)}


@prepared
def _opened(item_ids: Any, recorded_by: Any) -> QuerySet[Item, Any]:
    found = Item.objects.filter(is_one_of("id", item_ids))
    if recorded_by is not None:
        found = found.filter(recorded_at__lte=recorded_by)
    return found.values_list("id", "bucket", "service_on")


@prepared
def _moves(item_ids: Any, effective_on: Any, recorded_by: Any) -> QuerySet[ItemBucket, Any]:
    found = ItemBucket.objects.filter(is_one_of("item_id", item_ids))
    if effective_on is not None:
        found = found.filter(effective_on__lte=effective_on)
    if recorded_by is not None:
        found = found.filter(recorded_at__lte=recorded_by)
    return found.order_by("effective_on", "id").values_list("item_id", "bucket", "since")


def standing_buckets(item_ids: Sequence[int]) -> dict[int, Responsible]:
    """{item id: where it would sit by the moves alone whose entries stand}, neither reversed nor reversals."""
    ids = list(item_ids)
    moves = ItemBucket.objects.filter(
        is_one_of("item_id", ids), entry__reverses=None, entry__reversals=None
    )
    rows = moves.order_by("effective_on", "id").values_list("item_id", "bucket", "since")
    opened = _opened(item_ids=ids, recorded_by=None)
    return {item_id: Responsible(bucket, since) for item_id, bucket, since in (*opened, *rows)}


def bucket_history(item_ids: Sequence[int]) -> dict[int, list[Responsible]]:
    """{item id: where it has sat, first the bucket that it was opened in}, in the order of the moves."""
    ids = list(item_ids)
    found: dict[int, list[Responsible]] = {}
    moves = _moves(item_ids=ids, effective_on=None, recorded_by=None)
    for item_id, bucket, since in (*_opened(item_ids=ids, recorded_by=None), *moves):
        found.setdefault(item_id, []).append(Responsible(bucket, since))
    return found

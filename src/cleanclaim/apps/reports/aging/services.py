"""Make the blocks, and bring them up to date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from cleanclaim.apps.reports.aging import marks
from cleanclaim.apps.reports.aging.blocks import COLUMNS, Block
from cleanclaim.apps.reports.aging.models import AgingBlock, AgingMark
from cleanclaim.apps.reports.aging.packed import read_blocks
from cleanclaim.apps.reports.aging.packing import read_block, read_items, renewed
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.services.locks import lock_names

ITEMS_A_BLOCK = 20_000
WORTH_ITEMS = 10_000
LAST_ITEM = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: blocks written, and items that had changed since the last one."""

    blocks: int
    items: int


def keep_blocks() -> Refreshed:
    """Refresh the blocks where they are worth their keep: few items are read from the legs as fast."""
    is_small = not Item.objects.order_by("id")[WORTH_ITEMS : WORTH_ITEMS + 1].exists()
    return Refreshed(0, 0) if is_small and marks.current_mark() is None else refresh_blocks()


@transaction.atomic
def refresh_blocks() -> Refreshed:
    """Bring up to date the blocks whose items were posted to since the last time; make all of them the first time."""
    lock_names(["aging blocks"])
    horizon = marks.finished_before()
    mark = marks.current_mark()
    if mark is None:
        changed: list[int] = []
        written = _pack(1, LAST_ITEM, before=horizon)
    else:
        changed = marks.items_posted(mark, before=horizon)
        written = sum(
            _renew(first, last, items, before=horizon) for first, last, items in _by_block(changed)
        )
    AgingMark.objects.all().delete()
    AgingMark.objects.create(transaction_number=horizon, server=marks.this_server())
    return Refreshed(written, len(changed))


def _by_block(items: Sequence[int]) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Sorted items by the block that holds them: its range and they; the last block has no end."""
    firsts = list(AgingBlock.objects.order_by("first_item").values_list("first_item", flat=True))
    starts = [1, *firsts[1:]]
    cuts = [*np.searchsorted(items, starts).tolist(), len(items)]
    for place, first in enumerate(starts):
        inside = items[cuts[place] : cuts[place + 1]]
        if inside:
            last = starts[place + 1] - 1 if place + 1 < len(starts) else LAST_ITEM
            yield first, last, inside


def _renew(first: int, last: int, items: Sequence[int], *, before: int) -> int:
    """Read these items of a block anew; the whole of it where there is none, or where it has grown too large."""
    found = list(read_blocks(tuple(COLUMNS), only=first))
    if not found or _cuts(first, last):
        return _pack(first, last, before=before)
    [old] = found
    fresh = read_items(items, before=before, entities=old.entities)
    AgingBlock.objects.filter(first_item=first).delete()
    _insert(first, renewed(old, fresh, items))
    return 1


def _pack(first: int, last: int, *, before: int) -> int:
    """Blocks of all these items in place of those that were there, one after the other; how many."""
    AgingBlock.objects.filter(first_item__range=(first, last)).delete()
    starts = [first, *_cuts(first, last)]
    ends = [start - 1 for start in starts[1:]] + [last]
    entities: set[str] = set()
    for start, end in zip(starts, ends, strict=True):
        block = read_block(start, end, before=before, entities=sorted(entities))
        entities.update(block.entities)
        _insert(start, block)
    return len(starts)


def _cuts(first: int, last: int) -> list[int]:
    """Where further blocks begin, so that none has more than its share of items."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {Item._meta.db_table} "
            "WHERE id BETWEEN %s AND %s) AS item WHERE place > 1 AND (place - 1) %% %s = 0 ORDER BY id",
            [first, last, ITEMS_A_BLOCK],
        )
        return [row[0] for row in cursor.fetchall()]


def _insert(first: int, block: Block) -> None:
    columns = {name: column.tobytes() for name, column in block.columns.items()}
    AgingBlock.objects.create(first_item=first, entities=list(block.entities), **columns)

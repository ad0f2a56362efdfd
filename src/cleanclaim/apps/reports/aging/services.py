"""Make the blocks, and bring them up to date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from cleanclaim.apps.reports.aging import marks
from cleanclaim.apps.reports.aging.blocks import Block, read_block
from cleanclaim.apps.reports.aging.models import AgingBlock, AgingMark
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
    """Write anew the blocks whose items were posted to since the last time; all of them the first time."""
    lock_names(["aging blocks"])
    horizon = marks.finished_before()
    mark = marks.current_mark()
    if mark is None:
        AgingBlock.objects.all().delete()
        changed: list[int] = []
        ranges = [(1, LAST_ITEM)]
    else:
        changed = marks.items_since(mark, before=horizon)
        ranges = list(_ranges_of(changed))
    written = sum(_write(first, last, before=horizon) for first, last in ranges)
    AgingMark.objects.all().delete()
    AgingMark.objects.create(transaction_number=horizon, server=marks.this_server())
    return Refreshed(written, len(changed))


def _ranges_of(items: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The item ranges of the blocks that hold these items; the last block has no end."""
    firsts = list(AgingBlock.objects.order_by("first_item").values_list("first_item", flat=True))
    if not firsts:
        yield 1, LAST_ITEM
        return
    places = np.searchsorted(firsts, items, side="right") - 1
    for place in sorted({max(int(one), 0) for one in places}):
        last = firsts[place + 1] - 1 if place + 1 < len(firsts) else LAST_ITEM
        yield firsts[place], last


def _write(first: int, last: int, *, before: int) -> int:
    """Blocks of these items in place of those that were there; how many."""
    AgingBlock.objects.filter(first_item__range=(first, last)).delete()
    starts = [first, *_cuts(first, last)]
    ends = [start - 1 for start in starts[1:]] + [last]
    for start, end in zip(starts, ends, strict=True):
        _insert(start, read_block(start, end, before=before))
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

"""Aging of open items as of any (effective, known) pair, and the items of each of its cells.

Open items are receivable legs summed by item. Most are read from the blocks (packed legs, re-proved by `cleanclaim
proof`), those posted to since the blocks were made from the legs; without blocks all are. Both give the same.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.reports.aging import packed, plain
from cleanclaim.apps.reports.aging.marks import current_mark, items_since
from cleanclaim.apps.reports.aging.plain import OpenItem
from cleanclaim.apps.reports.aging.ties import BookedElsewhere, Tie, tie
from cleanclaim.apps.reports.aging.view import (
    DIMENSIONS,
    LIMITS_DAYS,
    AgingRow,
    Cell,
    Groups,
    Measure,
    View,
    Who,
)

__all__ = [
    "DIMENSIONS",
    "LIMITS_DAYS",
    "AgingRow",
    "BookedElsewhere",
    "Cell",
    "Measure",
    "OpenItem",
    "Tie",
    "View",
    "Who",
    "aging",
    "aging_by_day",
    "open_items",
    "tie",
]


def aging(view: View) -> list[AgingRow]:
    """Open items by group and age; groups in the order of their names."""
    return aging_by_day(view, [view.on])[view.on]


def aging_by_day(view: View, days: Sequence[date]) -> dict[date, list[AgingRow]]:
    """The aging as of each of several days in place of the view's own; what there is, is read once for all of them."""
    mark = current_mark()
    if mark is not None:
        live = items_since(mark)
        most = packed.groups_by_day(view, days, mark, live)
        if most is not None:
            rest = plain.groups_by_day(view, days, only=live)
            return {day: rows_of(_joined(most[day], rest[day])) for day in days}
    return {day: rows_of(found) for day, found in plain.groups_by_day(view, days).items()}


def open_items(
    view: View, cell: Cell | None = None, *, limit: int = 200, after: int = 0
) -> list[OpenItem]:
    """The items of one cell, oldest number first; `after`: item ids up to this one are left out."""
    cell = cell or Cell({})
    return plain.items(
        view, cell, only=_candidates(view, cell, limit, after), limit=limit, after=after
    )


def _candidates(view: View, cell: Cell, limit: int, after: int) -> Collection[int] | None:
    """Items among which the first ones of the cell are; None: look at all."""
    mark = current_mark()
    if mark is None:
        return None
    live = items_since(mark)
    most = packed.items_of(view, mark, cell, without=live, after=after, limit=limit)
    return None if most is None else [*most, *live]


def _joined(first: Groups, second: Groups) -> Groups:
    found = dict(first)
    for group, (bands, credit, items) in second.items():
        if group in found:
            before = found[group]
            bands = [a + b for a, b in zip(before[0], bands, strict=True)]
            credit, items = before[1] + credit, before[2] + items
        found[group] = bands, credit, items
    return found


def rows_of(found: Groups) -> list[AgingRow]:
    return [
        AgingRow(group, tuple(map(_dollars, bands)), _dollars(credit), items)
        for group, (bands, credit, items) in sorted(found.items())
    ]


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)

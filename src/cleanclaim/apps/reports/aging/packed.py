"""Aging answered from the blocks: whole columns at a time, exact to the cent (integers throughout)."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db import connection

from cleanclaim.apps.reports.aging.blocks import (
    BUCKETS,
    COLUMNS,
    NO_DAY,
    Array,
    Block,
    day_number,
    look_up,
    moment_number,
)
from cleanclaim.apps.reports.aging.claim_groups import Claims, claim_groups, of_claim
from cleanclaim.apps.reports.aging.marks import Mark, current_mark
from cleanclaim.apps.reports.aging.view import Cell, Groups, Measure, Sums, View


@dataclass(frozen=True, slots=True)
class _Open:
    """The open items of one block: columns of the same length. `group` is a number of `Claims.groups`."""

    item: Array
    cents: Array
    group: Array
    bucket: Array
    entity: Array
    band: Array


def groups_by_day(
    view: View, days: Sequence[date], mark: Mark, without: Collection[int]
) -> dict[date, Groups] | None:
    """Open items by group and age as of each day, all items but those named; None where the blocks were rewritten meanwhile."""
    views = {day: replace(view, on=day) for day in days}
    one = claim_groups(view)
    claims = {
        day: claim_groups(views[day]) if view.by_day and day != view.on else one for day in days
    }
    found: dict[date, Groups] = {day: {} for day in days}

    def add(block: Block, left_out: Array) -> None:
        for day in days:
            opened = _opened(views[day], block, claims[day], left_out)
            _add(found[day], view, opened, claims[day], block.entities)

    return found if _each_block(view, mark, without, one, add) else None


def _add(
    found: Groups, view: View, opened: _Open, claims: Claims, entities: tuple[str, ...]
) -> None:
    """Add what is open in one block to what was found in those before it."""
    limits = len(view.limits_days)
    keys = (opened.group * len(BUCKETS) + opened.bucket) * max(1, len(entities)) + opened.entity
    for key, (bands, credit, items) in _sums(keys, opened, limits).items():
        rest, entity = divmod(key, max(1, len(entities)))
        group, bucket = divmod(rest, len(BUCKETS))
        name = _named(view, claims.groups[group], BUCKETS[bucket], entities[entity])
        old = found.get(name, ([0] * (limits + 1), 0, 0))
        found[name] = (
            [a + b for a, b in zip(old[0], bands, strict=True)],
            old[1] + credit,
            old[2] + items,
        )


def items_of(
    view: View, mark: Mark, cell: Cell, *, without: Collection[int], after: int, limit: int
) -> list[int] | None:
    """The first items of a cell after one, by number; None where the blocks were rewritten meanwhile."""
    claims = claim_groups(view)
    found: list[int] = []
    asked = {name: value for name, value in cell.group.items() if name in view.by}

    def add(block: Block, left_out: Array) -> None:
        if len(found) >= limit:
            return
        opened, entities = _opened(view, block, claims, left_out), block.entities
        fits = (opened.cents < 0) if cell.credits else (opened.cents > 0)
        fits &= opened.item > after
        if cell.band is not None and not cell.credits:
            fits &= opened.band == cell.band
        if "bucket" in asked:
            fits &= opened.bucket == BUCKETS.index(asked["bucket"])
        if "entity" in asked:
            fits &= opened.entity == entities.index(asked["entity"]) if asked["entity"] in entities else False  # fmt: skip
        wanted = [
            all(asked.get(name, value) == value for name, value in zip(of_claim(view), one, strict=True))
            for one in claims.groups
        ]  # fmt: skip
        fits &= np.array(wanted, bool)[opened.group]
        found.extend(int(one) for one in np.unique(opened.item[fits])[: limit - len(found)])

    return found if _each_block(view, mark, without, claims, add, with_items=True) else None


def _each_block(
    view: View,
    mark: Mark,
    without: Collection[int],
    claims: Claims,
    do: Callable[[Block, Array], None],
    *,
    with_items: bool = False,
) -> bool:
    left_out = np.array(sorted(without), np.int64)
    names = _needed(view, claims, with_items=with_items or bool(without))
    for block in read_blocks(names):
        if len(block["start"]):
            do(block, left_out)
    # A refresh that committed meanwhile may have put entries into blocks that `without` does not know.
    return current_mark() == mark


def _needed(view: View, claims: Claims, *, with_items: bool) -> list[str]:
    """The columns that the view looks at; the others are not read."""
    wanted = {"start", "bucket", "is_first", "effective", "cents"}
    wanted.add("posted" if view.measure is Measure.POSTED else "service")
    if with_items:
        wanted.add("item")
    if len(claims.ids):
        wanted.add("claim")
    if "entity" in view.by:
        wanted.add("entity")
    if view.known is not None:
        wanted.add("recorded")
    if view.measure is Measure.BUCKET:
        wanted.add("moves")
    return [name for name in COLUMNS if name in wanted]


def read_blocks(names: Sequence[str], *, only: int | None = None) -> Iterator[Block]:
    """Every block with these columns, or the one that begins so, in the order of items; all as of one moment."""
    where = "" if only is None else "WHERE first_item = %(only)s"
    sql = f"SELECT entities::text, {', '.join(names)} FROM aging_agingblock {where} ORDER BY first_item"
    with connection.connection.cursor(binary=True) as raw:
        for entities, *columns in raw.stream(sql, {"only": only}):
            arrays = {
                name: np.frombuffer(column, COLUMNS[name])
                for name, column in zip(names, columns, strict=True)
            }
            yield Block(tuple(json.loads(entities)), arrays)


def _opened(view: View, block: Block, claims: Claims, left_out: Array) -> _Open:
    """What of the block is open on the view's day."""
    counts = block["effective"] <= day_number(view.on)
    if view.known is not None:
        counts &= block["recorded"] <= moment_number(view.known)
    cents = np.add.reduceat(block["cents"] * counts, block["start"])
    places = np.arange(len(cents))  # of the pockets that are shown
    if "entity" not in view.by and len(block.entities) > 1:
        places = np.flatnonzero(block["is_first"])  # pockets of the same item and bucket as one
        cents = np.add.reduceat(cents, places)
    is_open = cents != 0
    shown = [BUCKETS.index(one) for one in view.buckets]
    if len(shown) < len(BUCKETS):
        is_open &= np.isin(block["bucket"][places], shown)
    if len(left_out):
        is_open &= ~look_up(left_out, block["item"][places])[1]
    places, cents = places[is_open], cents[is_open]

    def column(name: str) -> Array:
        return block[name][places].astype(np.int64) if name in block.columns else np.zeros_like(cents)  # fmt: skip

    age = day_number(view.on) - _since(view, block, claims)[places].astype(np.int64)
    return _Open(
        item=column("item"),
        cents=cents,
        group=claims.codes_of(column("claim"), column("bucket")),
        bucket=column("bucket"),
        entity=column("entity"),
        band=np.searchsorted([days + 1 for days in view.limits_days], age, side="right"),
    )


def _since(view: View, block: Block, claims: Claims) -> Array:
    """From which day each pocket ages."""
    if view.measure is Measure.POSTED:
        return block["posted"]
    if view.measure is Measure.SUBMITTED:
        if "claim" not in block.columns:
            return block["service"]
        submitted = claims.submitted_of(block["claim"])
        return np.where(submitted == NO_DAY, block["service"], submitted)
    if view.measure is Measure.SERVICE:
        return block["service"]
    moves = block["moves"]
    counts = (moves["effective"] <= day_number(view.on)) & (moves["pocket"] >= 0)
    if view.known is not None:
        counts &= moves["recorded"] <= moment_number(view.known)
    moves = moves[counts]
    since = block["service"].copy()
    since[moves["pocket"]] = moves["since"]  # of several, the last one stays
    if len(block.entities) > 1:  # moves name the first pocket of their item and bucket
        first = np.where(block["is_first"], np.arange(len(since)), 0)
        since = since[np.maximum.accumulate(first)]
    return since


def _sums(keys: Array, opened: _Open, limits: int) -> dict[int, Sums]:
    """By key: cents owed by age, cents owed back, items."""
    unique, places = np.unique(keys, return_inverse=True)
    count = len(unique)
    owed = np.maximum(opened.cents, 0)
    # Sums of whole cents as floats are exact below 2**53, which no block comes near.
    bands = np.bincount(places * (limits + 1) + opened.band, owed, count * (limits + 1))
    credit = np.bincount(places, opened.cents - owed, count)
    items = np.bincount(places, minlength=count)
    by_group = bands.astype(np.int64).reshape(count, limits + 1).tolist()
    return {
        key: (of_ages, owed_back, number)
        for key, of_ages, owed_back, number in zip(
            unique.tolist(), by_group, credit.astype(np.int64).tolist(), items.tolist(), strict=True
        )
    }


def _named(view: View, claim_values: tuple[str, ...], bucket: str, entity: str) -> tuple[str, ...]:
    values = {"bucket": bucket, "entity": entity}
    values.update(zip(of_claim(view), claim_values, strict=True))
    return tuple(values[name] for name in view.by)

"""What a block holds, read from the ledger; and a block with some of its items read anew.

Legs have no index by item, but by claim, and a leg on an item is always of the item's claim. So the legs of a block are
those of its items' claims: each is read once, wherever it is in the table, and no other.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection

from cleanclaim.apps.reports.aging.blocks import (
    BUCKETS,
    LEG,
    LONE_MOVE,
    Array,
    Block,
    assemble,
    legs_of,
    look_up,
    moves_of,
    pocket_key,
)
from cleanclaim.apps.reports.aging.reading import read_rows
from cleanclaim.apps.shared.tenancy.arrays import array_text

_IN_RANGE = "{} BETWEEN %(first)s AND %(last)s"
_NAMED = "{} = ANY(%(items)s::bigint[])"
_OF_CLAIMS = "leg.claim_id = ANY(%(claims)s::bigint[]) AND leg.item_id <> 0"
_IN_BLOCK = "(leg.account LIKE 'receivable:%%' OR leg.account LIKE 'revenue:%%')"


def read_block(first: int, last: int, *, before: int, entities: Sequence[str] = ()) -> Block:
    """The receivable legs of the items `first` to `last`, of entries whose transaction is before the number.

    `entities`: names that are known already; where legs have others they are read twice.
    """
    with _by_index():
        return _read(_IN_RANGE, {"first": first, "last": last}, before, entities)


def read_items(items: Sequence[int], *, before: int, entities: Sequence[str] = ()) -> Block:
    """The same of these items."""
    with _by_index():
        return _read(_NAMED, {"items": array_text(items)}, before, entities)


def renewed(old: Block, fresh: Block, items: Sequence[int]) -> Block:
    """The old block with these items as the fresh one has them, all of whose items they are."""
    names = sorted({*old.entities, *fresh.entities})
    sorted_items = np.array(items, np.int64)
    legs, moves = _named_legs(old, names), moves_of(old)
    return assemble(
        names,
        np.concatenate([_without(legs, sorted_items), _named_legs(fresh, names)]),
        np.concatenate([_without(moves, sorted_items), moves_of(fresh)]),
    )


def _named_legs(block: Block, names: Sequence[str]) -> Array:
    """The block's legs, their entities as numbers of these names."""
    legs = legs_of(block)
    numbers = np.array([names.index(one) for one in block.entities], np.int16)
    if len(legs):
        legs["entity"] = numbers[legs["entity"]]
    return legs


def _without(rows: Array, items: Array) -> Array:
    return rows[~look_up(items, rows["item"])[1]]


@contextmanager
def _by_index() -> Iterator[None]:
    """A block is a small part of the tables; before they were ever analyzed the database may think otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def _read(condition: str, values: dict[str, Any], before: int, entities: Sequence[str]) -> Block:
    items = read_rows(
        f"SELECT id, claim_id, service_on FROM ledger_item WHERE {condition.format('id')} ORDER BY 1",
        values,
        ("item", "i8"), ("claim", "i8"), ("service", "i4"),
    )  # fmt: skip
    names, legs = _legs(np.unique(items["claim"]), entities)
    legs = legs[look_up(items["item"], legs["item"])[1]]  # a claim may have items elsewhere, too
    moves = _moves(condition.format("item_id"), values)
    entries = _entries(np.unique(np.concatenate([legs["entry"], moves["entry"]])), before)
    moves = moves[look_up(entries["entry"], moves["entry"])[1]]
    return assemble(names, _lone_legs(legs, items, entries), _lone_moves(moves))


def _legs(claims: Array, entities: Sequence[str]) -> tuple[Sequence[str], Array]:
    """Legs of receivables and of revenue (bucket -1), in no order, and the names of their entities."""
    # Items without a claim are not in the index. There are none that the services make.
    indexed = "leg.claim_id <> 0 AND" if len(claims) and claims[0] else ""
    where = f"{indexed} {_OF_CLAIMS} AND {_IN_BLOCK}"
    values = {
        "accounts": [f"receivable:{one}" for one in BUCKETS],
        "claims": array_text(claims.tolist()),
    }
    names = sorted({"", *entities})
    legs = _legs_with(where, values, names)
    if len(legs) and legs["entity"].min() < 0:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT leg.entity FROM ledger_leg AS leg WHERE {where}", values
            )
            names = sorted({*names, *(row[0] for row in cursor.fetchall())})
        legs = _legs_with(where, values, names)
    return names, legs


def _legs_with(where: str, values: dict[str, Any], entities: Sequence[str]) -> Array:
    """The same where these are the entities' names, the first of them ''; entity -1: another."""
    return read_rows(
        f"""
        SELECT leg.item_id, leg.entry_id, leg.id,
               (CASE WHEN leg.account LIKE 'revenue:%%' THEN 0
                     ELSE array_position(%(accounts)s::text[], leg.account::text) END - 1)::int4,
               (CASE leg.entity WHEN '' THEN 1
                     ELSE coalesce(array_position(%(entities)s::text[], leg.entity::text), 0) END - 1)::int4,
               leg.accounting_on, (leg.amount * 100)::int8
          FROM ledger_leg AS leg WHERE {where}""",
        {**values, "entities": list(entities)},
        ("item", "i8"), ("entry", "i8"), ("leg", "i8"), ("bucket", "i4"), ("entity", "i4"),
        ("accounting", "i4"), ("cents", "i8"),
    )  # fmt: skip


def _entries(ids: Array, before: int) -> Array:
    """Those of the entries whose transaction is before the number."""
    return read_rows(
        "SELECT id, effective_on, recorded_at FROM ledger_entry "
        "WHERE id = ANY(%(ids)s::bigint[]) AND transaction_number < %(before)s ORDER BY 1",
        {"ids": array_text(ids.tolist()), "before": before},
        ("entry", "i8"), ("effective", "i4"), ("recorded", "i8"),
    )  # fmt: skip


def _moves(condition: str, values: dict[str, Any]) -> Array:
    """Moves of items, in the order in which they count. Those without an entry are in no block."""
    found = read_rows(
        f"""
        SELECT item_id, (array_position(%(buckets)s::text[], bucket::text) - 1)::int4, effective_on,
               recorded_at, since, entry_id, id
          FROM ledger_itembucket WHERE {condition} AND entry_id IS NOT NULL""",
        {**values, "buckets": list(BUCKETS)},
        ("item", "i8"), ("bucket", "i4"), ("effective", "i4"), ("recorded", "i8"), ("since", "i4"),
        ("entry", "i8"), ("move", "i8"),
    )  # fmt: skip
    return found[np.lexsort([found[name] for name in ("move", "effective", "bucket", "item")])]


def _lone_legs(legs: Array, items: Array, entries: Array) -> Array:
    """Receivable legs of these entries in the order of their numbers, with what item and entry say."""
    places, is_known = look_up(entries["entry"], legs["entry"])
    legs, places = legs[is_known], places[is_known]
    is_charge = legs["bucket"] < 0
    posted = _posted(legs[is_charge], items)
    order = np.flatnonzero(~is_charge)
    order = order[np.argsort(legs["leg"][order])]
    legs, places = legs[order], places[order]
    lone = np.empty(len(legs), LEG)
    for name in ("item", "bucket", "entity", "cents"):
        lone[name] = legs[name]
    for name in ("effective", "recorded"):
        lone[name] = entries[name][places]
    of_items = np.searchsorted(items["item"], legs["item"])
    for name in ("claim", "service"):
        lone[name] = items[name][of_items]
    lone["posted"] = posted[of_items]
    return lone


def _posted(charges: Array, items: Array) -> Array:
    """Each item's first accounting day of its charge, its service day where there is none."""
    charges = charges[np.lexsort([charges["accounting"], charges["item"]])]
    places, is_known = look_up(charges["item"], items["item"])
    days = np.append(charges["accounting"], 0)[places]
    return np.where(is_known, days, items["service"])


def _lone_moves(moves: Array) -> Array:
    lone = np.empty(len(moves), LONE_MOVE)
    lone["key"] = pocket_key(moves["item"], moves["bucket"])
    for name in ("item", "effective", "recorded", "since"):
        lone[name] = moves[name]
    return lone

"""The format of a block: receivable legs of some thousand items as arrays, and how to read them from the ledger.

Days count from 2000-01-01, moments are microseconds from then (UTC), amounts are whole cents. Legs are sorted by pocket,
a pocket being an item in one account and entity; moves say from when an item ages in a bucket, newest last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from cleanclaim.apps.shared.ledger.models import Bucket

BUCKETS: tuple[str, ...] = tuple(Bucket.values)
_ZERO_DAY = date(2000, 1, 1)
_ZERO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
NO_DAY = np.iinfo(np.int32).min

MOVE = np.dtype(
    [
        ("item", "<i8"),
        ("pocket", "<i4"),  # -1 where the item has no leg in the bucket
        ("effective", "<i4"),
        ("recorded", "<i8"),
        ("since", "<i4"),
    ]
)
COLUMNS: Mapping[str, np.dtype[Any]] = {
    # of each pocket; `is_first`: no other pocket of this item and bucket is before it
    "item": np.dtype("<i8"),
    "claim": np.dtype("<i8"),
    "service": np.dtype("<i4"),
    "posted": np.dtype("<i4"),
    "start": np.dtype("<i4"),  # its first leg
    "bucket": np.dtype("i1"),
    "entity": np.dtype("<i2"),
    "is_first": np.dtype("bool"),
    # of each leg
    "effective": np.dtype("<i4"),
    "recorded": np.dtype("<i8"),
    "cents": np.dtype("<i8"),
    # of each move
    "moves": MOVE,
}

_COPY_HEAD_BYTES = 19
_COPY_TAIL_BYTES = 2

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Some or all of the columns, and the names of the entities."""

    entities: tuple[str, ...]
    columns: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]


def day_number(day: date) -> int:
    """The day as blocks count it."""
    return (day - _ZERO_DAY).days


def moment_number(moment: datetime) -> int:
    """The moment as blocks count it."""
    since = moment - _ZERO_MOMENT
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def read_block(first: int, last: int, *, before: int) -> Block:
    """The receivable legs of the items `first` to `last`, of entries whose transaction is before the number."""
    values = {"first": first, "last": last, "before": before, "buckets": list(BUCKETS)}
    entities = _entities(values)
    legs = copy_rows(
        """
        SELECT leg.item_id, leg.claim_id, item.service_on,
               (array_position(%(buckets)s::text[], substr(leg.account, 12)) - 1)::int4,
               (array_position(%(entities)s::text[], leg.entity::text) - 1)::int4,
               entry.effective_on, entry.recorded_at, (leg.amount * 100)::int8
          FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
          JOIN ledger_item AS item ON item.id = leg.item_id
         WHERE leg.item_id BETWEEN %(first)s AND %(last)s AND leg.item_id <> 0
           AND leg.account LIKE 'receivable:%%' AND entry.transaction_number < %(before)s
         ORDER BY 1, 4, 5, leg.id""",
        {**values, "entities": list(entities)},
        ("item", "i8"), ("claim", "i8"), ("service", "i4"), ("bucket", "i4"), ("entity", "i4"),
        ("effective", "i4"), ("recorded", "i8"), ("cents", "i8"),
    )  # fmt: skip
    start = np.flatnonzero(_begins(legs["item"], legs["bucket"], legs["entity"]))
    pockets = legs[start]
    columns = {
        **{name: pockets[name] for name in ("item", "claim", "service", "bucket", "entity")},
        **{name: legs[name] for name in ("effective", "recorded", "cents")},
        "start": start,
        "posted": _posted(values, pockets),
        "is_first": _begins(pockets["item"], pockets["bucket"]),
        "moves": _moves(values, pockets),
    }
    return Block(entities, {name: columns[name].astype(kind) for name, kind in COLUMNS.items()})


def _entities(values: dict[str, Any]) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT entity FROM ledger_leg WHERE item_id BETWEEN %(first)s AND %(last)s "
            "AND item_id <> 0 ORDER BY 1",
            values,
        )
        return tuple(row[0] for row in cursor.fetchall())


def _posted(values: dict[str, Any], pockets: Array) -> Array:
    """Each pocket's first accounting day of its item's charge, its service day where there is none."""
    found = copy_rows(
        """
        SELECT leg.item_id, min(leg.accounting_on)
          FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
         WHERE leg.item_id BETWEEN %(first)s AND %(last)s AND leg.item_id <> 0
           AND leg.account LIKE 'revenue:%%' AND entry.transaction_number < %(before)s
         GROUP BY 1 ORDER BY 1""",
        values,
        ("item", "i8"), ("day", "i4"),
    )  # fmt: skip
    places, is_known = look_up(found["item"], pockets["item"])
    days = np.append(found["day"], 0)[places]
    return np.where(is_known, days, pockets["service"])


def _moves(values: dict[str, Any], pockets: Array) -> Array:
    """Moves by pocket (the first of an item and bucket), in the order in which they count."""
    found = copy_rows(
        """
        SELECT move.item_id, (array_position(%(buckets)s::text[], move.bucket::text) - 1)::int4,
               move.effective_on, move.recorded_at, move.since
          FROM ledger_itembucket AS move JOIN ledger_entry AS entry ON entry.id = move.entry_id
         WHERE move.item_id BETWEEN %(first)s AND %(last)s AND entry.transaction_number < %(before)s
         ORDER BY 1, 2, 3, move.id""",
        values,
        ("item", "i8"), ("bucket", "i4"), ("effective", "i4"), ("recorded", "i8"), ("since", "i4"),
    )  # fmt: skip
    keys = pockets["item"] * len(BUCKETS) + pockets["bucket"]
    places, is_known = look_up(keys, found["item"] * len(BUCKETS) + found["bucket"])
    moves = np.empty(len(found), MOVE)
    moves["pocket"] = np.where(is_known, places, -1)
    for name in ("item", "effective", "recorded", "since"):
        moves[name] = found[name]
    return moves


def look_up(known: Array, wanted: Array) -> tuple[Array, Array]:
    """Where each wanted number is first found in the sorted known ones, and whether it is there."""
    places = np.searchsorted(known, wanted)
    inside = places < len(known)
    is_known = np.zeros(len(wanted), bool)
    is_known[inside] = known[places[inside]] == wanted[inside]
    return places, is_known


def _begins(*columns: Array) -> Array:
    """Whether a new combination of the sorted columns begins here."""
    is_new = np.ones(len(columns[0]), bool)
    is_new[1:] = False
    for column in columns:
        is_new[1:] |= column[1:] != column[:-1]
    return is_new


def copy_rows(sql: str, values: dict[str, Any], *columns: tuple[str, str]) -> Array:
    """The answer as one array with a field per column; numbers and days only, never null."""
    fields: list[tuple[str, str]] = [("", ">i2")]
    for name, kind in columns:
        fields += [(f"{name} size", ">i4"), (name, f">{kind}")]
    fields[0] = ("fields", ">i2")
    raw = connection.connection.cursor()
    data = bytearray()
    with raw, raw.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", values) as copy:
        for piece in copy:
            data += piece
    rows = np.frombuffer(
        data, np.dtype(fields), (len(data) - _COPY_HEAD_BYTES - _COPY_TAIL_BYTES) // np.dtype(fields).itemsize,
        _COPY_HEAD_BYTES,
    )  # fmt: skip
    return _native(rows, columns)


def _native(rows: Array, columns: Sequence[tuple[str, str]]) -> Array:
    """The columns in the byte order of this machine, without their sizes."""
    native = np.empty(len(rows), np.dtype([(name, f"<{kind}") for name, kind in columns]))
    for name, _ in columns:
        native[name] = rows[name]
    return native

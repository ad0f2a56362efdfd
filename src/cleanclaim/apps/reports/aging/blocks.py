"""The format of a block: receivable legs of some thousand items as arrays.

Days count from 2000-01-01, moments are microseconds from then (UTC), amounts are whole cents. Legs are sorted by pocket,
a pocket being an item in one account and entity; moves say from when an item ages in a bucket, newest last.
A block is assembled from legs that each carry what their pocket says, whether they are just read or come out of a block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

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
# A leg by itself, with what its pocket says.
LEG = np.dtype(
    [
        *((name, COLUMNS[name]) for name in ("item", "claim", "service", "posted", "bucket")),
        *((name, COLUMNS[name]) for name in ("entity", "effective", "recorded", "cents")),
    ]
)
# A move by itself; `key` says item and bucket as `pocket_key` does, -1 where the item has no leg in the bucket.
LONE_MOVE = np.dtype(
    [
        ("item", "<i8"),
        ("key", "<i8"),
        ("effective", "<i4"),
        ("recorded", "<i8"),
        ("since", "<i4"),
    ]
)
_OF_POCKET = ("item", "claim", "service", "posted", "bucket", "entity")
_OF_LEG = ("effective", "recorded", "cents")
_OF_MOVE = ("item", "effective", "recorded", "since")

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


def pocket_key(item: Array, bucket: Array) -> Array:
    """One number for item and bucket, in their order."""
    return item * len(BUCKETS) + bucket


def assemble(entities: Sequence[str], legs: Array, moves: Array) -> Block:
    """The block of these `LEG`s and `LONE_MOVE`s; those of one pocket, and of one item, stay in the order given."""
    used, entity = np.unique(legs["entity"], return_inverse=True)
    order = np.argsort(
        pocket_key(legs["item"], legs["bucket"]) * max(1, len(used)) + entity,
        kind="stable",
    )
    legs = legs[order]
    legs["entity"] = entity[order]
    start = np.flatnonzero(_begins(legs["item"], legs["bucket"], legs["entity"]))
    pockets = legs[start]
    keys = pocket_key(pockets["item"], pockets["bucket"])
    columns = {
        **{name: pockets[name] for name in _OF_POCKET},
        **{name: legs[name] for name in _OF_LEG},
        "start": start,
        "is_first": _begins(keys),
        "moves": _placed(moves[np.argsort(moves["item"], kind="stable")], keys),
    }
    # Each column by itself, as it is kept.
    kept = {name: columns[name].astype(kind) for name, kind in COLUMNS.items()}
    return Block(tuple(entities[one] for one in used), kept)


def _placed(moves: Array, keys: Array) -> Array:
    """The moves with the first pocket of their item and bucket."""
    places, is_known = look_up(keys, moves["key"])
    placed = np.empty(len(moves), MOVE)
    placed["pocket"] = np.where(is_known, places, -1)
    for name in _OF_MOVE:
        placed[name] = moves[name]
    return placed


def legs_of(block: Block) -> Array:
    """The block's legs one by one."""
    sizes = np.diff(np.append(block["start"], len(block["cents"])))
    legs = np.empty(len(block["cents"]), LEG)
    for name in _OF_POCKET:
        legs[name] = np.repeat(block[name], sizes)
    for name in _OF_LEG:
        legs[name] = block[name]
    return legs


def moves_of(block: Block) -> Array:
    """The block's moves one by one."""
    packed = block["moves"]
    keys = np.append(pocket_key(block["item"], block["bucket"]), -1)
    moves = np.empty(len(packed), LONE_MOVE)
    moves["key"] = keys[packed["pocket"]]
    for name in _OF_MOVE:
        moves[name] = packed[name]
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

"""The bytes that are hashed: every field of an event, numbers fixed in width, texts behind their lengths, time in UTC."""

from hashlib import sha256
from struct import Struct
from typing import NamedTuple

NO_USER = -1
LEAF_BYTES = 24  # 8 of the id, 16 of the digest
_NUMBERS = Struct(">qqqqq5I")
_ID = Struct(">q")
_SPAN = Struct(">qqqq")


class EventRow(NamedTuple):
    """An event as read for sealing; `at_us` is microseconds since 1970 in UTC, `by` is -1 for the system."""

    id: int
    organization_id: int
    at_us: int
    by: int
    patient_id: int
    action: str
    what: str
    detail: str
    purpose: str
    request_id: str


def canonical_bytes(event: EventRow) -> bytes:
    """The event's bytes; no two different events have the same."""
    texts = [text.encode() for text in event[5:]]
    return _NUMBERS.pack(*event[:5], *map(len, texts)) + b"".join(texts)


def leaf(event: EventRow) -> bytes:
    """The event's 24 bytes in its block: id, and half of the SHA-256 of its canonical bytes."""
    return _ID.pack(event.id) + sha256(canonical_bytes(event)).digest()[:16]


def leaf_ids(leaves: bytes) -> dict[int, bytes]:
    """Digests by event id, in the block's order."""
    return {
        _ID.unpack_from(leaves, at)[0]: leaves[at + 8 : at + LEAF_BYTES]
        for at in range(0, len(leaves), LEAF_BYTES)
    }


def block_hash(
    previous: bytes, *, organization_id: int, first_id: int, last_id: int, count: int, leaves: bytes
) -> bytes:
    """The block's hash, which makes it follow `previous` (32 zero bytes for the first one)."""
    span = _SPAN.pack(organization_id, first_id, last_id, count)
    return sha256(previous + span + sha256(leaves).digest()).digest()

"""ICD-10-CM diagnosis codes: packed, loaded on the first question, looked up by halving.

Codes are written without the dot. The pack holds one edition (see `source()`); a code that it does not know
may have been valid in another year, so callers warn and do not refuse.
"""

import struct
import zlib
from functools import cache
from pathlib import Path

from cleanclaim.codes.icd10cm.pack import BLOCK, MAGIC, WIDTH
from cleanclaim.codes.table import Source, read_source

_FOLDER = Path(__file__).parent
_PACK = _FOLDER / "icd10cm.pack"
_HEAD = len(MAGIC) + 12


@cache
def _codes() -> bytes:
    """All codes in order, 8 bytes each: the code padded with blanks, then 1 if billable."""
    raw = _PACK.read_bytes()
    _, blocks, length = struct.unpack_from("<III", raw, len(MAGIC))
    start = _HEAD + 4 * (blocks + 1)
    return zlib.decompress(raw[start : start + length])


def _place(code: str) -> int:
    """The code's place in the list, or -1."""
    if not 3 <= len(code) <= 7 or not code.isascii():
        return -1
    table = _codes()
    wanted = code.upper().ljust(7).encode("ascii")
    low, high = 0, len(table) // WIDTH
    while low < high:
        middle = (low + high) // 2
        found = table[middle * WIDTH : middle * WIDTH + 7]
        if found == wanted:
            return middle
        if found < wanted:
            low = middle + 1
        else:
            high = middle
    return -1


def is_valid(code: str) -> bool:
    """Whether the code may stand on a claim: it is in the edition and has all its characters."""
    place = _place(code)
    return place >= 0 and _codes()[place * WIDTH + 7 : place * WIDTH + 8] == b"1"


def is_known(code: str) -> bool:
    """Whether the edition has the code, be it billable or only a heading."""
    return _place(code) >= 0


def words(code: str) -> str:
    """The publisher's description; empty for an unknown code."""
    place = _place(code)
    return _block(place // BLOCK)[place % BLOCK] if place >= 0 else ""


@cache
def _block(number: int) -> tuple[str, ...]:
    with _PACK.open("rb") as file:
        file.seek(len(MAGIC))
        _, blocks, length = struct.unpack("<III", file.read(12))
        offsets = struct.unpack(f"<{blocks + 1}I", file.read(4 * (blocks + 1)))
        file.seek(_HEAD + 4 * (blocks + 1) + length + offsets[number])
        packed = file.read(offsets[number + 1] - offsets[number])
    return tuple(zlib.decompress(packed).decode("utf-8").split("\n"))


def codes() -> tuple[str, ...]:
    """All codes, headings included, in order."""
    table = _codes()
    return tuple(table[at : at + 7].decode("ascii").rstrip() for at in range(0, len(table), WIDTH))


def source() -> Source:
    """Publisher, edition and licence."""
    return read_source(_FOLDER)

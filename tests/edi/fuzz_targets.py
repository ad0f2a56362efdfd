"""What must hold for any bytes: tokenizer, numbers, dates, and each reader. Hypothesis feeds it in the suite; `fuzz` with coverage.

Each target takes bytes and raises where something does not hold.
"""

import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

import cleanclaim.edi
from cleanclaim.edi import check, read
from cleanclaim.edi.bulk.cells import Cells, Column
from cleanclaim.edi.fields import amount, day, days, dollars, whole
from cleanclaim.edi.files import ALL_LEVELS
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.envelope import (
    GroupOpened,
    InterchangeClosed,
    MessageClosed,
    PartRead,
)
from cleanclaim.wire.x12.reader import read_events

FOLDER = Path(cleanclaim.edi.__file__).parent
FOLDERS = sorted({path.parent.parent.name for path in FOLDER.glob("*/samples/*.edi")})
MOST_SECONDS = 2.0
_ISA = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *251103*1200*^*00501*000000001*0*T*:~"


def tokenizer(data: bytes) -> None:
    """However a file is cut into blocks, the same segments stand in the same messages, with the same defects."""
    sizes, rest = data[:4], data[4:]
    text = (rest if b"ISA" in rest else _ISA + rest).decode("latin-1")
    assert _told(_pieces(text, sizes or b"\x01")) == _told([text])


def _pieces(text: str, sizes: bytes) -> Iterable[str]:
    at = 0
    for size in cycle(sizes):
        if at >= len(text):
            return
        yield text[at : at + size + 1]
        at += size + 1


def _told(texts: Iterable[str]) -> list[object]:
    told: list[object] = []
    segments: list[str] = []
    for event in read_events(texts):
        if isinstance(event, PartRead):
            segments += event.window.segments
        elif isinstance(event, MessageClosed):
            message = event.message
            told += [message.kind, message.offset, message.count, segments, message.defects]
            segments = []
        elif isinstance(event, GroupOpened):
            told.append(event.group.head)
        elif isinstance(event, InterchangeClosed):
            found = event.interchange
            told += [found.head, found.delimiters, found.offset, found.answers, found.defects]
    return told


_PLAIN = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def numbers(data: bytes) -> None:
    """A number is read exactly as written or not at all, alone and in a column of cells."""
    texts = data.decode("latin-1").split("*")
    for text in texts:
        found = amount(text)
        assert found == (Decimal(text) if _PLAIN.fullmatch(text) else None)
        assert dollars(text) == (found or Decimal(0))
        assert whole(text) == (int(text) if re.fullmatch("[0-9]{1,9}", text) else 0)
    for digits in (0, 2, 4):
        values, good = _column(texts, lambda c, column, n=digits: c.scaled(column, n))
        for text, value, is_good in zip(_cells(texts), values.tolist(), good.tolist(), strict=True):
            exact = amount(text)
            if is_good:
                assert exact is not None and Fraction(value, 10**digits) == Fraction(exact)
            elif exact is not None and len(text) <= 40:
                moved = Fraction(exact) * 10**digits
                assert moved.denominator > 1 or abs(moved) >= 10**18


def dates(data: bytes) -> None:
    """A day is one of the calendar or none, alone, in a period and in a column of cells."""
    texts = data.decode("latin-1").split("*")
    for text in texts:
        assert day(text) == _plain_day(text)
        assert days("RD8", text) == (_plain_day(text[:8]), _plain_day(text[9:]))
    values, good = _column(texts, lambda cells, column: cells.days(column))
    found = [
        date(1970, 1, 1).toordinal() + v if g else None
        for v, g in zip(values.tolist(), good.tolist(), strict=True)
    ]
    plain = [_plain_day(text) for text in _cells(texts)]
    assert found == [None if d is None else d.toordinal() for d in plain]


def _plain_day(text: str) -> date | None:
    if not re.fullmatch("[0-9]{8}", text):
        return None
    with suppress(ValueError):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def _cells(texts: list[str]) -> list[str]:
    """The texts as cells that a file could hold."""
    return [text.replace("~", "").replace("*", "") for text in texts]


def _column(texts: list[str], read_column: Callable[..., Any]) -> Any:
    sent = "".join(f"X*{text}~" for text in _cells(texts)).encode()
    cells = Cells(sent, Delimiters())
    column: Column = cells.segments(np.arange(len(texts))).element(1)
    return read_column(cells, column)


def reader(folder: str) -> Callable[[bytes], None]:
    """The target for one message: its samples, changed as the bytes say."""
    samples = _samples(folder)

    def target(data: bytes) -> None:
        changed = _changed(samples[data[0] % len(samples)], data[1:]) if data else b""
        begin = time.process_time()
        with suppress(InputError):
            check(changed, levels=ALL_LEVELS)
        with suppress(InputError):
            for unit in read(changed):
                repr(unit.value)  # asks for every part
        assert time.process_time() - begin < MOST_SECONDS, changed

    return target


@cache
def _samples(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((FOLDER / folder / "samples").glob("*.edi"))]


def _changed(sample: bytes, says: bytes) -> bytes:
    """Four bytes a change: where (two), how much goes, how many of the bytes that follow come in its place."""
    data = bytearray(sample)
    while len(says) >= 4:
        at = int.from_bytes(says[:2], "big") % (len(data) + 1)
        gone, new = says[2] % 32, says[3] % 16
        data[at : at + gone] = says[4 : 4 + new]
        says = says[4 + new :]
    return bytes(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "tokenizer": tokenizer,
    "numbers": numbers,
    "dates": dates,
    **{folder: reader(folder) for folder in FOLDERS},
}


def seeds(name: str) -> list[bytes]:
    """Inputs from which a search for others begins."""
    if name == "tokenizer":
        return [b"\x07\x20\x40\x01" + sample for f in FOLDERS for sample in _samples(f)[:1]]
    if name in ("numbers", "dates"):
        return [b"1*-12.50*.5*100000000000.00*20260101*20260230*20260101-20260131*1e5"]
    return [bytes([n, 0, 0, 0, 0]) for n in range(len(_samples(name)))]

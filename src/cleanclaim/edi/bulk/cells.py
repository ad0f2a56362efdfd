"""Every cell of a text as a place in one byte buffer, and whole columns of cells as strings, money, days and counts.

No cell becomes a Python object: a column is two arrays, where its cells begin and where they end.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanclaim.edi.fields import amount, day
from cleanclaim.wire.x12.delimiters import Delimiters

Numbers = npt.NDArray[Any]
_PADDING = b"\x00" * 16
_ONE, _EIGHT = np.uint64(1), np.uint64(8)
_BYTE = np.uint64(0xFF)
_LOW, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_ZEROS = np.uint64(0x3030303030303030)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
# By number of bytes: the mask of that many low bytes.
MASKS: Numbers = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
_MOST_COMPONENTS = 9
_PARTS: Numbers = np.arange(_MOST_COMPONENTS).reshape(-1, 1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


@dataclass(slots=True)
class Column:
    """One cell per row: `data[begins:ends]`. Where there is none the two are equal. Cells stand in the order sent."""

    begins: Numbers
    ends: Numbers

    @property
    def is_there(self) -> npt.NDArray[np.bool_]:
        """Whether each row has a cell that is not empty."""
        there: npt.NDArray[np.bool_] = self.ends > self.begins
        return there


class Segments:
    """Some segments; the ends of an element are looked up when it is first asked for."""

    def __init__(self, stops: Numbers, first: Numbers, last: Numbers, width: int) -> None:
        self._stops, self._first, self._last, self._width = stops, first, last, width
        self.sizes: Numbers = last - first  # elements behind the tag
        self._least = int(self.sizes.min()) if len(first) else 0
        self._most = int(self.sizes.max(initial=0))
        self._ends: dict[int, Numbers] = {}

    def _end(self, number: int) -> Numbers:
        """Where element `number` ends; where a segment is shorter, the segment's own end."""
        number = min(number, self._most)
        if number not in self._ends:
            at = self._first + number
            if number > self._least:
                at = np.minimum(at, self._last)
            self._ends[number] = self._stops.take(at)
        return self._ends[number]

    def element(self, number: int) -> Column:
        """Element `number` (from 1) of each; empty where a segment is shorter."""
        ends = self._end(number)
        if number > self._most:
            return Column(ends, ends)
        begins = self._end(number - 1) + self._width
        return Column(begins, ends if number <= self._least else np.maximum(begins, ends))

    def elements(self, numbers: Numbers) -> Column:
        """A numbered element of each."""
        at = self._first + numbers
        begins = self._stops.take(np.minimum(at - 1, self._last)) + self._width
        return Column(begins, np.maximum(begins, self._stops.take(np.minimum(at, self._last))))

    def chosen(self, rows: Numbers) -> "Segments":
        """Some of them, or some of them several times."""
        return Segments(self._stops, self._first.take(rows), self._last.take(rows), self._width)


class Composites:
    """The components of one column of cells."""

    def __init__(self, stops: Numbers, width: int, column: Column) -> None:
        self._width, self._column = width, column
        at = np.searchsorted(stops, column.begins)
        self._ends = np.minimum(stops.take(at + _PARTS), column.ends)

    def component(self, number: int) -> Column:
        """Component `number` (from 1, at most nine) of each; empty where there are fewer."""
        ends = self._ends[number - 1]
        if number == 1:
            return Column(self._column.begins, ends)
        return Column(np.minimum(self._ends[number - 2] + self._width, ends), ends)


class Cells:
    """The segments of a text, each with its terminator, and the separators between their elements and components.

    Attributes:
        data: the text, UTF-8.
        has_nul: whether a NUL stands in it, so that cells cannot be told apart by eight bytes filled up with NUL.
    """

    def __init__(self, raw: bytes, delimiters: Delimiters) -> None:
        self.buffer = raw + _PADDING
        self.size = len(raw)
        self.has_nul = b"\x00" in raw
        self.data = np.frombuffer(self.buffer, np.uint8)
        self.every: Any = np.ndarray((len(raw) + 8,), "<u8", self.buffer, strides=(1,))
        element, segment = delimiters.element.encode(), delimiters.segment.encode()
        self._component = delimiters.component.encode()
        self._components: Numbers | None = None
        self._width = len(element)
        # All ends of elements, in order; a segment's are those from `first` up to `last`, its own end.
        if len(element) == len(segment) == 1:
            data = self.data[: self.size]
            stops = np.flatnonzero((data == element[0]) | (data == segment[0]))
            last = np.flatnonzero(data.take(stops) == segment[0])
        else:
            outer = self._find(segment)
            stops = np.sort(np.concatenate((self._find(element), outer)))
            last = np.searchsorted(stops, outer)
        self._stops = stops.astype(np.int32)
        # Row -1 is a segment without elements.
        self._last = np.append(last, len(stops) - 1).astype(np.int32)
        self._first = np.append(np.concatenate(([0], last[:-1] + 1)), len(stops) - 1).astype(
            np.int32
        )

    def _find(self, text: bytes) -> Numbers:
        """Where `text` begins; UTF-8 never hides one character in another."""
        data = self.data[: self.size]
        hits = data[: self.size - len(text) + 1] == text[0]
        for n, byte in enumerate(text[1:], 1):
            hits = hits & (data[n : self.size - len(text) + 1 + n] == byte)
        return np.flatnonzero(hits)

    def segments(self, rows: Numbers) -> "Segments":
        """Some segments, by row."""
        return Segments(self._stops, self._first.take(rows), self._last.take(rows), self._width)

    def composites(self, column: Column) -> "Composites":
        """The components of a column."""
        if self._components is None:
            end = np.full(_MOST_COMPONENTS, self.size + 1)
            self._components = np.concatenate((self._find(self._component), end)).astype(np.int32)
        return Composites(self._components, len(self._component), column)

    def text(self, begin: int, end: int) -> str:
        """One cell."""
        return self.buffer[begin:end].decode("utf-8", "surrogatepass")

    def texts(self, column: Column, rows: Numbers) -> list[str]:
        """Some cells."""
        return [
            self.text(b, e)
            for b, e in zip(column.begins[rows].tolist(), column.ends[rows].tolist(), strict=True)
        ]

    def is_text(self, column: Column, text: str) -> npt.NDArray[np.bool_]:
        """Whether each cell is `text`, of at most eight ASCII characters."""
        sizes = column.ends - column.begins
        words = self.every[column.begins] & MASKS[len(text)]
        same: npt.NDArray[np.bool_] = (sizes == len(text)) & (
            words == np.uint64(int.from_bytes(text.encode(), "little"))
        )
        return same

    def scaled(self, column: Column, digits: int) -> tuple[Numbers, Numbers]:
        """Decimal numbers, each times 10 ** `digits`, and where there is one.

        What is no number, or does not fit (more decimals than `digits`, more than 18 digits in all), has none.
        """
        begins, ends = column.begins, column.ends
        is_negative = (self.data.take(begins) == ord("-")) & (ends > begins)
        begins = begins + is_negative
        sizes = ends - begins
        is_short = sizes <= 8
        sizes = np.where(is_short, sizes, 0)
        words = self.every[begins] & MASKS.take(sizes)
        words, fractions, count = _without_dot(words, sizes)
        values, is_number = _eight_digits(words, count)
        good = is_number & (count > 0) & is_short & (fractions <= digits)
        powers: Numbers = np.array([10**n for n in range(digits, -1, -1)], np.int64)
        values = values * powers.take(np.minimum(fractions, digits))
        values = np.where(is_negative, -values, values)
        odd = np.flatnonzero(~good & column.is_there)
        for row, text in zip(odd.tolist(), self.texts(column, odd), strict=True):
            exact = _exactly(text, digits)
            if exact is not None:
                values[row], good[row] = exact, True
        return values, good

    def days(self, column: Column) -> tuple[Numbers, Numbers]:
        """CCYYMMDD as days since 1970, and where there is one."""
        is_eight = column.ends - column.begins == 8
        digits = np.where(is_eight, self.every[column.begins], _ZEROS) ^ _ZEROS
        pairs = _pairs(digits)
        years = (pairs & _BYTE) * np.uint64(100) + ((pairs >> np.uint64(16)) & _BYTE)
        months, dates = (pairs >> np.uint64(32)) & _BYTE, pairs >> np.uint64(48)
        good = is_eight & _are_digits(digits) & (months - _ONE < 12) & (dates - _ONE < 31)
        near = years - np.uint64(_FIRST_YEAR)
        is_near = near <= _LAST_YEAR - _FIRST_YEAR
        slots = (near * np.uint64(12) + months - _ONE) * np.uint64(31) + dates - _ONE
        found = _CALENDAR.take(np.where(good & is_near, slots, _NO_SLOT).astype(np.int64))
        far = np.flatnonzero(good & ~is_near)
        for row, text in zip(far.tolist(), self.texts(column, far), strict=True):
            when = day(text)
            found[row] = _NO_DAY if when is None else when.toordinal() - _EPOCH
        there: Numbers = found != _NO_DAY
        return found, there


def _without_dot(words: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The digits closed up, how many stand behind the dot, and how many there are.

    Only the first dot is taken out: a second one is no digit.
    """
    crossed = words ^ _DOTS
    hits = (crossed - _LOW) & ~crossed & _HIGH
    lowest = hits & (~hits + _ONE)
    before = (lowest >> np.uint64(7)) - _ONE  # all bytes, where there is no dot
    closed = (words & before) | ((words >> _EIGHT) & ~before)
    has_dot = lowest > 0
    whole = np.bitwise_count(before) >> 3
    return closed, np.where(has_dot, sizes - whole - 1, 0), sizes - has_dot


def _eight_digits(words: Numbers, count: Numbers) -> tuple[Numbers, Numbers]:
    """The number that up to eight digits make, the first in the lowest byte; and whether all are digits."""
    # The digits go to the high end; zeros fill up the low one.
    shift = (64 - 8 * count).astype(np.uint64)
    digits = np.where(
        shift < 64, (words ^ (_ZEROS & MASKS.take(count))) << (shift & np.uint64(63)), np.uint64(0)
    )
    pairs = _pairs(digits)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    eight = (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return eight.astype(np.int64), _are_digits(digits)


def _are_digits(digits: Numbers) -> Numbers:
    """Whether all eight bytes are below ten."""
    found: Numbers = ((digits + np.uint64(0x7676767676767676)) | digits) & _HIGH == 0
    return found


def _pairs(digits: Numbers) -> Numbers:
    """Four numbers of two digits each, the first in the lowest two bytes."""
    found: Numbers = (digits * np.uint64(10) + (digits >> _EIGHT)) & np.uint64(0x00FF00FF00FF00FF)
    return found


def _exactly(text: str, digits: int) -> int | None:
    """The number times 10 ** `digits`; None where it is none or does not fit."""
    found = amount(text) if len(text) <= 40 else None
    if found is None:
        return None
    try:
        moved = found.scaleb(digits)
    except InvalidOperation:
        return None
    # Of more digits than decimals calculate with, some are rounded away: moved back, it is another number.
    if moved.scaleb(-digits) != found or moved != moved.to_integral_value():
        return None
    if abs(moved) >= Decimal(10) ** 18:
        return None
    return int(moved)


_EPOCH = date(1970, 1, 1).toordinal()
_NO_DAY = np.iinfo(np.int32).min
_NO_SLOT = (_LAST_YEAR - _FIRST_YEAR + 1) * 12 * 31


def _calendar() -> Numbers:
    """Days since 1970 by year, month and day of the month; the last entry stands for no day."""
    found: Numbers = np.full((_LAST_YEAR - _FIRST_YEAR + 1) * 12 * 31 + 1, _NO_DAY, np.int32)
    for number in range(
        date(_FIRST_YEAR, 1, 1).toordinal(), date(_LAST_YEAR, 12, 31).toordinal() + 1
    ):
        when = date.fromordinal(number)
        found[((when.year - _FIRST_YEAR) * 12 + when.month - 1) * 31 + when.day - 1] = (
            number - _EPOCH
        )
    return found


_CALENDAR = _calendar()

"""A bounded run of segments: their text, and the first eight bytes of each as one number."""

import codecs
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanclaim.wire.x12.delimiters import Delimiters

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
BLANKS = " \r\n\t\x00\x1a"
_PADDING = b"\x00" * 8
_IS_BLANK: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_IS_BLANK[list(BLANKS.encode())] = True
_OTHER = "cleanclaim-other"
# A character beyond Latin-1 becomes a byte that is none of ASCII, so that it is never taken for a separator.
codecs.register_error(_OTHER, lambda error: (b"\xff" * (error.end - error.start), error.end))  # type: ignore[attr-defined]
_CONTROLS = ("ST", "SE", "GS", "GE", "ISA", "IEA", "TA1")


class Window:
    """Segments in the order sent, without terminators and blanks around them.

    Attributes:
        words: for each segment its first eight bytes, little-endian; None where a separator is not one ASCII
            character, so that nothing can be read off bytes.
        every: the eight bytes from each place of the cut text on, where there are words.
        starts: for each, characters from the beginning of the cut text.
        length: characters of the text that was cut.
        whole, first: of a part: the window it was taken from, and its first segment there.
    """

    __slots__ = (
        "_sent",
        "_terminator",
        "count",
        "empty",
        "every",
        "first",
        "length",
        "starts",
        "whole",
        "words",
    )

    def __init__(
        self, sent: str | list[str], terminator: str, words: Words | None, starts: list[int] | Places, length: int,
        *, empty: int, every: Words | None = None, whole: "Window | None" = None, first: int = 0,
    ) -> None:  # fmt: skip
        """`sent`: the segments, or where no blanks stand around them their text, each with its terminator."""
        self._sent, self._terminator = sent, terminator
        self.words, self.starts, self.length, self.every = words, starts, length, every
        self.count = len(starts)
        self.empty = empty  # segments without a character
        self.whole, self.first = whole, first

    @property
    def segments(self) -> list[str]:
        """The segments; a text is split when they are first asked for."""
        if isinstance(self._sent, str):
            if self.whole is not None:
                self._sent = self.whole.segments[self.first : self.first + self.count]
            else:
                self._sent = self._sent.split(self._terminator)
                self._sent.pop()
        return self._sent

    @property
    def text(self) -> str:
        """The segments, each with its terminator."""
        if isinstance(self._sent, str):
            return self._sent
        return "".join([segment + self._terminator for segment in self._sent])

    def chosen(self, numbers: Sequence[int] | Places) -> list[str]:
        """Some of them."""
        sent = self._sent
        if not isinstance(sent, str):
            return [sent[number] for number in numbers]
        if not len(numbers):
            return []
        at = np.append(self.starts, int(self.starts[0]) + len(sent)) - self.starts[0]
        rows = np.asarray(numbers, np.int64)
        bounds = zip(at[rows].tolist(), at[rows + 1].tolist(), strict=True)
        return [sent[start : end - 1] for start, end in bounds]

    def part(self, first: int, end: int) -> "Window":
        """The segments from `first` up to `end`."""
        words = None if self.words is None else self.words[first:end]
        starts, sent = self.starts[first:end], self._sent
        if isinstance(sent, str):
            assert words is not None
            stop = int(self.starts[end]) if end < self.count else len(sent)
            sent = sent[int(starts[0]) : stop]
            empty = self.empty and _count_empty(words, self._terminator)
        else:
            sent = sent[first:end]
            empty = self.empty and sent.count("")
        return Window(
            sent, self._terminator, words, starts, self.length, empty=empty, every=self.every,
            whole=self, first=first,
        )  # fmt: skip


def _count_empty(words: Words, terminator: str) -> int:
    return int(np.count_nonzero(words & np.uint64(0xFF) == np.uint64(ord(terminator))))


def cut(text: str, delimiters: Delimiters) -> Window:
    """The segments of `text`, which ends with a terminator (or is the unfinished last one)."""
    terminator = delimiters.segment
    if not (delimiters.element + terminator).isascii():
        return _cut_slowly(text, terminator)
    data = np.frombuffer(text.encode("latin-1", _OTHER) + _PADDING, np.uint8)
    ends = np.flatnonzero(data[: len(text)] == ord(terminator))
    last = int(ends[-1]) + 1 if len(ends) else 0
    # What follows the last terminator is a segment unless it is blank.
    count = len(ends) + bool(text[last:].strip(BLANKS))
    starts = np.zeros(count, np.int64)
    starts[1:] = ends[: count - 1] + 1
    every: Any = np.ndarray((len(text) + 1,), "<u8", data.data, strides=(1,))
    if count and bool(_IS_BLANK.take(data.take(starts)).any()) | bool(
        _IS_BLANK.take(data.take(ends[:count] - 1)).any()
    ):
        segments = [segment.strip(BLANKS) for segment in text.split(terminator)[:count]]
        _skip_blanks(data, starts, np.append(ends, len(text)))
        empty = segments.count("")
        return Window(
            segments, terminator, every[starts], starts, len(text), empty=empty, every=every
        )
    sent = text + terminator if count > len(ends) else text[:last]
    words = every[starts]
    empty = _count_empty(words, terminator)
    return Window(sent, terminator, words, starts, len(text), empty=empty, every=every)


def _skip_blanks(data: npt.NDArray[np.uint8], starts: Places, ends: Places) -> None:
    """Move each start to the first character that is no blank, or to the segment's own end, itself often a line end."""
    rows = np.flatnonzero(_IS_BLANK[data[starts]])
    while len(rows):
        rows = rows[(starts[rows] < ends[rows]) & _IS_BLANK[data[starts[rows]]]]
        starts[rows] += 1


def _cut_slowly(text: str, terminator: str) -> Window:
    pieces = text.split(terminator)
    if not pieces[-1].strip(BLANKS):
        pieces.pop()
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece) + 1
    segments = [piece.strip(BLANKS) for piece in pieces]
    return Window(segments, terminator, None, starts, len(text), empty=segments.count(""))


def controls(window: Window, element: str) -> list[int]:
    """Which segments belong to envelopes, in order."""
    words = window.words
    if words is None:
        heads = tuple(tag + element for tag in _CONTROLS)
        return [n for n, s in enumerate(window.segments) if s.startswith(heads)]
    three, four = words & np.uint64(0xFFFFFF), words & np.uint64(0xFFFFFFFF)
    found = np.zeros(len(words), np.bool_)
    for tag in _CONTROLS:
        head = np.uint64(int.from_bytes((tag + element).encode(), "little"))
        found |= (three if len(tag) == 2 else four) == head
    places: list[int] = np.flatnonzero(found).tolist()
    return places

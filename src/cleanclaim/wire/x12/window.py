"""A bounded run of segments: their text, and the first eight bytes of each as one number."""

from dataclasses import dataclass
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
_CONTROLS = ("ST", "SE", "GS", "GE", "ISA", "IEA", "TA1")


@dataclass(slots=True)
class Window:
    """Segments in the order sent, without terminators and blanks around them.

    Attributes:
        words: for each segment its first eight bytes, little-endian; None where a separator is not one ASCII
            character, so that nothing can be read off bytes.
        starts: for each, characters from the beginning of the cut text.
        length: characters of the text that was cut.
        whole, first: of a part: the window it was taken from, and its first segment there.
    """

    segments: list[str]
    words: Words | None
    starts: list[int] | Places
    length: int
    whole: "Window | None" = None
    first: int = 0

    def part(self, first: int, end: int) -> "Window":
        """The segments from `first` up to `end`."""
        words = None if self.words is None else self.words[first:end]
        return Window(
            self.segments[first:end], words, self.starts[first:end], self.length, self, first
        )


def cut(text: str, delimiters: Delimiters) -> Window:
    """The segments of `text`, which ends with a terminator (or is the unfinished last one)."""
    terminator = delimiters.segment
    segments = text.split(terminator)
    if not segments[-1].strip(BLANKS):
        segments.pop()
    if not (delimiters.element + terminator).isascii():
        return _cut_slowly(segments, len(text))
    data = np.frombuffer(text.encode("latin-1", "replace") + _PADDING, np.uint8)
    ends = np.flatnonzero(data[: len(text)] == ord(terminator))
    count = len(segments)
    starts = np.zeros(count, np.int64)
    starts[1:] = ends[: count - 1] + 1
    if count and bool(_IS_BLANK.take(data.take(starts)).any()) | bool(
        _IS_BLANK.take(data.take(ends[:count] - 1)).any()
    ):
        segments = [segment.strip(BLANKS) for segment in segments]
        _skip_blanks(data, starts, np.append(ends, len(text)))
    every: Any = np.ndarray((len(text) + 1,), "<u8", data.data, strides=(1,))
    return Window(segments, every[starts], starts, len(text))


def _skip_blanks(data: npt.NDArray[np.uint8], starts: Places, ends: Places) -> None:
    """Move each start to the first character that is no blank, or to the segment's own end, itself often a line end."""
    rows = np.flatnonzero(_IS_BLANK[data[starts]])
    while len(rows):
        rows = rows[(starts[rows] < ends[rows]) & _IS_BLANK[data[starts[rows]]]]
        starts[rows] += 1


def _cut_slowly(segments: list[str], length: int) -> Window:
    starts, at = [], 0
    for segment in segments:
        starts.append(at)
        at += len(segment) + 1
    return Window([segment.strip(BLANKS) for segment in segments], None, starts, length)


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

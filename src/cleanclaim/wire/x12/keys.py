"""Tag and qualifier of many segments at once, as small numbers that a guide knows."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT
from cleanclaim.wire.x12.guide import Guide, Segment
from cleanclaim.wire.x12.steps import key_of
from cleanclaim.wire.x12.window import Window

Numbers = npt.NDArray[Any]
UNKNOWN = 0  # the number of every key that the guide does not know
OTHER = "\x00"  # stands for every qualifier that the guide does not name
_LONGEST_QUALIFIER = 3  # what fits into eight bytes behind a tag of three and its separator
_LOW, _HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)


class Keys:
    """The keys of one guide.

    Attributes:
        keys: (tag, qualifier) by number; number 0 is none of them.
    """

    def __init__(self, guide: Guide) -> None:
        self.keys: list[tuple[str, str]] = [("", "")]
        self._numbers: dict[tuple[str, str], int] = {}
        self._far: set[str] = set()  # tags whose qualifier cannot be read off the first eight bytes
        segments = [i for loop in guide.loops() for i in loop.items if isinstance(i, Segment)]
        for tag in sorted({segment.tag for segment in segments}):
            at = QUALIFIER_ELEMENT.get(tag)
            codes = {c for s in segments if s.tag == tag for c in s.codes or ()}
            if at is None:
                self._add(tag, "")
                continue
            if at != 1 or any(len(code) > _LONGEST_QUALIFIER for code in codes):
                self._far.add(tag)
            for code in [*sorted(codes), OTHER]:
                self._add(tag, code)
        self._far_codes = [
            (tag, QUALIFIER_ELEMENT[tag], _Table([c for t, c in self.keys if t == tag]))
            for tag in sorted(self._far)
        ]
        self._tags = _Table([t for t in {key[0] for key in self.keys[1:]} if t not in self._far])
        self._plain = np.array(
            [tag not in QUALIFIER_ELEMENT for tag in ["", *self._tags.texts]], np.bool_
        )
        near = [key for key in self.keys[1:] if key[0] not in self._far]
        texts = {tag.ljust(3, "\x00") + qualifier: (tag, qualifier) for tag, qualifier in near}
        self._table = _Table(list(texts))
        self._of_slot = np.array(
            [UNKNOWN, *(self._numbers[texts[text]] for text in self._table.texts)], np.int64
        )

    def _add(self, tag: str, qualifier: str) -> None:
        self._numbers[tag, qualifier] = len(self.keys)
        self.keys.append((tag, qualifier))

    def number(self, elements: Sequence[str], component: str) -> int:
        """The key's number of one segment."""
        tag, qualifier = key_of(elements, component)
        found = self._numbers.get((tag, qualifier))
        return self._numbers.get((tag, OTHER), UNKNOWN) if found is None else found

    def numbers(self, window: Window, delimiters: Delimiters) -> Numbers:
        """The key's number of each segment. The window must have words."""
        assert window.words is not None
        words = window.words
        element = delimiters.element
        is_two = (words >> np.uint64(16)) & np.uint64(0xFF) == np.uint64(ord(element))
        tags = words & np.where(is_two, np.uint64(0xFFFF), np.uint64(0xFFFFFF))
        # A tag of three must end at its separator; the others are looked at one by one below.
        is_three = (words >> np.uint64(24)) & np.uint64(0xFF) == np.uint64(ord(element))
        known_tags = np.where(is_two | is_three, self._tags.find(tags), 0)
        rest = words >> np.where(is_two, np.uint64(24), np.uint64(32))
        qualifiers = rest & _until(rest, (element, delimiters.segment))
        composite = tags == np.uint64(int.from_bytes(b"HI", "little"))
        if composite.any():
            some = rest[composite]
            stops = (element, delimiters.segment, delimiters.component)
            qualifiers[composite] = some & _until(some, stops)
        packed = np.where(self._plain.take(known_tags), tags, tags | qualifiers << np.uint64(24))
        found: Numbers = np.where(
            known_tags > 0, self._of_slot.take(self._table.find(packed)), UNKNOWN
        )
        unknown = np.flatnonzero(found == UNKNOWN)
        if len(unknown):
            found[unknown] = self._far_numbers(window, delimiters, unknown)
            unknown = unknown[found[unknown] == UNKNOWN]
        if len(unknown):  # strange ones
            found[unknown] = [
                self.number(s.split(element), delimiters.component) for s in window.chosen(unknown)
            ]
        return found

    def _far_numbers(self, window: Window, delimiters: Delimiters, rows: Numbers) -> Numbers:
        """The key's number of segments whose qualifier stands far behind their tag, as far as they are plain."""
        found: Numbers = np.full(len(rows), UNKNOWN, np.int64)
        every, words = window.every, window.words
        assert every is not None and words is not None
        stops, last = (delimiters.element, delimiters.segment), len(every) - 1
        for tag, at, codes in self._far_codes:
            head = (tag + delimiters.element).encode()
            same = words[rows] & np.uint64((1 << 8 * len(head)) - 1)
            some = np.flatnonzero(same == np.uint64(int.from_bytes(head, "little")))
            places = np.asarray(window.starts)[rows[some]] + len(head)
            for _ in range(at - 1):  # over the elements before the qualifier
                places = np.minimum(places, last)
                places += np.bitwise_count(_until(every[places], stops)) >> 3
                places = np.minimum(places, last)
                is_next = every[places] & np.uint64(0xFF) == np.uint64(ord(delimiters.element))
                some, places = some[is_next], places[is_next] + 1
            cells = every[np.minimum(places, last)]
            slots = codes.find(cells & _until(cells, stops))
            numbers = [UNKNOWN, *(self._numbers[tag, code] for code in codes.texts)]
            found[some] = np.array(numbers, np.int64).take(slots)
        return found


def _until(words: Numbers, stops: tuple[str, ...]) -> Numbers:
    """For each word a mask of the bytes before the first that is one of `stops`."""
    hits: Numbers = np.zeros(len(words), np.uint64)
    for stop in stops:
        # A window holds characters beyond Latin-1 as 0xFF.
        crossed = words ^ (_LOW * np.uint64(min(ord(stop), 0xFF)))
        hits |= (crossed - _LOW) & ~crossed & _HIGH
    lowest = hits & (~hits + np.uint64(1))
    masked: Numbers = np.where(lowest > 0, (lowest >> np.uint64(7)) - np.uint64(1), ~np.uint64(0))
    return masked


class _Table:
    """Texts of up to eight ASCII characters, found by the number that their bytes make; 0 where unknown."""

    def __init__(self, texts: Sequence[str]) -> None:
        values = {text: int.from_bytes(text.encode("ascii"), "little") for text in texts}
        self.texts = sorted(texts, key=values.__getitem__)
        packed = np.array([0, *sorted(values.values())], np.uint64)
        self._bits = max(10, (4 * len(texts)).bit_length() + 4)
        self._packed = packed
        self._multiplier, self._slots = self._spread(packed)

    def _spread(self, packed: Numbers) -> tuple[np.uint64, Numbers]:
        """A multiplier that gives each value a slot of its own, and the slots."""
        chance = Random(5010)
        shift = np.uint64(64 - self._bits)
        while True:
            multiplier = np.uint64(chance.getrandbits(64) | 1)
            at = (packed[1:] * multiplier) >> shift
            if len(set(at.tolist())) == len(at):
                slots: Numbers = np.zeros(1 << self._bits, np.int64)
                slots[at] = np.arange(1, len(packed))
                return multiplier, slots

    def find(self, words: Numbers) -> Numbers:
        """The place of each word among the texts, from 1; 0 for strangers."""
        slots = (words * self._multiplier) >> np.uint64(64 - self._bits)
        at = self._slots.take(slots.view(np.int64))
        found: Numbers = np.where(self._packed.take(at) == words, at, 0)
        return found

"""What differs between two files: unit by unit where they can be told apart, segment by segment within."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from cleanclaim.edi.flow import Walked, Wanted, receive
from cleanclaim.edi.units import UNITS
from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.reader import read_events
from cleanclaim.wire.x12.source import Source, Texts, blocks
from cleanclaim.wire.x12.tree import loops_above

_MOST_MATCHED = 500  # rows


class Change(StrEnum):
    """How a segment differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        unit: what it is about: message type and the unit's own number, such as `837P PCN0001`.
        before, after: the segment in the first and second file, empty where it is not there.
        elements: numbers of the elements that differ, for a changed one.
    """

    change: Change
    unit: str
    loop: str
    before: str
    after: str
    elements: tuple[int, ...] = ()


_Row = tuple[str, tuple[str, ...]]  # loop id; elements, tag first


@dataclass(slots=True)
class _Section:
    """A unit's segments, or those of the levels above it that stand before it."""

    name: str
    rows: list[_Row] = field(default_factory=list)


def compare(first: Source, second: Source) -> Iterator[Difference]:
    """The differences, in the order of the first file; what only the second has comes last.

    Units of the same number are compared, wherever they stand; the same number twice pairs in order. Separators,
    envelopes, batch numbers and the numbering of HL levels are not compared. Both files are held in memory.

    Raises:
        InputError: a file is packed and damaged.
        OSError: a file cannot be opened.
    """
    theirs: dict[str, deque[_Section]] = {}
    for section in _sections(second):
        theirs.setdefault(section.name, deque()).append(section)
    for section in _sections(first):
        found = theirs.get(section.name)
        other = found.popleft() if found else _Section(section.name)
        yield from _differences(section, other)
    for left in theirs.values():
        for section in left:
            yield from _differences(_Section(section.name), section)


def _sections(source: Source) -> Iterator[_Section]:
    current = _Section("")
    for found in receive(
        read_events(Texts(hold_binaries(blocks(source)))), Wanted(frozenset(), parts=True)
    ):
        if not isinstance(found, Walked):
            continue
        part = found.part
        name = part.guide.name or found.message.kind
        leaf = UNITS[name].leaf if name in UNITS else None
        above = loops_above(part.guide, leaf)
        places = zip(part.segments, part.places, strict=True)
        for number, (raw, place) in enumerate(places, part.first):
            row = _row(raw, place.loop_id if place is not None else "", part.delimiters)
            starts = place is not None and place.starts_loop
            if number == 1 or (starts and row[0] in above and current.name):
                yield current
                current = _Section("")
            elif starts and row[0] == leaf:
                key = f"{name} {row[1][1] if len(row[1]) > 1 else ''}"
                if not current.name:
                    current.name = f"{key}, levels above"
                yield current
                current = _Section(key)
            if row[1][0] not in ("ST", "BHT", "HL"):
                current.rows.append(row)
    current.name = current.name or "end"
    yield current


def _row(raw: str, loop: str, delimiters: Delimiters) -> _Row:
    if delimiters.component != ":":
        raw = raw.replace(delimiters.component, ":")
    return loop, tuple(raw.split(delimiters.element))


def _differences(first: _Section, second: _Section) -> Iterator[Difference]:
    if first.rows == second.rows:
        return
    for before, after in _gaps(first.rows, second.rows):
        if max(len(before), len(after)) > _MOST_MATCHED:
            yield from _paired(first.name, before, after)
            continue
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "equal":
                yield from _paired(first.name, before[a:b], after[c:d])


def _gaps(first: list[_Row], second: list[_Row]) -> Iterator[tuple[list[_Row], list[_Row]]]:
    """What is to be matched row by row, for which time grows with the square of the rows.

    Long sections are cut where both have a row that neither has twice; such rows are alike and left out.
    """
    if max(len(first), len(second)) <= _MOST_MATCHED:
        yield first, second
        return
    begin = start = 0
    for own, other in [*_anchors(first, second), (len(first), len(second))]:
        yield first[begin:own], second[start:other]
        begin, start = own + 1, other + 1


def _anchors(first: list[_Row], second: list[_Row]) -> list[tuple[int, int]]:
    """Places of rows that both have just once: the longest run that is in order in both."""
    here, there = Counter(first), Counter(second)
    places = {row: place for place, row in enumerate(second)}
    ends: list[int] = []  # by length of a run the least place in the second at which one can end
    links: list[tuple[int, int, int]] = []  # place in both, and the link before
    last: list[int] = []  # by length of a run its last link
    for own, row in enumerate(first):
        if here[row] == 1 == there[row]:
            other = places[row]
            length = bisect_left(ends, other)
            ends[length : length + 1] = [other]
            last[length : length + 1] = [len(links)]
            links.append((own, other, last[length - 1] if length else -1))
    found: list[tuple[int, int]] = []
    link = last[-1] if last else -1
    while link >= 0:
        own, other, link = links[link]
        found.append((own, other))
    return found[::-1]


def _paired(name: str, before: list[_Row], after: list[_Row]) -> Iterator[Difference]:
    """Removed and added segments of one loop and tag are one changed segment."""
    left: dict[tuple[str, str], deque[int]] = {}
    for place, (loop, row) in enumerate(after):
        left.setdefault((loop, row[0]), deque()).append(place)
    for loop, row in before:
        places = left.get((loop, row[0]))
        if not places:
            yield Difference(Change.REMOVED, name, loop, _text(row), "")
            continue
        match = after[places.popleft()][1]
        numbers = tuple(
            n
            for n, (mine, other) in enumerate(zip_longest(row, match, fillvalue=""))
            if mine != other
        )
        yield Difference(Change.CHANGED, name, loop, _text(row), _text(match), numbers)
    for place in sorted(place for places in left.values() for place in places):
        loop, row = after[place]
        yield Difference(Change.ADDED, name, loop, "", _text(row))


def _text(row: tuple[str, ...]) -> str:
    return "*".join(row)

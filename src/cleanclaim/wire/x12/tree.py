"""A walked message as blocks: one per loop instance, with its segments as element lists."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.keys import Numbers
from cleanclaim.wire.x12.screen import Part
from cleanclaim.wire.x12.walker import Walk


@dataclass(slots=True)
class Block:
    """One instance of a loop.

    Attributes:
        segments: element lists, tag first, in the order sent; composites not yet split.
        positions: for each its number within the message (ST = 1).
        blocks: child loops in the order sent.
        value: room for what the reader made of it.
    """

    id: str
    position: int  # of its first segment
    segments: list[list[str]]
    blocks: list["Block"] = field(default_factory=list)
    value: object = None
    positions: list[int] = field(default_factory=list)

    def children(self, loop_id: str) -> list["Block"]:
        """The child loops with this id."""
        return [block for block in self.blocks if block.id == loop_id]


class Leaves:
    """Cuts a message, part by part, into leaf blocks, each with the blocks above it.

    A leaf is not kept by its parent, so that memory is bounded by one leaf. Segments without a place are left out.
    """

    def __init__(self, guide: Guide, leaf: str | None) -> None:
        """`leaf`: id of the loops to give out; None: the whole message once, at the end."""
        self._leaf = leaf
        self._above = loops_above(guide, leaf)
        self._stack: list[Block] = []
        self._leaf_depth = -1  # depth of the open leaf

    def feed(self, part: Walk) -> Iterator[list[Block]]:
        """The leaves that are complete, outermost block first; a path is good until the next one is asked for."""
        return self._rows(part, 0, len(part.segments))

    def skip(self, part: Part) -> Iterator[list[Block]]:
        """As `feed` for a screened part, but leaves that begin and end within it are not given out.

        Only what the leaves to come need is read: much faster.
        """
        for found in self.split(part, inner=False):
            assert isinstance(found, list)
            yield found

    def split(self, part: Part, *, inner: bool = True) -> Iterator["list[Block] | Inner"]:
        """As `feed` for a screened part, but leaves within it are given out unread (or, without `inner`, left out)."""
        machine, specs, opens = part.machine, part.specs, part.opens
        assert machine is not None and specs is not None and opens is not None
        is_outer = np.array(
            [
                s.starts_loop and (s.loop.id in self._above or s.loop.id == self._leaf)
                for s in machine.specs
            ],
            np.bool_,
        )
        outer = np.flatnonzero(is_outer[specs])
        count = len(specs)
        first = int(outer[0]) if len(outer) else count
        yield from self._rows(part, 0, first)
        if first == count:
            return
        yield from self.finish()
        last = _place(part, -1)
        deeper = np.flatnonzero(machine.depths[specs] > last.loop.depth)
        tail = int(deeper[-1]) + 1 if len(deeper) else 0
        if inner:
            yield from self._inner(part, outer, tail)
        yield from self._still_open(part, outer, last.loop.depth, tail)

    def _inner(self, part: Part, outer: Numbers, tail: int) -> Iterator["Inner"]:
        """The leaves that begin and end within the part, in order."""
        assert part.opens is not None
        cut = _Cut(part, list(self._stack), outer.tolist(), tail)
        machine, specs = part.machine, part.specs
        assert machine is not None and specs is not None
        is_leaf = np.array([s.loop.id == self._leaf for s in machine.specs], np.bool_)
        places = np.flatnonzero(is_leaf[specs[outer]])
        rows = outer[places].tolist()
        ends = np.append(outer, tail)[places + 1].tolist()
        depths = machine.depths[specs[outer[places]]].tolist()
        # The last one may still be open.
        if rows and rows[-1] == int(outer[-1]) and _place(part, -1).loop.depth >= depths[-1]:
            rows.pop()
        first = part.first
        for row, end, depth in zip(rows, ends, depths, strict=False):
            yield Inner(cut, row, end, depth, first + row)

    def _still_open(
        self, part: Part, outer: Numbers, depth: int, tail: int
    ) -> Iterator[list[Block]]:
        """Read the loops that are open at the end, from outside inwards, up to the next outer loop of each."""
        assert part.opens is not None
        count, done = len(part.places), int(outer[0])
        for level in range(1, depth + 1):
            at = np.flatnonzero(part.opens == level)
            if not len(at) or at[-1] < done:
                continue
            start = int(at[-1])
            if _place(part, start).loop.id not in self._above:
                yield from self._rows(part, start, count)
                return
            after = outer[np.searchsorted(outer, start, side="right") :]
            done = int(after[0]) if len(after) else count
            yield from self._rows(part, start, done)
        # What stands behind all inner loops, such as the provider adjustments of an 835.
        yield from self._rows(part, max(done, tail), count)

    @property
    def root(self) -> Block | None:
        """The outermost block, None before the first segment."""
        return self._stack[0] if self._stack else None

    def finish(self) -> Iterator[list[Block]]:
        """The last leaf."""
        if self._leaf_depth >= 0:
            found = self._stack[: self._leaf_depth + 1]
            self._leaf_depth = -1
            yield found
        elif self._leaf is None and self._stack:
            yield self._stack[:1]

    def _rows(self, part: Walk, first: int, end: int) -> Iterator[list[Block]]:
        stack, above, leaf = self._stack, self._above, self._leaf
        separator = part.delimiters.element
        segments, places = part.segments, part.places
        for row in range(first, end):
            place = places[row]
            if place is None:
                continue
            position = part.first + row
            elements = segments[row].split(separator)
            if not elements[-1]:
                _drop_empty_end(elements)
            if not stack:
                stack.append(Block(place.loop_id, position, [elements], positions=[position]))
                continue
            loop = place.loop
            depth = loop.depth
            if place.starts_loop:
                if depth <= self._leaf_depth:
                    yield stack[: self._leaf_depth + 1]
                    self._leaf_depth = -1
                del stack[depth:]
                block = Block(loop.id, position, [elements], positions=[position])
                if loop.id == leaf:
                    self._leaf_depth = depth
                elif loop.id not in above:
                    stack[-1].blocks.append(block)
                stack.append(block)
            else:
                if depth < self._leaf_depth:
                    yield stack[: self._leaf_depth + 1]
                    self._leaf_depth = -1
                del stack[depth + 1 :]
                stack[-1].segments.append(elements)
                stack[-1].positions.append(position)


def _drop_empty_end(elements: list[str]) -> None:
    """Take away what separators after the last element left; the walker remarks them."""
    while len(elements) > 1 and not elements[-1]:
        elements.pop()


def _place(part: Walk, row: int) -> Segment:
    """The place of a row of a screened part, where every row has one."""
    place = part.places[row]
    assert place is not None
    return place


class _Cut:
    """A part whose leaves may be read later, in any order."""

    def __init__(self, part: Part, stack: list[Block], outer: list[int], tail: int) -> None:
        self.part, self.stack, self.outer = part, stack, outer
        self.tail = tail
        self._blocks: dict[int, Block] = {}
        self._levels: dict[int, list[int]] = {}  # by depth: the rows that open loops there
        self._openings: list[int] = []  # the rows that open loops

    def path(self, row: int, end: int, depth: int) -> list[Block]:
        """The blocks from the outermost down to the leaf in rows `row` up to `end`."""
        path: list[Block] = []
        least = 0
        for level in range(depth):
            rows = self._at(level)
            before = bisect_left(rows, row)
            start = rows[before - 1] if before else -1
            if start < least:
                path.append(self.stack[level])
            else:
                path.append(self._block(start))
                least = start
        path.append(self._read(row, end))
        return path

    def _at(self, level: int) -> list[int]:
        found = self._levels.get(level)
        if found is None:
            opens = self.part.opens
            assert opens is not None
            rows = np.flatnonzero(opens == level) if level else _NO_ROWS
            found = self._levels[level] = rows.tolist()
        return found

    def _block(self, row: int) -> Block:
        found = self._blocks.get(row)
        if found is None:
            after = bisect_right(self.outer, row)
            end = self.outer[after] if after < len(self.outer) else self.tail
            if len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.clear()
            found = self._blocks[row] = self._read(row, end)
        return found

    def _read(self, row: int, end: int) -> Block:
        if not self._openings:
            assert self.part.opens is not None
            self._openings = np.flatnonzero(self.part.opens >= 0).tolist()
        first = bisect_right(self._openings, row)
        openings = self._openings[first : bisect_left(self._openings, end, first)]
        openings.append(end)
        return _read(self.part, row, openings)


_MOST_BLOCKS = (
    100  # read of one part and kept; few levels above a leaf are asked for long after their time
)
_NO_ROWS: Numbers = np.zeros(0, np.int64)


class Inner(NamedTuple):
    """A leaf that was not read yet. It holds on to its whole part."""

    cut: _Cut
    row: int
    end: int
    depth: int
    position: int  # of its first segment within the message

    @property
    def first(self) -> str:
        """Its first segment."""
        return self.cut.part.segments[self.row]

    def path(self) -> list[Block]:
        """The leaf as a block, last, and the blocks above it, outermost first."""
        return self.cut.path(self.row, self.end, self.depth)


def _read(part: Walk, first: int, openings: list[int]) -> Block:
    """One loop instance, the rows of which are known, with the loops in it.

    Args:
        first: its first row.
        openings: the rows after it that open loops in it, then the row behind it.
    """
    places, segments, separator = part.places, part.segments, part.delimiters.element
    stack: list[Block] = []
    base = 0
    for end in openings:
        place = places[first]
        assert place is not None
        loop, position = place.loop, part.first + first
        rows = [text.split(separator) for text in segments[first:end]]
        for elements in rows:
            if not elements[-1]:
                _drop_empty_end(elements)
        block = Block(
            loop.id,
            position,
            rows,
            [],
            None,
            list(range(position, position + end - first)),
        )
        if stack:
            del stack[loop.depth - base :]
            stack[-1].blocks.append(block)
        else:
            base = loop.depth
        stack.append(block)
        last = places[end - 1]
        if last is not None and last.loop is not loop:
            _move_behind(stack, block, places[first:end], base)
        first = end
    return stack[0]


def _move_behind(
    stack: list[Block], block: Block, places: Sequence[Segment | None], base: int
) -> None:
    """Give the segments that stand behind a loop, not in it, to the loops around it that they belong to."""
    segments, positions = block.segments, block.positions
    own = next(k for k, place in enumerate(places) if place and place.loop.id != block.id)
    block.segments, block.positions = segments[:own], positions[:own]
    for row in range(own, len(segments)):
        place = places[row]
        assert place is not None
        del stack[place.loop.depth - base + 1 :]
        stack[-1].segments.append(segments[row])
        stack[-1].positions.append(positions[row])


def loops_above(guide: Guide, leaf: str | None) -> set[str]:
    """Ids of the loops that hold leaves, however deep."""
    found: set[str] = set()
    for loop in guide.loops():
        outer: Loop | None = loop.parent if loop.id == leaf else None
        while outer is not None:
            found.add(outer.id)
            outer = outer.parent
    return found


def whole(result: Walk) -> Block:
    """The whole message as one tree."""
    for path in leaves(result, None):
        return path[0]
    raise AssertionError("a walked message has at least its ST")


def leaves(result: Walk, leaf: str | None) -> Iterator[list[Block]]:
    """Each `leaf` block of a whole message with the blocks above it, outermost first; with None the root once."""
    cutter = Leaves(result.guide, leaf)
    yield from cutter.feed(result)
    yield from cutter.finish()

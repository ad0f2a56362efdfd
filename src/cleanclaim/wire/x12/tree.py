"""A walked message as blocks: one per loop instance, with its segments as element lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop
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
        yield from self._rows(part, 0, int(outer[0]) if len(outer) else count)
        # Of the loops that are still open at the end, from outside inwards: what stands before the next outer loop.
        done, depth = (int(outer[0]) if len(outer) else count), 1
        place = part.places[-1]
        assert place is not None
        while depth <= place.loop.depth:
            at = np.flatnonzero(opens == depth)
            depth += 1
            if not len(at) or at[-1] < done:
                continue
            start = int(at[-1])
            if part.places[start].loop.id not in self._above:  # type: ignore[union-attr]
                yield from self._rows(part, start, count)
                return
            after = outer[np.searchsorted(outer, start, side="right") :]
            done = int(after[0]) if len(after) else count
            yield from self._rows(part, start, done)
        # What stands behind all inner loops, such as the provider adjustments of an 835.
        inner = np.flatnonzero(machine.depths[specs] > place.loop.depth)
        tail = int(inner[-1]) + 1 if len(inner) else 0
        yield from self._rows(part, max(done, tail), count)

    def finish(self) -> Iterator[list[Block]]:
        """The last leaf."""
        if self._leaf_depth >= 0:
            yield self._stack[: self._leaf_depth + 1]
            self._leaf_depth = -1
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

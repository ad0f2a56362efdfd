"""A walked message as blocks: one per loop instance, with its segments as element lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cleanclaim.wire.x12.walker import Walk


@dataclass(slots=True)
class Block:
    """One instance of a loop.

    Attributes:
        position: segment number of its first segment (ST = 1).
        segments: element lists, tag first, in the order sent; composites not yet split.
        blocks: child loops in the order sent.
        value: room for what the reader made of it.
    """

    id: str
    position: int
    segments: list[list[str]]
    blocks: list["Block"] = field(default_factory=list)
    value: object = None

    def children(self, loop_id: str) -> list["Block"]:
        """The child loops with this id."""
        return [block for block in self.blocks if block.id == loop_id]


def whole(result: Walk) -> Block:
    """The whole message as one tree."""
    root = None
    for path in leaves(result, None):
        root = path[0]
    if root is None:
        raise AssertionError("a walked message has at least its ST")
    return root


def leaves(result: Walk, leaf: str | None) -> Iterator[list[Block]]:
    """Each `leaf` block with the blocks above it, outermost first; with None the root once, at the end.

    A leaf is not kept by its parent, so that memory is bounded by one leaf. Segments without a place are left out.
    """
    stack: list[Block] = []
    leaf_depth = -1  # depth of the open leaf
    above: set[str] = set()  # loops that hold leaves; their parents need not keep them either
    separator = result.delimiters.element
    position = 0
    for raw, place in zip(result.segments, result.places, strict=True):
        position += 1
        if place is None:
            continue
        if not stack:
            stack.append(Block(place.loop_id, position, [raw.split(separator)]))
            continue
        loop = place.loop
        depth = loop.depth
        if place.starts_loop:
            if depth <= leaf_depth:
                yield stack[: leaf_depth + 1]
                leaf_depth = -1
            del stack[depth:]
            block = Block(loop.id, position, [raw.split(separator)])
            if loop.id == leaf:
                leaf_depth = depth
                above.update(outer.id for outer in stack)
            elif loop.id not in above:
                stack[-1].blocks.append(block)
            stack.append(block)
        else:
            if depth < leaf_depth:
                yield stack[: leaf_depth + 1]
                leaf_depth = -1
            del stack[depth + 1 :]
            stack[-1].segments.append(raw.split(separator))
    if leaf_depth >= 0:
        yield stack[: leaf_depth + 1]
    elif leaf is None and stack:
        yield stack[:1]

"""What a check is handed: one unit of a message (a claim, a payment, a member) and how to find things in it."""

from dataclasses import dataclass
from datetime import date

from cleanclaim.edi.fields import Elements, at
from cleanclaim.wire.x12.tree import Block


@dataclass(slots=True)
class Unit:
    """One unit under check.

    Attributes:
        message: its name, such as `837P`.
        path: its block and those above it, outermost first.
        component, repetition: separators of the file.
        on: date of the message, None where unknown.
    """

    message: str
    path: list[Block]
    component: str
    repetition: str
    on: date | None

    def above(self, loop_id: str) -> Block | None:
        """The block of this loop in the path, if there is one."""
        for block in self.path:
            if block.id == loop_id:
                return block
        return None

    def parts(self, text: str) -> list[str]:
        """The components of an element."""
        return text.split(self.component)

    def part(self, text: str, number: int) -> str:
        """One component of an element, from 1; empty where it is not there."""
        parts = text.split(self.component)
        return parts[number - 1] if number <= len(parts) else ""


def first(block: Block | None, tag: str, *qualifiers: str) -> Elements | None:
    """The first such segment of the block; with qualifiers, its first element is one of them."""
    if block is not None:
        for elements in block.segments:
            if elements[0] == tag and (not qualifiers or at(elements, 1) in qualifiers):
                return elements
    return None


def each(block: Block | None, tag: str, *qualifiers: str) -> list[Elements]:
    """All such segments of the block."""
    if block is None:
        return []
    return [e for e in block.segments if e[0] == tag and (not qualifiers or at(e, 1) in qualifiers)]  # fmt: skip


def child(block: Block | None, loop_id: str) -> Block | None:
    """The first child loop with this id."""
    if block is not None:
        for inner in block.blocks:
            if inner.id == loop_id:
                return inner
    return None


def value(block: Block | None, element: int, tag: str, *qualifiers: str) -> str:
    """An element of the first such segment; empty where there is none."""
    found = first(block, tag, *qualifiers)
    return at(found, element) if found is not None else ""

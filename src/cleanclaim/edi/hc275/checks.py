"""The lengths of binary data in an attachment (SNIP 1): BIN01 and BDS02 against the data themselves."""

from collections.abc import Iterator, Sequence

from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, is_length_right
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk


def wrong_lengths(path: Sequence[Block]) -> Iterator[Defect]:
    """A defect per BIN or BDS of the attachment (path to a 2000) whose data are longer or shorter than it says."""
    for block in path[-1].children("2110"):
        for elements, position in zip(block.segments, block.positions, strict=True):
            number = LENGTH_ELEMENT.get(elements[0])
            if number is None or len(elements) < number + 2:
                continue
            length, held = elements[number], elements[number + 1]
            if not is_length_right(length, held):
                words = f"says {length} bytes, the data have {len(held) // 2}"
                yield Defect(1, "IK403", "I12", words, position, block.id, elements[0], number,
                             value=length, reference="784")  # fmt: skip


def check(result: Walk) -> None:
    """Add the defects of every attachment of the message."""
    for path in tree.leaves(result, "2000"):
        for defect in wrong_lengths(path):
            result.add(defect)

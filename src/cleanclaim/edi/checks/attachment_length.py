"""The lengths of binary data in attachments (275)."""

from collections.abc import Iterable

from cleanclaim.edi.checks.problem import Problem, wrong
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.edi.checks.unit import Unit
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, is_length_right
from cleanclaim.wire.x12.tree import Block


@loop_check(
    "attachment-length", 2, ("275",), ("2110",), "BIN01 and BDS02 are the length of the data in bytes."
)  # fmt: skip
def attachment_length(unit: Unit, document: Block) -> Iterable[Problem]:
    """The length sent against the data, which are held as hexadecimal digits."""
    for elements in document.segments:
        number = LENGTH_ELEMENT.get(elements[0])
        if number is None or len(elements) < number + 2:
            continue
        length, held = elements[number], elements[number + 1]
        if not is_length_right(length, held):
            words = f"says {length} bytes, the data have {len(held) // 2}"
            yield wrong(document, elements, number, words)

"""What a check says: which segment and element, and a sentence; position and level are filled in by the runner."""

from dataclasses import dataclass

from cleanclaim.edi.fields import Elements, at
from cleanclaim.wire.x12.tree import Block


@dataclass(frozen=True, slots=True)
class Problem:
    """One objection.

    Attributes:
        elements: the segment it is about, one of `block.segments`; None: the segment `tag` is missing there.
        status: claim status code of a 277CA, or `code:entity`; empty: the check's own.
        category: claim status category (A6 missing, A7 invalid, A8 does not fit others); empty: by `code`.
        is_error: None: the check's own grade.
    """

    words: str
    block: Block
    elements: Elements | None
    tag: str
    element: int = 0
    component: int = 0
    repeat: int = 0
    value: str = ""
    carrier: str = "IK403"
    code: str = "I12"
    status: str = ""
    category: str = ""
    is_error: bool | None = None


def wrong(
    block: Block,
    elements: Elements,
    element: int,
    words: str,
    *,
    component: int = 0,
    value: str | None = None,
    code: str = "I12",
    status: str = "",
    category: str = "",
    is_error: bool | None = None,
) -> Problem:
    """The element is there, but its value is not what was expected."""
    shown = at(elements, element) if value is None else value
    return Problem(words, block, elements, elements[0], element, component, 0, shown, "IK403", code, status,
                   category, is_error)  # fmt: skip


def lacks_element(
    block: Block,
    elements: Elements,
    element: int,
    words: str,
    *,
    component: int = 0,
    status: str = "",
    is_error: bool | None = None,
) -> Problem:
    """The element must be there because of something else in the message."""
    return Problem(words, block, elements, elements[0], element, component, 0, "", "IK403", "I9", status, "",
                   is_error)  # fmt: skip


def lacks(
    block: Block, tag: str, words: str, *, status: str = "", is_error: bool | None = None
) -> Problem:
    """The segment (or the loop that it begins) must be there because of something else in the message."""
    return Problem(words, block, None, tag, carrier="IK304", code="I6", status=status, is_error=is_error)  # fmt: skip


def unwanted_element(
    block: Block,
    elements: Elements,
    element: int,
    words: str,
    *,
    status: str = "",
    is_error: bool | None = None,
) -> Problem:
    """The element must not be there because of something else in the message."""
    return wrong(block, elements, element, words, code="I13", status=status, category="A8", is_error=is_error)  # fmt: skip


def unwanted(
    block: Block, elements: Elements, words: str, *, status: str = "", is_error: bool | None = None
) -> Problem:
    """The segment must not be there because of something else in the message."""
    return Problem(words, block, elements, elements[0], carrier="IK304", code="I9", status=status, category="A8",
                   is_error=is_error)  # fmt: skip

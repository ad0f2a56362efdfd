"""The four separators of an interchange, read from its ISA."""

import re
from dataclasses import dataclass

# `ISA`, a separator, two characters of ISA01 and the same separator: text alone hardly looks like this.
# Python counts the separators 0x1C to 0x1F among the blanks: these are the others.
_BLANKS = " \t\r\n\v\f"
_ISA = re.compile(rf"ISA([^A-Za-z0-9{_BLANKS}])[^\r\n]{{0,2}}\1")
_FIRST_VERSION_WITH_REPETITION = "00402"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Element, component, repetition (empty: none) and segment separator, one character each."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


@dataclass(frozen=True, slots=True)
class IsaHead:
    """An ISA as found: its sixteen elements as sent, its separators and where its first segment ends."""

    elements: tuple[str, ...]  # ISA01..ISA16
    delimiters: Delimiters
    start: int
    end: int  # just after the ISA's segment separator
    problem: str = ""


def find_isa(text: str, start: int) -> int:
    """Where the next ISA begins at or after `start`; -1 if there is none."""
    found = _ISA.search(text, start)
    return found.start() if found else -1


def read_isa(text: str, start: int) -> IsaHead:
    """The interchange header at `start`; it need not be 106 characters long.

    The component separator is the character after the sixteenth element separator, the segment separator the
    one after that. `problem` says in words why the header cannot be used.
    """
    separator = text[start + 3]
    places: list[int] = []
    at = start + 3
    while len(places) < 16:
        places.append(at)
        at = text.find(separator, at + 1)
        if at < 0 or at - start > 400:
            break
    if len(places) < 16 or places[15] + 2 >= len(text):
        return _broken(
            text, start, separator, "the ISA has not sixteen elements and a segment terminator"
        )
    bounds = [*places, places[15] + 2]
    elements = tuple(text[bounds[k] + 1 : bounds[k + 1]] for k in range(16))
    component, terminator = text[places[15] + 1], text[places[15] + 2]
    repetition = elements[10]
    if (
        elements[11] < _FIRST_VERSION_WITH_REPETITION
        or len(repetition) != 1
        or repetition.isalnum()
        or repetition in _BLANKS
        # Named twice, it separates components: every message has those, few have repetitions.
        or repetition == component
    ):
        repetition = ""
    chars = [c for c in (separator, component, repetition, terminator) if c]
    problem = ""
    if len(set(chars)) < len(chars):
        problem = "two separators are the same character"
    elif terminator.isalnum():
        problem = f"segment terminator {terminator!r} is a letter or digit"
    elif component.isalnum():
        problem = f"component separator {component!r} is a letter or digit"
    delimiters = Delimiters(separator, component, repetition, terminator)
    return IsaHead(elements, delimiters, start, places[15] + 3, problem)


def _broken(text: str, start: int, separator: str, problem: str) -> IsaHead:
    cut = re.split(r"[\r\n]", text[start : start + 400])[0].split(separator)[1:17]
    elements = tuple(cut) + ("",) * (16 - len(cut))
    return IsaHead(elements, Delimiters(separator), start, len(text), problem)

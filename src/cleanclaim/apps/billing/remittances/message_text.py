"""The bytes of one claim within its 835: head, claim and end of the message, found without cutting all of it up.

A message can have half a million segments; of those only the ones that are shown are taken apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ISA_LENGTH = 106


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment at its place in the message from 1; `skipped` counts those left out before it."""

    number: int
    text: str
    is_current: bool = False
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Message:
    """Where in the text a message, its claims and its end begin; `stop` is behind its last segment."""

    start: int
    claims: tuple[int, ...]
    end: int
    stop: int


def lines_around(text: str, *, message: int, position: int) -> list[SegmentLine]:
    """The head of the file's `message`th 835, its claim at `position` (from 1), and its end; what lies between is counted.

    Empty where the text is no interchange or has no such message.
    """
    text = text.strip()
    if len(text) < _ISA_LENGTH:
        return []
    separator, terminator = text[3], text[_ISA_LENGTH - 1]
    found = _message(text, separator, terminator, message)
    if found is None:
        return []
    first = found.claims[0] if found.claims else found.end
    spans = [(found.start, first, False), (found.end, found.stop, False)]
    if found.claims:
        place = min(position, len(found.claims)) - 1
        after = (*found.claims, found.end)[place + 1]
        spans.insert(1, (found.claims[place], after, True))
    lines: list[SegmentLine] = []
    before = 0
    for start, stop, is_current in spans:
        number = text.count(terminator, found.start, start) + 1
        for segment in _segments(text[start:stop], terminator, is_claim=is_current):
            lines.append(SegmentLine(number, segment, is_current, number - before - 1))
            before, number = number, number + 1
    return lines


def _message(text: str, separator: str, terminator: str, wanted: int) -> _Message | None:
    """The offsets of the `wanted`th 835 of the file."""
    between, behind = re.escape(terminator), re.escape(separator)
    tags = re.compile(rf"{between}\s*(?=(ST{behind}835|CLP{behind}|PLB{behind}|SE{behind}))")
    count, start, end = 0, -1, -1
    claims: list[int] = []
    for match in tags.finditer(text):
        tag = match[1][:3]
        if tag[:2] == "ST":
            count += 1
            start = match.end() if count == wanted else start
        elif count == wanted and tag == "CLP":
            claims.append(match.end())
        elif count == wanted:
            end = match.end() if end < 0 else end
            if tag[:2] == "SE":
                stop = text.find(terminator, match.end())
                return _Message(start, tuple(claims), end, len(text) if stop < 0 else stop)
    if start < 0:
        return None
    return _Message(start, tuple(claims), len(text) if end < 0 else end, len(text))


def _segments(text: str, terminator: str, *, is_claim: bool) -> Iterator[str]:
    """The segments of a span; the header of the claims that follow is not this claim's."""
    found = [one.strip() for one in text.removesuffix(terminator).split(terminator)]
    if found and not found[-1]:
        found.pop()
    while is_claim and len(found) > 1 and found[-1][:2] in ("LX", "TS"):
        found.pop()
    yield from found

"""The bytes of one claim within its 835: head, claim and end of the message, found without cutting all of it up.

A message can have half a million segments; of those only the ones that are shown are taken apart.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_ISA_LENGTH = 106


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment at its place in the message from 1; `skipped` counts those left out before it."""

    number: int
    text: str
    is_current: bool = False
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """Where in the text a message, its claims and its end begin; `stop` is behind its last segment.

    `numbers` are those of the segments that stand at `start`, at each claim, at `end`.
    """

    terminator: str
    start: int
    claims: tuple[int, ...]
    end: int
    stop: int
    numbers: tuple[int, ...]


def lines_around(text: str, *, message: int, position: int) -> list[SegmentLine]:
    """The head of the file's `message`th 835, its claim at `position` (from 1), and its end; what lies between is counted.

    Empty where the text is no interchange or has no such message.
    """
    found = outline(text, message=message)
    return lines_of(found, position=position, read=lambda start, stop: text[start:stop])


def lines_of(
    found: Outline | None, *, position: int, read: Callable[[int, int], str]
) -> list[SegmentLine]:
    """As `lines_around`, of a text that is read only where it is shown."""
    if found is None:
        return []
    first = found.claims[0] if found.claims else found.end
    spans = [(found.start, first, found.numbers[0], False)]
    if found.claims:
        place = min(position, len(found.claims)) - 1
        after = (*found.claims, found.end)[place + 1]
        spans.append((found.claims[place], after, found.numbers[place + 1], True))
    spans.append((found.end, found.stop, found.numbers[-1], False))
    lines: list[SegmentLine] = []
    before = 0
    for start, stop, number, is_current in spans:
        for segment in _segments(read(start, stop), found.terminator, is_claim=is_current):
            lines.append(SegmentLine(number, segment, is_current, number - before - 1))
            before, number = number, number + 1
    return lines


def outline(text: str, *, message: int) -> Outline | None:
    """The offsets of the `message`th 835 of the file; None where the text is no interchange or has no such message."""
    lead = len(text) - len(text.lstrip())
    if len(text) - lead < _ISA_LENGTH:
        return None
    separator, terminator = text[lead + 3], text[lead + _ISA_LENGTH - 1]
    between, behind = re.escape(terminator), re.escape(separator)
    tags = re.compile(rf"{between}\s*(?=(ST{behind}835|CLP{behind}|PLB{behind}|SE{behind}))")
    count, start, end, stop = 0, -1, -1, len(text)
    claims: list[int] = []
    for match in tags.finditer(text):
        tag = match[1][:3]
        if tag[:2] == "ST":
            count += 1
            start = match.end() if count == message else start
        elif count == message and tag == "CLP":
            claims.append(match.end())
        elif count == message:
            end = match.end() if end < 0 else end
            if tag[:2] == "SE":
                last = text.find(terminator, match.end())
                stop = len(text) if last < 0 else last
                break
    if start < 0:
        return None
    end = len(text) if end < 0 else end
    marks, numbers = [start, *claims, end], [1]
    for one, after in pairwise(marks):
        numbers.append(numbers[-1] + text.count(terminator, one, after))
    return Outline(terminator, start, tuple(claims), end, stop, tuple(numbers))


def _segments(text: str, terminator: str, *, is_claim: bool) -> Iterator[str]:
    """The segments of a span; the header of the claims that follow is not this claim's."""
    found = [one.strip() for one in text.removesuffix(terminator).split(terminator)]
    if found and not found[-1]:
        found.pop()
    while is_claim and len(found) > 1 and found[-1][:2] in ("LX", "TS"):
        found.pop()
    yield from found

"""Which claim of an 837 a finding lies in, known while the message is still being read."""

from typing import Protocol

from cleanclaim.edi.fields import at
from cleanclaim.wire.x12.walker import Walk


class Located(Protocol):
    """A defect or a finding."""

    @property
    def carrier(self) -> str:
        """The answer's element that holds `code`."""

    @property
    def code(self) -> str:
        """What is wrong."""

    @property
    def position(self) -> int:
        """Segment number within the message."""


def is_missing(found: Located) -> bool:
    """Whether it is about a segment that is not there; it is located at the one before which it should have come."""
    return found.carrier == "IK304" and found.code in ("3", "I6")


def claim_place(found: Located) -> int:
    """The segment whose claim it is about: what is missing at a claim's end is located at the next claim's first one."""
    return found.position - 1 if is_missing(found) else found.position


class ClaimNumbers:
    """CLM01 of the claims that findings lie in, found part by part.

    Attributes:
        found: the number of the claim that began last, by segment number; only for what was noted.
    """

    __slots__ = ("_parts", "found")

    def __init__(self) -> None:
        self.found: dict[int, str] = {}
        self._parts: list[
            Walk
        ] = []  # the last one before this one in which a claim begins, and all since

    def feed(self, part: Walk) -> None:
        """Take the next part; what is noted from now on lies in it or in the claim that it ends."""
        if self._parts and _last_claim(self._parts[-1], len(self._parts[-1].places)) >= 0:
            del self._parts[:-1]
        self._parts.append(part)

    def note(self, place: int) -> None:
        """Remember which claim the segment is in."""
        if place in self.found:
            return
        for part in reversed(self._parts):
            row = _last_claim(part, place - part.first + 1)
            if row >= 0:
                clm = part.segments[row].split(part.delimiters.element)
                self.found[place] = at(clm, 1)
                return


def _last_claim(part: Walk, end: int) -> int:
    """Where the last claim before row `end` begins; -1 if none does."""
    for row in range(min(end, len(part.places)) - 1, -1, -1):
        place = part.places[row]
        if place is not None and place.tag == "CLM":
            return row
    return -1

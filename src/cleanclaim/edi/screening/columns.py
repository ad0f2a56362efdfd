"""The segments of a screened part by loop and tag, and amounts as whole cents."""

from collections.abc import Sequence
from operator import itemgetter

import numpy as np

from cleanclaim.wire.x12.guide import Segment
from cleanclaim.wire.x12.keys import Numbers
from cleanclaim.wire.x12.screen import Part

NOT_CENTS = -(
    1 << 62
)  # stands for what is no amount of whole cents; only the exact checks can judge it
_MOST_KNOWN = 200_000
_known: dict[str, int] = {"": 0}


def cents(text: str) -> int:
    """An amount in cents; `NOT_CENTS` where it is none, or not of whole cents. Empty is nothing."""
    found = _known.get(text)
    if found is None:
        if len(_known) > _MOST_KNOWN:
            _known.clear()
            _known[""] = 0
        found = _known[text] = _cents(text)
    return found


def _cents(text: str) -> int:
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text)
    whole, _, part = digits.partition(".")
    part = part.rstrip("0")
    # Twelve digits: the sums of a whole part stay within 64 bits.
    if len(whole) > 12 or len(part) > 2 or not (whole + part).isdigit() or not digits.isascii():
        return NOT_CENTS
    return sign * (int(whole or "0") * 100 + int((part + "00")[:2]))


class Columns:
    """One part, looked at by kind of segment (a segment at one place of the guide, by its number)."""

    def __init__(self, part: Part) -> None:
        assert part.machine is not None
        self.part = part
        self.specs = part.machine.specs
        self._split: dict[int, list[list[str]]] = {}

    def kinds(
        self, tag: str = "", loops: Sequence[str] = (), qualifier: str = ""
    ) -> list[tuple[int, Segment, Numbers]]:
        """Each kind of segment that occurs: number, the guide's segment, its rows.

        Args:
            tag, loops: only these.
            qualifier: only the kinds that may carry it.
        """
        return [
            (number, spec, rows)
            for number, rows in self.part.rows.items()
            if (spec := self.specs[number])
            and (not tag or spec.tag == tag)
            and (not loops or spec.loop_id in loops)
            and (not qualifier or spec.codes is None or qualifier in spec.codes)
        ]

    def rows(self, tag: str, loops: Sequence[str], qualifier: str = "") -> Numbers:
        """The rows of a segment in these loops, in order."""
        found = [rows for _, _, rows in self.kinds(tag, loops, qualifier)]
        if len(found) == 1:
            return found[0]
        rows: Numbers = np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
        return rows

    def split(self, number: int) -> list[list[str]]:
        """The segments of one kind as elements, tag first."""
        found = self._split.get(number)
        if found is None:
            separator = self.part.delimiters.element
            texts = self.texts(self.part.rows[number])
            found = self._split[number] = [text.split(separator) for text in texts]
        return found

    def texts(self, rows: Numbers) -> Sequence[str]:
        """The segments of these rows."""
        chosen = rows.tolist()
        if not chosen:
            return ()
        segments = self.part.segments
        return (segments[chosen[0]],) if len(chosen) == 1 else itemgetter(*chosen)(segments)

    def column(self, tag: str, loops: Sequence[str], number: int) -> tuple[Numbers, list[str]]:
        """Rows of a segment in order, and one element of each; empty where the segment is shorter."""
        kinds = self.kinds(tag, loops)
        values: list[str] = []
        for kind, _, _ in kinds:
            values += [e[number] if len(e) > number else "" for e in self.split(kind)]
        if len(kinds) < 2:
            return (kinds[0][2] if kinds else np.zeros(0, np.int64)), values
        rows = np.concatenate([rows for _, _, rows in kinds])
        order = np.argsort(rows, kind="stable")
        return rows[order], list(map(values.__getitem__, order.tolist()))

    def cents(self, tag: str, loops: Sequence[str], number: int) -> tuple[Numbers, Numbers]:
        """The same with the element as cents."""
        rows, values = self.column(tag, loops, number)
        return rows, self.array(list(map(cents, values)))

    @staticmethod
    def array(numbers: Sequence[int]) -> Numbers:
        """Whole numbers as an array."""
        made: Numbers = np.array(numbers, np.int64) if len(numbers) else np.zeros(0, np.int64)
        return made


def sums(amounts: Numbers, rows: Numbers, starts: Numbers, ends: Numbers) -> Numbers:
    """For each span of rows the sum of the amounts that stand in it."""
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts)])
    made: Numbers = running[np.searchsorted(rows, ends)] - running[np.searchsorted(rows, starts)]
    return made


def spans(starts: Numbers, count: int) -> Numbers:
    """Where each unit ends that begins at `starts`: at the next one, or at the end."""
    made: Numbers = np.append(starts[1:], count) if len(starts) else starts
    return made

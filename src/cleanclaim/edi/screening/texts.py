"""The checks of single segments, asked once for each different text.

Each check of `edi.checks` listed here depends on the segment, the message's day and, where said, one day of its claim
or line, and on nothing else. Codes are in force for one span of days each, so what is in force on the first and on the
last day of a part is in force on every day between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cleanclaim.edi.checks import Check, Problem
from cleanclaim.edi.checks.code_forms import day_of
from cleanclaim.edi.checks.unit import Unit
from cleanclaim.edi.fields import Elements
from cleanclaim.edi.screening.columns import Columns
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Segment
from cleanclaim.wire.x12.tree import Block

_MOST_KNOWN = 50_000
_MOST_IN_LOOP = 200  # segments looked through for the head of a loop


@dataclass(frozen=True, slots=True)
class Sees:
    """What a check looks at.

    Attributes:
        elements: by tag the elements that it looks at (`""`: any other tag); none: all of them.
        place, qualifiers: it says nothing unless element `place` holds one of these.
        is_dated: it looks at a day of the claim or line as well.
        is_each: every element stands for itself.
    """

    elements: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    place: int = 1
    qualifiers: frozenset[str] = frozenset()
    is_dated: bool = False
    is_each: bool = False

    def chosen(self, tag: str) -> tuple[int, ...]:
        """The elements of such a segment that it looks at; none: all of them."""
        return self.elements.get(tag, self.elements.get("", ()))


TEXT_CHECKS: dict[str, Sees] = {
    "npi": Sees(place=8, qualifiers=frozenset({"XX"})),
    "npi-of-payee": Sees(place=3, qualifiers=frozenset({"XX"})),
    "address-codes": Sees({"": (2, 3, 4)}),
    "taxonomy": Sees(),
    "tax-number": Sees(qualifiers=frozenset({"EI", "SY", "TJ"})),
    "telephone": Sees(),
    "adjustment-reason": Sees({"": (2, 5, 8, 11, 14, 17)}),
    "remark-code": Sees(),
    "provider-adjustment-reason": Sees({"": (3, 5, 7, 9, 11, 13)}),
    "place-of-service": Sees({"": (5,)}),
    "line-place-of-service": Sees({"SV1": (5,), "SV3": (3,)}, is_dated=True),
    "bill-type": Sees({"": (5,)}, is_dated=True),
    "procedure": Sees({"SV1": (1,), "SV2": (2,), "SV3": (1,)}, is_dated=True),
    "paid-procedure": Sees({"": (1,)}, is_dated=True),
    "revenue-code": Sees({"": (1,)}),
    "drug-code": Sees(),
    "claim-codes": Sees(is_dated=True, is_each=True),
}
_DAYS = (("DTP", "472"), ("DTP", "434"), ("DTM", "472"), ("DTM", "150"))
Days = tuple[date | None, ...]
Key = str | tuple[str, ...]
Said = tuple[tuple[Check, tuple[Problem, ...]], ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """A segment that checks of single segments object to, in the same words whatever the day."""

    row: int
    asker: "_Asker"
    raw: str
    position: int
    head: str  # the first segment of its loop, which tells whom it is about

    def said(self) -> Said:
        """What they say."""
        return self.asker.say(self.raw, self.position, self.head)


class Texts:
    """Screens the segment checks of one message."""

    def __init__(
        self, name: str, checks: Sequence[Check], delimiters: Delimiters, on: date | None
    ) -> None:
        self._name, self._delimiters, self._on = name, delimiters, on
        self._checks = [check for check in checks if check.name in TEXT_CHECKS]
        self._askers: dict[int, _Asker | None] = {}

    def judge(self, columns: Columns) -> tuple[list[Objection], set[int]]:
        """The objections; and the rows of which the exact checks have to say whether the day matters."""
        days = self._days(columns)
        objections: list[Objection] = []
        unsure: set[int] = set()
        for number, spec, rows in columns.kinds():
            asker = self._asker(number, spec)
            if asker is None:
                continue
            for place, is_sure in asker.bad_places(columns, number, days):
                row = int(rows[place])
                head = _head(columns, spec, row)
                if not is_sure or head is None:
                    unsure.add(row)
                    continue
                raw, position = columns.part.segments[row], columns.part.first + row
                objections.append(Objection(row, asker, raw, position, head))
        objections.sort(key=_row)
        return objections, unsure

    def _asker(self, number: int, spec: Segment) -> "_Asker | None":
        if number not in self._askers:
            checks = [check for check in self._checks if _applies(check, spec)]
            asker = _Asker(self._name, checks, spec, self._delimiters, self._on) if checks else None
            self._askers[number] = asker
        return self._askers[number]

    def _days(self, columns: Columns) -> Days:
        """No day at all, and the first and last of the claims and lines."""
        texts: set[str] = set()
        for _, spec, rows in columns.kinds():
            if any(spec.tag == tag and q in (spec.codes or ()) for tag, q in _DAYS):
                texts.update(columns.texts(rows))
        element = self._delimiters.element
        found = {day for text in texts for day in day_of(text.rpartition(element)[2])}
        known = sorted(day for day in found if day is not None)
        return (None, known[0], known[-1]) if known else (None,)


def _head(columns: Columns, spec: Segment, row: int) -> str | None:
    """The first segment of the loop that the row stands in; None where that is in the part before."""
    places, segments = columns.part.places, columns.part.segments
    for before in range(row, max(-1, row - _MOST_IN_LOOP), -1):
        place = places[before]
        if place is not None and place.starts_loop and place.loop is spec.loop:
            return segments[before]
    return None


def _row(objection: Objection) -> int:
    return objection.row


def _applies(check: Check, spec: Segment) -> bool:
    """Whether the check may ever object to such a segment."""
    if spec.tag not in check.tags or (check.loops and spec.loop_id not in check.loops):
        return False
    sees = TEXT_CHECKS[check.name]
    if not sees.qualifiers:
        return True
    if sees.place > len(spec.elements):
        return False
    codes = spec.elements[sees.place - 1].codes
    return not codes or bool(codes & sees.qualifiers)


class _Asker:
    """The checks of one kind of segment, with what they have no objection to."""

    def __init__(
        self, name: str, checks: list[Check], spec: Segment, delimiters: Delimiters, on: date | None
    ) -> None:
        self._checks = [(check, check.segment) for check in checks if check.segment is not None]
        sees = [TEXT_CHECKS[check.name] for check in checks]
        chosen = [one.chosen(spec.tag) for one in sees]
        self._chosen = tuple(sorted({n for some in chosen for n in some})) if all(chosen) else ()
        self._is_each = all(one.is_each for one in sees)
        self._is_dated = any(one.is_dated for one in sees)
        self._spec = spec
        self._element = delimiters.element
        self._unit = Unit(name, [], delimiters.component, delimiters.repetition or "", on)
        self._fine: set[Key] = set()
        self._bad: dict[Key, bool] = {}  # whether what is said is the same on all days
        self._days: Days = (None,)

    def bad_places(self, columns: Columns, number: int, days: Days) -> list[tuple[int, bool]]:
        """Which of the segments of this kind some check objects to, and whether whatever the day."""
        if self._is_dated and days != self._days:
            self._fine.clear()
            self._bad.clear()
            self._days = days
        if self._is_each:
            return self._by_parts(columns, number)
        keys = self._keys(columns, number)
        fresh = set(keys) - self._fine - self._bad.keys()
        if fresh:
            rows = columns.part.rows[number]
            for place, key in enumerate(keys):
                if key in fresh:
                    fresh.discard(key)
                    raw = columns.part.segments[int(rows[place])]
                    self._learn(key, raw.split(self._element))
        bad = self._bad
        if not bad or bad.keys().isdisjoint(keys):
            return []
        return [(place, bad[key]) for place, key in enumerate(keys) if key in bad]

    def _keys(self, columns: Columns, number: int) -> Sequence[Key]:
        """What tells the segments apart for these checks."""
        if not self._chosen:
            return columns.texts(columns.part.rows[number])
        first, *others = self._chosen
        second = others[0] if others else 1 << 30
        chosen = self._chosen
        return [
            (e[first] if len(e) > first else "")
            if len(e) <= second
            else tuple([e[n] if len(e) > n else "" for n in chosen])
            for e in columns.split(number)
        ]

    def _by_parts(self, columns: Columns, number: int) -> list[tuple[int, bool]]:
        element, tag = self._element, self._spec.tag
        texts = columns.texts(columns.part.rows[number])
        for part in set(element.join(texts).split(element)) - self._fine - self._bad.keys():
            self._learn(part, [tag, part])
        bad = self._bad
        if not bad:
            return []
        found = []
        for place, text in enumerate(texts):
            parts = [bad[part] for part in text.split(element) if part in bad]
            if parts:
                found.append((place, all(parts)))
        return found

    def _learn(self, key: Key, elements: list[str]) -> None:
        """Ask the checks about a segment on each of the days."""
        if len(self._fine) + len(self._bad) > _MOST_KNOWN:
            self._fine.clear()
            self._bad.clear()
        said = [_plain(self._on_day(elements, day, 1)) for day in self._days]
        if any(said):
            self._bad[key] = all(one == said[0] for one in said)
        else:
            self._fine.add(key)

    def say(self, raw: str, position: int, head: str) -> Said:
        """What the checks say of a segment on the last of the days."""
        elements = raw.split(self._element)
        first = elements if raw == head else head.split(self._element)
        return self._on_day(elements, self._days[-1], position, first)

    def _on_day(
        self,
        elements: list[str],
        day: date | None,
        position: int,
        head: list[str] | None = None,
    ) -> Said:
        dated: list[Elements] = []
        if day is not None:
            text = f"{day:%Y%m%d}"
            dated = [["DTP", "472", "D8", text], ["DTP", "434", "RD8", f"{text}-{text}"]]
        line = Block("2400", 1, [["LX", "1"], *dated])
        own = [elements] if head is None or head is elements else [head, elements]
        positions = [position] * (len(own) + len(dated))
        block = Block(self._spec.loop_id, position, [*own, *dated], [line], positions=positions)
        self._unit.path = [block]
        found = [(c, tuple(ask(self._unit, block, elements))) for c, ask in self._checks]
        return tuple((check, problems) for check, problems in found if problems)


def _plain(said: Said) -> list[object]:
    return [
        (check.name, p.words, p.element, p.component, p.value, p.code, p.is_error)
        for check, problems in said
        for p in problems
    ]

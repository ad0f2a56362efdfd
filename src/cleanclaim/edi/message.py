"""One message on its way from its first segments: screened, walked, checked and, where asked, read."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleanclaim.edi.checks import Checker, PartnerRules, select
from cleanclaim.edi.claim_numbers import ClaimNumbers, claim_place
from cleanclaim.edi.fields import day
from cleanclaim.edi.guides import MessageType, find_type, guide_for
from cleanclaim.edi.received import (
    ReceivedMessage,
    Unit,
    to_finding,
)
from cleanclaim.edi.screening import Screening, screening_for
from cleanclaim.edi.screening.texts import Objection
from cleanclaim.edi.units import UNITS, UnitType
from cleanclaim.values.acknowledgement import SyntaxFinding
from cleanclaim.wire.x12.defects import Defect, Defects
from cleanclaim.wire.x12.envelope import (
    RawGroup,
    RawInterchange,
    RawMessage,
)
from cleanclaim.wire.x12.guide import Segment, parse_guide
from cleanclaim.wire.x12.screen import Part, Screen
from cleanclaim.wire.x12.tree import Block, Inner, Leaves
from cleanclaim.wire.x12.walker import Walk
from cleanclaim.wire.x12.window import Window

_MOST_KEPT = (
    20_000  # errors of a message whose segments are kept, so that each claim can be answered
)
_MOST_TOLD = 100_000  # findings remembered of one message, so that none is told twice
_NO_GUIDE = parse_guide("", "ST R 1 R R S")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asks for.

    Attributes:
        levels: SNIP types whose findings are wanted.
        names: messages that the caller takes; others are answered as unsupported. None: all that we know.
        segments: keep each message's segments and their places.
        checks: only these checks of `edi.checks`, by name; None: all of the levels.
        partner: the partner's own rules, for level 7.
        grades: by name of check `error`, `warning` or `off`, against its own grade.
        units: give out typed values.
        parts: give out the walked segments with their findings.
    """

    levels: frozenset[int] = frozenset({1, 2, 3, 5})
    names: frozenset[str] | None = None
    segments: bool = False
    checks: frozenset[str] | None = None
    partner: PartnerRules | None = None
    grades: Mapping[str, str] | None = None
    units: bool = False
    parts: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """The next segments of a message with their places, and the findings about them that are known by now."""

    message: RawMessage
    part: Walk
    findings: tuple[SyntaxFinding, ...]


class MessageInHand:
    """One message on its way, from its first segments on."""

    def __init__(
        self,
        raw: RawMessage,
        group: RawGroup,
        outer: RawInterchange,
        first: Window,
        wanted: Wanted,
    ) -> None:
        self.raw, self.wanted, self.delimiters = raw, wanted, outer.delimiters
        self.guide = raw.guide or group.head[7]
        self.known = known_message(group, wanted.names, first.segments, outer.delimiters.element)
        self.defects = Defects(_MOST_KEPT) if wanted.segments else Defects()
        self.claims = ClaimNumbers() if raw.kind == "837" and wanted.levels else None
        self.segments: list[str] = []
        self.walked: Walk | None = None
        self.screen: Screen | None = None
        self.cutter: Leaves | None = None
        self.reader: UnitType | None = None
        self.checker: Checker | None = None
        self.screening: Screening | None = None
        self.told: set[tuple[int, str, int, int, int]] = set()
        self.on = day(group.head[3])
        self.owed = False  # the next leaf has to be checked exactly
        refused = refusal(raw, group, self.known)
        if refused is not None:
            self.defects.add(refused)
        elif self.known is not None:
            self._prepare(self.known)

    def _prepare(self, message: MessageType) -> None:
        guide = guide_for(message.name)
        self.screen = Screen(guide, self.delimiters, is_exact=bool(self.wanted.levels))
        if self.wanted.segments:
            self.walked = Walk(self.segments, [], self.delimiters, guide)
        name, levels, names = message.name, self.wanted.levels, self.wanted.checks
        unit = UNITS.get(name)
        if self.wanted.units:
            self.reader = unit
        checks = select(name, levels, names)
        partner = self.wanted.partner if 7 in levels else None
        if checks or partner is not None:
            self.checker = Checker(
                name, self.delimiters, levels=levels, on=self.on, partner=partner, names=names,
                grades=self.wanted.grades,
            )  # fmt: skip
            if partner is None:
                self.screening = screening_for(name, checks, self.delimiters, self.on)
        if self.checker is not None or self.reader is not None:
            self.cutter = Leaves(guide, unit.leaf if unit is not None else None)

    def feed(self, window: Window) -> Iterator[Unit | Walked]:
        """Take the next segments; the units that became complete."""
        if self.wanted.segments:
            self.segments += window.segments
        before = len(self.defects)
        if self.screen is None:
            if self.wanted.parts:
                yield self._unplaced(window)
            return
        part = self.screen.feed(window)
        if self.walked is not None:
            self.walked.places += part.places
        if self.claims is not None:
            self.claims.feed(part)
        self._note(part)
        yield from self._units(part, self._leaves(part))
        if self.wanted.parts:
            yield Walked(self.raw, part, tuple(map(to_finding, self.defects[before:])))

    def _unplaced(self, window: Window) -> Walked:
        places: list[Segment | None] = [None] * len(window.segments)
        walk = Walk(window.segments, places, self.delimiters, _NO_GUIDE)
        return Walked(self.raw, walk, ())

    def finish(self) -> Iterator[Unit]:
        """The message is complete; its last unit."""
        if self.screen is None:
            return
        part = self.screen.close()
        self._note(part)
        if self.cutter is not None:
            yield from self._units(part, self._judged(self.cutter.finish()))
            if self.checker is not None:
                self._tell(self.checker.finish(self.cutter.root))
        self.defects.sort(key=_position)

    def _note(self, part: Walk) -> None:
        for defect in part.defects:
            self._add(defect)
        for (level, is_error), count in part.defects.unlisted.items():
            if level in self.wanted.levels:
                self.defects.unlisted[level, is_error] += count

    def _add(self, defect: Defect) -> None:
        if defect.level not in self.wanted.levels:
            return
        listed = len(self.defects)
        self.defects.add(defect)
        if self.claims is not None and len(self.defects) > listed:
            self.claims.note(claim_place(defect))

    def received(self) -> ReceivedMessage:
        """What was received; `is_accepted` leaves the envelope's own faults out."""
        raw = self.raw
        unlisted = self.defects.unlisted
        defects = [*raw.defects, *self.defects, *_said_of(unlisted)]
        refusing = 2 if raw.kind == "837" else 3
        is_taken = self.screen is not None
        return ReceivedMessage(
            kind=raw.kind,
            guide=self.guide,
            control_number=raw.control_number,
            is_supported=self.known is not None and self.known.st01 == raw.kind,
            findings=tuple(to_finding(d) for d in defects),
            is_accepted=not any(d.is_error and d.level <= refusing for d in defects),
            segment_count=raw.count + 1,
            name=self.known.name if self.known is not None and is_taken else "",
            segments=self.segments,
            walked=self.walked,
            unlisted_errors=sum(n for (_, is_error), n in unlisted.items() if is_error),
            claim_numbers=self.claims.found if self.claims is not None else {},
        )

    def _leaves(self, part: Part) -> Iterator[list[Block] | Inner]:
        """The leaves that became complete, checked; those within a screened part as yet unread where that will do."""
        if self.cutter is None:
            return
        is_unread = self.reader is None or self.reader.later is not None
        is_proven = self.checker is None or self.screening is not None
        if part.specs is None or not is_unread or not is_proven:
            yield from self._judged(self.cutter.feed(part))
            self.owed = True  # levels may have begun here for a leaf of the next part
            return
        objections: list[Objection] = []
        rows: list[int] = []
        if self.screening is not None:
            objections, rows = self.screening.judge(part)
        place = told = 0
        for leaf in self.cutter.split(part):
            if isinstance(leaf, Inner):
                # What stands between two leaves belongs to the levels above the second.
                before, place = place, bisect_left(rows, leaf.end, place)
                first, told = told, bisect_left(objections, leaf.end, told, key=_row)
                if place > before or self.owed:
                    self._judge(leaf.path())
                elif self.screening is not None and self.checker is not None:
                    self.screening.add_clean(self.checker, leaf.first)
                    self._object(objections[first:told])
            else:
                self._judge(leaf)
            self.owed = False
            yield leaf
        # What is left belongs to the next leaf, which the next part completes, or to the levels above it.
        self.owed = self.owed or place < len(rows) or told < len(objections)

    def _object(self, objections: list[Objection]) -> None:
        assert self.checker is not None
        for objection in objections:
            for check, problems in objection.said():
                self._tell(self.checker.defects(check, problems))

    def _judged(self, paths: Iterable[list[Block]]) -> Iterator[list[Block]]:
        for path in paths:
            self._judge(path)
            yield path

    def _judge(self, path: list[Block]) -> None:
        if self.checker is not None:
            self._tell(self.checker.check(path))

    def _tell(self, found: list[Defect]) -> None:
        """Note what a check found, once: levels above a claim may be met again from another part of the file."""
        for defect in found:
            key = (defect.position, defect.rule, defect.element, defect.component, defect.repeat)
            if key not in self.told:
                if len(self.told) < _MOST_TOLD:
                    self.told.add(key)
                self._add(defect)

    def _units(self, part: Walk, leaves: Iterable[list[Block] | Inner]) -> Iterator[Unit]:
        """Each complete leaf as a typed value, with the findings known about it."""
        if self.reader is None or self.known is None:
            for _ in leaves:
                pass
            return
        name, control = self.known.name, self.raw.control_number
        read, later, delimiters = self.reader.read, self.reader.later, self.delimiters
        for leaf in leaves:
            if isinstance(leaf, Inner):
                assert later is not None
                position, last = leaf.position, leaf.position + leaf.end - leaf.row - 1
                value = later(leaf, delimiters)
            else:
                position, last = leaf[-1].position, _last_position(leaf[-1])
                value = read(leaf, delimiters)
            findings = _between(self.defects, position, last) if self.defects else ()
            yield Unit(name, control, position, value, findings)


def _between(defects: list[Defect], first: int, last: int) -> tuple[SyntaxFinding, ...]:
    return tuple([to_finding(d) for d in defects if first <= d.position <= last])


def _last_position(block: Block) -> int:
    while block.blocks:
        block = block.blocks[-1]
    return block.positions[-1]


def _said_of(unlisted: Counter[tuple[int, bool]]) -> Iterator[Defect]:
    """One defect a level for those that are only counted: an error where one of them is."""
    for level in sorted({level for level, _ in unlisted}):
        count, errors = (
            sum(unlisted[level, grade] for grade in (True, False)),
            unlisted[level, True],
        )
        words = (
            f"{count:,} more findings of level {level} are not listed, {errors:,} of them errors"
        )
        yield Defect(level, "IK502", "5", words, is_error=bool(errors))


def _row(objection: Objection) -> int:
    return objection.row


def _position(defect: Defect) -> int:
    return defect.position


def known_message(
    group: RawGroup,
    names: frozenset[str] | None,
    first_segments: Sequence[str] = (),
    separator: str = "*",
) -> MessageType | None:
    """The message of the group's guide that begins with such segments, if it is one of `names`."""
    found = find_type(group.head[7], group.head[0], first_segments, separator)
    return found if found is None or names is None or found.name in names else None


def refusal(raw: RawMessage, group: RawGroup, known: MessageType | None) -> Defect | None:
    """Why the message cannot be read by its guide."""
    functional_id, guide = group.head[0], group.head[7]
    if known is None:
        words = f"guide {guide or 'without a name'} is not supported"
        return Defect(1, "IK502", "I6", words, segment="ST", element=3, value=guide)
    if known.st01 != raw.kind:
        words = f"a {raw.kind or 'nameless'} message stands in a group of guide {guide}"
        return Defect(1, "IK502", "6", words, segment="ST", element=1, value=raw.kind)
    if known.functional_id != functional_id:
        words = f"a {raw.kind} stands in a {functional_id or 'nameless'} group, expected {known.functional_id}"
        return Defect(1, "IK502", "18", words, segment="ST", element=1, value=raw.kind)
    if raw.guide and raw.guide not in known.guides:
        words = f"ST03 {raw.guide} is not the group's guide {guide}"
        return Defect(1, "IK502", "19", words, segment="ST", element=3, value=raw.guide)
    return None

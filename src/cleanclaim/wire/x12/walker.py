"""Walk one message through its guide: where each segment belongs, and what is wrong (SNIP 1 and 2).

The state is the segment that came last. Each step (state, tag + qualifier) is found once in the guide and then
remembered, so that a long message costs one look-up, one expression match and one count per segment.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT, SEGMENTS
from cleanclaim.wire.x12.elements import (
    MOST_REMEMBERED,
    ElementDefect,
    check_formats,
    check_rules,
    look_into,
    pattern,
)
from cleanclaim.wire.x12.guide import Guide, Loop, Segment

MOST_DEFECTS = 1000  # per message; the rest is only counted


@dataclass(frozen=True, slots=True)
class Step:
    """A remembered transition.

    Attributes:
        segment: where the walker is afterwards; None: the segment has no place, the walker stays.
        closes: how many loops end.
        opens: the loop that begins, if any.
        must: (loops up, item) that had to come before this step.
    """

    segment: Segment | None
    closes: int = 0
    opens: Loop | None = None
    must: tuple[tuple[int, Segment | Loop], ...] = ()
    carrier: str = ""
    code: str = ""
    message: str = ""


@dataclass(slots=True)
class Walk:
    """A walked message: its segments as text, the place of each in the guide, and the defects.

    Attributes:
        segments: from ST on, without separators; SE is not among them.
        places: for each, its guide segment, or None where it has no place.
    """

    segments: list[str]
    places: list[Segment | None]
    delimiters: Delimiters
    defects: list[Defect] = field(default_factory=list)
    dropped: int = 0

    def add(self, defect: Defect) -> None:
        """Keep the defect, up to the bound."""
        if len(self.defects) < MOST_DEFECTS:
            self.defects.append(defect)
        else:
            self.dropped += 1


_Counts = dict[Segment | Loop, int]


def walk(guide: Guide, segments: list[str], delimiters: Delimiters) -> Walk:
    """Check `segments` (ST first, SE left out) against the guide."""
    result = Walk(segments, [], delimiters)
    stack: list[_Counts] = [{}]
    place = guide.root.first
    separator, component = delimiters.element, delimiters.component
    places = result.places
    known = QUALIFIER_ELEMENT
    patterns: dict[Segment, re.Pattern[str]] = {}
    for number, raw in enumerate(segments, 1):
        elements = raw.split(separator)
        tag = elements[0]
        if number == 1:
            step = Step(place)
        else:
            at = known.get(tag)
            qualifier = elements[at] if at is not None and at < len(elements) else ""
            if tag == "HI":
                qualifier = qualifier.partition(component)[0]
            key = tag + qualifier
            found = place.memo.get(key)
            if found is None:
                found = find_step(guide, place, tag, qualifier)
                if len(place.memo) < 5000:  # hostile qualifiers must not fill the memory
                    place.memo[key] = found
            assert isinstance(found, Step)
            step = found
        spec = step.segment
        places.append(spec)
        if spec is None:
            _no_place(result, step, place, elements, number)
            continue
        if step.must:
            _report_missing(result, step, stack, number)
        if step.closes:
            del stack[-step.closes :]
        if step.opens is not None:
            _count(result, stack[-1], step.opens, number, elements)
            stack.append({})
        counts = stack[-1]
        seen = counts.get(spec, 0) + 1
        counts[spec] = seen
        if seen > spec.most:
            _count_defect(result, spec, number, elements)
        place = spec
        check = patterns.get(spec)
        if check is None:
            check = patterns[spec] = pattern(spec, delimiters)
        if check.fullmatch(raw) is None:
            _element_defects(result, spec, look_into(spec, elements, delimiters), number)
        if spec.rules:
            _check_shape(result, spec, elements, number)
        if spec.formats and (found_formats := check_formats(spec, elements)):
            _element_defects(result, spec, found_formats, number)
        if spec.usage == "T":
            message = f"{tag} is not in this guide here, only in the one before it"
            result.add(_segment_defect(spec, number, "I4", message, is_error=False))
    _close(result, place, stack, len(segments) + 1)
    return result


def _check_shape(result: Walk, spec: Segment, elements: list[str], number: int) -> None:
    """Syntax rules, remembered by which elements are present."""
    shape = tuple([e != "" for e in elements])
    known = spec.checks.get(shape)
    if known is not _FINE:
        found = check_rules(spec, elements)
        if found:
            _element_defects(result, spec, found, number)
        elif len(spec.checks) < MOST_REMEMBERED:
            spec.checks[shape] = _FINE


_FINE = object()


def find_step(guide: Guide, place: Segment, tag: str, qualifier: str) -> Step:
    """Where a segment with this tag and qualifier goes from `place`."""
    loop: Loop | None = place.loop
    at, closes = place.place, 0
    must: list[tuple[int, Segment | Loop]] = []
    while loop is not None:
        found = _match(loop, at, tag, qualifier)
        if found is not None:
            must += [(closes, item) for item in loop.required if at <= item.place < found.place]
            if isinstance(found, Loop):
                return Step(found.first, closes, found, tuple(must))
            return Step(found, closes, None, tuple(must))
        must += [(closes, item) for item in loop.required if item.place >= at]
        closes += 1
        at, loop = loop.place, loop.parent
    return _lost(guide, place, tag, qualifier)


def _match(loop: Loop, at: int, tag: str, qualifier: str) -> Segment | Loop | None:
    for item in loop.items:
        if item.place < at or item is loop.items[0]:
            continue
        first = item.first if isinstance(item, Loop) else item
        if first.matches(tag, qualifier):
            return item
    return None


def _lost(guide: Guide, place: Segment, tag: str, qualifier: str) -> Step:
    """Why a segment has no place."""
    if tag not in SEGMENTS:
        return Step(
            None, carrier="IK304", code="1", message=f"{tag[:3]!r} is not a segment of these guides"
        )
    if tag not in guide.tags:
        return Step(
            None, carrier="IK304", code="6", message=f"{tag} is not in this message's guide"
        )
    loop: Loop | None = place.loop
    wanted: set[str] = set()
    is_earlier = False
    at = place.place
    while loop is not None:
        for item in loop.items:
            first = item.first if isinstance(item, Loop) else item
            if first.tag != tag:
                continue
            if item.place >= at:
                wanted |= first.codes or set()
            elif first.matches(tag, qualifier):
                is_earlier = True
        at, loop = loop.place, loop.parent
    if is_earlier:
        return Step(None, carrier="IK304", code="7", message=f"{tag} comes too late in its loop")
    if wanted and tag in QUALIFIER_ELEMENT and tag != "HL":
        codes = ", ".join(sorted(wanted)[:12])
        return Step(None, carrier="IK403", code="7" if qualifier else "1",
                    message=f"code not in this guide here, expected {codes}")  # fmt: skip
    return Step(None, carrier="IK304", code="2", message=f"{tag} is not expected here")


def _no_place(result: Walk, step: Step, place: Segment, elements: list[str], number: int) -> None:
    tag = elements[0]
    element, value, reference = 0, "", ""
    if step.carrier == "IK403":
        element = QUALIFIER_ELEMENT[tag]
        value = elements[element] if element < len(elements) else ""
        kind = SEGMENTS[tag].elements[element - 1]
        reference = kind[0].number if isinstance(kind, tuple) else kind.number
    # Unknown or malformed tags are a matter of syntax, the others one of the guide.
    level = 1 if step.code == "1" and not element else 2
    result.add(
        Defect(level, step.carrier, step.code, step.message, number, place.loop_id, tag[:3], element,
               value=value, reference=reference)
    )  # fmt: skip


def _report_missing(result: Walk, step: Step, stack: Sequence[_Counts], number: int) -> None:
    for up, item in step.must:
        if item not in stack[-1 - up]:
            first = item.first if isinstance(item, Loop) else item
            words = (
                f"loop {item.id}, which begins with {first.tag},"
                if isinstance(item, Loop)
                else first.tag
            )
            result.add(
                Defect(2, "IK304", "3", f"{words} is required before this segment", number, first.loop_id,
                       first.tag, is_error=item.usage == "R")
            )  # fmt: skip


def _close(result: Walk, place: Segment, stack: list[_Counts], number: int) -> None:
    must: list[tuple[int, Segment | Loop]] = []
    loop: Loop | None = place.loop
    at, up = place.place, 0
    while loop is not None:
        must += [(up, item) for item in loop.required if item.place >= at]
        up += 1
        at, loop = loop.place, loop.parent
    _report_missing(result, Step(place, must=tuple(must)), stack, number)


def _count(result: Walk, counts: _Counts, loop: Loop, number: int, elements: list[str]) -> None:
    seen = counts.get(loop, 0) + 1
    counts[loop] = seen
    if seen > loop.most:
        message = f"loop {loop.id} occurs more than {loop.most} times"
        result.add(Defect(2, "IK304", "4", message, number, loop.id, elements[0]))


def _count_defect(result: Walk, spec: Segment, number: int, elements: list[str]) -> None:
    message = f"{' '.join(elements[:1])} occurs more than {spec.most} times here"
    result.add(_segment_defect(spec, number, "5", message))


def _segment_defect(
    spec: Segment, number: int, code: str, message: str, *, is_error: bool = True
) -> Defect:
    return Defect(2, "IK304", code, message, number, spec.loop_id, spec.tag, is_error=is_error)


def _element_defects(
    result: Walk, spec: Segment, found: Sequence[ElementDefect], number: int
) -> None:
    for d in found:
        if not d.element:
            continue
        carrier, code = (
            ("IK403", d.code)
            if d.message != "separators after the last element"
            else ("IK304", "8")
        )
        result.add(
            Defect(d.level, carrier, code, d.message, number, spec.loop_id, spec.tag, d.element, d.component,
                   d.repeat, d.value, d.is_error, reference=d.reference)
        )  # fmt: skip


def check_levels(result: Walk) -> None:
    """Number and parents of the HL segments (hierarchy): adds defects."""
    kind_of: dict[str, Loop] = {}
    open_at: dict[Loop, str] = {}
    expected = 1
    separator = result.delimiters.element
    for number, place in enumerate(result.places, 1):
        if place is None or place.tag != "HL":
            continue
        elements = result.segments[number - 1].split(separator)
        own, parent = [*elements[1:3], "", ""][:2]
        if own != str(expected):
            _level_defect(
                result, place, number, (1, own), f"expected {expected}, one more than the HL before"
            )
        above = place.loop.parent
        if above is None or above.parent is None:
            if parent:
                _level_defect(
                    result, place, number, (2, parent), "expected empty: this level has no parent"
                )
        elif parent not in kind_of:
            _level_defect(result, place, number, (2, parent), "names no earlier HL")
        elif open_at.get(above) != parent:
            words = f"names an HL that is not the {above.id} now open"
            _level_defect(result, place, number, (2, parent), words)
        kind_of[own] = place.loop
        open_at[place.loop] = own
        expected += 1


def _level_defect(
    result: Walk, place: Segment, number: int, at: tuple[int, str], message: str
) -> None:
    element, value = at
    reference = "628" if element == 1 else "734"
    result.add(
        Defect(
            2,
            "IK403",
            "7",
            message,
            number,
            place.loop_id,
            "HL",
            element,
            value=value,
            reference=reference,
        )
    )

"""Walk one message through its guide: where each segment belongs, and what is wrong (SNIP 1 and 2).

The state is the segment that came last. Each step (state, tag + qualifier) is found once in the guide and then
remembered, so that a long message costs one look-up, one expression match and one count per segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cleanclaim.wire.x12.defects import Defect, Defects
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT, SEGMENTS
from cleanclaim.wire.x12.elements import (
    ElementDefect,
    check_formats,
    check_rules,
    look_into,
)
from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.patterns import pattern
from cleanclaim.wire.x12.steps import Step, find_step, key_of


@dataclass(slots=True)
class Walk:
    """A walked message, or a part of one: its segments, the place of each in the guide, and the defects.

    Attributes:
        segments: from ST on, without separators; SE is not among them.
        places: for each, its guide segment, or None where it has no place.
        first: number of the first segment within its message (ST = 1).
    """

    segments: list[str]
    places: list[Segment | None]
    delimiters: Delimiters
    guide: Guide
    defects: Defects = field(default_factory=Defects)
    first: int = 1

    def add(self, defect: Defect) -> None:
        """Keep the defect, up to the bound."""
        self.defects.add(defect)


Counts = dict[Segment | Loop, int]


class Walker:
    """Walks one message part by part, in memory that does not grow with it.

    Attributes:
        place: the guide segment that came last.
        stack: per open loop, outermost first, how often each of its items came.
        number: segments walked so far.
    """

    def __init__(self, guide: Guide, delimiters: Delimiters) -> None:
        self.guide = guide
        self.delimiters = delimiters
        self.place = guide.root.first
        self.stack: list[Counts] = [{}]
        self.number = 0

    def feed(self, segments: list[str]) -> Walk:
        """Walk the next segments (the very first is ST) and check them against the guide."""
        result = Walk(segments, [], self.delimiters, self.guide, first=self.number + 1)
        place, stack = self.place, self.stack
        separator, component = self.delimiters.element, self.delimiters.component
        places = result.places
        for number, raw in enumerate(segments, self.number + 1):
            elements = raw.split(separator)
            if number == 1:
                step = Step(place)
            else:
                step = find_step(self.guide, place, key_of(elements, component))
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
            check_segment(result, spec, raw, elements, number)
        self.place, self.number = place, self.number + len(segments)
        return result

    def close(self) -> Walk:
        """What is missing at the end, as a part without segments."""
        result = Walk([], [], self.delimiters, self.guide, first=self.number + 1)
        _close(result, self.place, self.stack, self.number + 1)
        return result


def check_segment(result: Walk, spec: Segment, raw: str, elements: list[str], number: int) -> None:
    """Elements, syntax rules and formats of one segment that has its place."""
    if pattern(spec, result.delimiters).fullmatch(raw) is None:
        found = look_into(spec, elements, result.delimiters)
        found += check_rules(spec, elements)
        found += check_formats(spec, elements)
        _element_defects(result, spec, found, number)
    elif not spec.is_proven:
        _element_defects(result, spec, check_formats(spec, elements), number)
    if spec.usage == "T":
        message = f"{spec.tag} is not in this guide here, only in the one before it"
        result.add(_segment_defect(spec, number, "I4", message, is_error=False))


def walk(guide: Guide, segments: list[str], delimiters: Delimiters) -> Walk:
    """Check a whole message (ST first, SE left out) against the guide."""
    walker = Walker(guide, delimiters)
    result = walker.feed(segments)
    for defect in walker.close().defects:
        result.add(defect)
    return result


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


def _report_missing(result: Walk, step: Step, stack: Sequence[Counts], number: int) -> None:
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


def _close(result: Walk, place: Segment, stack: list[Counts], number: int) -> None:
    must: list[tuple[int, Segment | Loop]] = []
    loop: Loop | None = place.loop
    at, up = place.place, 0
    while loop is not None:
        must += [(up, item) for item in loop.required if item.place >= at]
        up += 1
        at, loop = loop.place, loop.parent
    _report_missing(result, Step(place, must=tuple(must)), stack, number)


def _count(result: Walk, counts: Counts, loop: Loop, number: int, elements: list[str]) -> None:
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

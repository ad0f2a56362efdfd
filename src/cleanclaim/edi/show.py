"""A file as people read it: segments indented by loop, loops by name, each finding under its segment."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.edi.flow import Walked, Wanted, receive
from cleanclaim.edi.received import ReceivedInterchange, Unit
from cleanclaim.values.acknowledgement import SyntaxFinding
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, hold_binaries, is_held
from cleanclaim.wire.x12.reader import read_events
from cleanclaim.wire.x12.source import Source, Texts, blocks


class LineKind(StrEnum):
    """What a line shows."""

    LOOP = "loop"
    SEGMENT = "segment"
    FINDING = "finding"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        depth: how far it is indented, in steps.
        position: segment number within its message, 0 where it does not apply.
        text: the segment as sent (binary data left out), the loop's id and name, or words.
    """

    kind: LineKind
    depth: int
    text: str
    position: int = 0
    message: str = ""
    finding: SyntaxFinding | None = None


def show(source: Source, *, levels: frozenset[int]) -> Iterator[Line]:
    """The lines of a file, in order; findings that only the end of a message brings stand there.

    Raises:
        InputError: the file is packed and damaged.
        OSError: it cannot be opened.
    """
    shown: set[tuple[str, SyntaxFinding]] = set()
    wanted = Wanted(levels=levels, parts=True)
    for found in receive(read_events(Texts(hold_binaries(blocks(source)))), wanted):
        if isinstance(found, Walked):
            yield from _part(found, shown)
        elif isinstance(found, ReceivedInterchange):
            yield from _end(found, shown)
            shown.clear()
        else:
            assert isinstance(found, Unit)


def _part(found: Walked, shown: set[tuple[str, SyntaxFinding]]) -> Iterator[Line]:
    part, control = found.part, found.message.control_number
    at: dict[int, list[SyntaxFinding]] = {}
    for finding in found.findings:
        at.setdefault(finding.position, []).append(finding)
        shown.add((control, finding))
    depth = 0
    for position, (raw, place) in enumerate(
        zip(part.segments, part.places, strict=True), part.first
    ):
        if place is not None:
            depth = place.loop.depth
            if place.starts_loop:
                text = f"{place.loop.id} {place.loop.name}".strip()
                yield Line(LineKind.LOOP, depth, text, position, control)
        text = _without_data(raw, part.delimiters.element)
        yield Line(LineKind.SEGMENT, depth + 1, text, position, control)
        for finding in at.get(position, ()):
            yield _line(finding, depth + 2, control)


def _without_data(raw: str, separator: str) -> str:
    """The segment; where it holds binary data, their length stands for them."""
    number = LENGTH_ELEMENT.get(raw[:3])
    elements = raw.split(separator) if number is not None else []
    if number is None or not is_held(elements):
        return raw
    size = len(elements[number + 1]) // 2
    return separator.join((*elements[: number + 1], f"({size:,} bytes)"))


def _line(finding: SyntaxFinding, depth: int, control: str) -> Line:
    place = finding.segment + (f"{finding.element:02d}" if finding.element else "")
    value = f" {finding.value!r}" if finding.value else ""
    text = f"{place}{value}: {finding.message} [{finding.carrier} {finding.code}]"
    return Line(LineKind.FINDING, depth, text, finding.position, control, finding)


def _end(interchange: ReceivedInterchange, shown: set[tuple[str, SyntaxFinding]]) -> Iterator[Line]:
    for group in interchange.groups:
        for message in group.messages:
            control = message.control_number
            for finding in message.findings:
                if (control, finding) not in shown:
                    yield _line(finding, 1, control)
            verdict = "accepted" if message.is_accepted else "rejected"
            name = message.name or message.kind
            text = f"message {control} ({name}, {message.guide}): {verdict}, {message.segment_count:,} segments"
            yield Line(LineKind.SUMMARY, 0, text, 0, control)
        for finding in group.findings:
            yield _line(finding, 0, "")
    for finding in interchange.findings:
        yield _line(finding, 0, "")
    verdict = "accepted" if interchange.is_accepted else "rejected"
    yield Line(LineKind.SUMMARY, 0, f"interchange {interchange.control_number}: {verdict}")

"""A file as its page shows it: segments with what was found in them, and the reading by envelope."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cleanclaim.apps.shared.exchange.envelope import HEAD_BYTES, Unreadable, peek
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.pages.parts import Chip
from cleanclaim.edi import Received, ReceivedMessage
from cleanclaim.values.acknowledgement import SyntaxFinding

WHOLE_BYTES = 1_000_000  # larger files are shown by windows and not read at a page's call
WINDOW_BYTES = 100_000
SEGMENTS = 200
HEX_BYTES = 1_024
_HEX_LINE = 16
FINDINGS = 100


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment: its number in the file from 1, the byte where it starts, and what was found in it."""

    number: int
    byte: int
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Some segments; `next_byte` (0 = no more) and `next_number` are where the next window starts."""

    lines: tuple[SegmentLine, ...]
    next_byte: int = 0
    next_number: int = 0


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One envelope of the reading: level 0 interchange, 1 group, 2 message."""

    level: int
    words: str
    chip: Chip
    findings: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """What a file says, envelope by envelope, and the notes by segment number."""

    lines: list[ReadLine] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)


def printable(data: bytes) -> str:
    """The bytes as text that cannot harm a page: control bytes as ‹1D›, all else as latin-1."""
    return "".join(
        letter if letter.isprintable() or letter == " " else f"‹{ord(letter):02X}›"
        for letter in data.decode("latin-1")
    )


def hex_lines(data: bytes) -> list[tuple[str, str, str]]:
    """The first bytes of what is no interchange: place, hexadecimal, text; sixteen a line."""
    return [
        (f"{at:06x}", data[at : at + _HEX_LINE].hex(" "), printable(data[at : at + _HEX_LINE]))
        for at in range(0, min(len(data), HEX_BYTES), _HEX_LINE)
    ]


def window(
    data: bytes,
    *,
    terminator: bytes,
    first_byte: int,
    first_number: int,
    is_end: bool,
    notes: dict[int, list[str]],
) -> Window:
    """The segments in `data`, which starts at `first_byte` of the file with segment `first_number`."""
    lines: list[SegmentLine] = []
    at = 0
    while at < len(data) and len(lines) < SEGMENTS:
        end = data.find(terminator, at)
        if end < 0 and not is_end and lines:
            break  # the rest of this segment is in the next window
        end = len(data) if end < 0 else end + 1
        text = data[at:end].strip()
        if text:
            number = first_number + len(lines)
            found = tuple(notes.get(number, ()))
            lines.append(SegmentLine(number, first_byte + at + 1, printable(text), found))
        at = end
    if is_end and at >= len(data):
        return Window(tuple(lines))
    return Window(tuple(lines), first_byte + at, first_number + len(lines))


def terminator_of(head: bytes) -> bytes | None:
    """The segment terminator, read from the first bytes; None where they are no interchange."""
    if isinstance(peek(head[:HEAD_BYTES]), Unreadable):
        return None
    start = head.index(b"ISA")
    return head[start : start + 600].split(head[start + 3 : start + 4], 16)[16][1:2]


def read(data: bytes, *, terminator: bytes) -> Reading:
    """The reading of a whole file. The file is one that `peek` could read."""
    received = read_traded(data)
    reading = Reading()
    starts = _message_starts(data, terminator)
    for line, findings in _lines(received):
        reading.lines.append(line)
        start = next(starts, 0) if line.level == 2 else 0
        for finding in findings[:FINDINGS]:
            if start and finding.position:
                place = start + finding.position - 1
                reading.notes.setdefault(place, []).append(_words(finding))
    return reading


def _message_starts(data: bytes, terminator: bytes) -> Iterator[int]:
    """The numbers of the ST segments, in order."""
    number = 0
    for part in data.split(terminator):
        text = part.strip()
        if text:
            number += 1
            if text.startswith(b"ST") and not text[2:3].isalnum():
                yield number


def _lines(received: Received) -> Iterator[tuple[ReadLine, tuple[SyntaxFinding, ...]]]:
    for interchange in received.interchanges:
        words = (
            f"Interchange {interchange.control_number} from {interchange.sender_id} to "
            f"{interchange.receiver_id}, {'test' if interchange.usage == 'T' else 'production'}"
        )
        yield _line(0, words, interchange.findings, is_accepted=interchange.is_accepted)
        for group in interchange.groups:
            words = f"Group {group.control_number} ({group.functional_id}, {group.guide})"
            yield _line(1, words, group.findings, is_accepted=group.is_accepted)
            for message in group.messages:
                yield _message_line(message)


def _message_line(message: ReceivedMessage) -> tuple[ReadLine, tuple[SyntaxFinding, ...]]:
    words = f"Message {message.control_number} ({message.kind}), {message.segment_count:,} segments"
    return _line(2, words, message.findings, is_accepted=message.is_accepted)


def _line(
    level: int, words: str, findings: tuple[SyntaxFinding, ...], *, is_accepted: bool
) -> tuple[ReadLine, tuple[SyntaxFinding, ...]]:
    chip = Chip("accepted", "good") if is_accepted else Chip("rejected", "act")
    if is_accepted and findings:
        chip = Chip("accepted with findings", "wait")
    shown = [_located(finding) for finding in findings[:FINDINGS]]
    if len(findings) > FINDINGS:
        shown.append(f"and {len(findings) - FINDINGS:,} more")
    return ReadLine(level, words, chip, tuple(shown)), findings


def _located(finding: SyntaxFinding) -> str:
    place = f"segment {finding.position}" if finding.position else "envelope"
    if finding.segment:
        place += f", {finding.segment}"
        if finding.element:
            place += f"{finding.element:02d}"
    return f"{place}: {_words(finding)}"


def _words(finding: SyntaxFinding) -> str:
    return f"{finding.message} ({finding.carrier} {finding.code})"

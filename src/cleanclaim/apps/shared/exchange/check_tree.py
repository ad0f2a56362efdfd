"""A checked file as indented loops that open and close, each finding under its segment.

Written in Python, not as a template, for the reason that `pages/grid.py` names. Everything from the file is escaped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

from django.utils.safestring import SafeString

from cleanclaim.apps.shared.exchange.checking import Checked, anchor
from cleanclaim.edi import ReceivedMessage
from cleanclaim.edi.show import Line, LineKind, show
from cleanclaim.values.acknowledgement import SyntaxFinding

FIRST_SEGMENTS = 3_000  # shown whole; after them only segments with findings
FOUND_SEGMENTS = 2_000
OPEN_SEGMENTS = 400  # a larger file opens only the loops that hold findings
SHOWN_LETTERS = 2_000


@dataclass
class Segment:
    """One segment with what was found in it; without text where only the end of a message told the finding."""

    position: int
    text: str
    findings: list[SyntaxFinding] = field(default_factory=list)


@dataclass
class Gap:
    """Segments that are left out."""

    count: int


@dataclass
class Loop:
    """A loop, or a whole message, with its segments and inner loops in order; `number` is its message's."""

    title: str
    depth: int
    number: int
    parts: list["Segment | Gap | Loop"] = field(default_factory=list)
    segments: int = 0
    errors: int = 0
    warnings: int = 0


@dataclass
class Tree:
    """The file.

    Attributes:
        messages: by number within the file, in order.
        envelope: findings about ISA, GS, GE and IEA.
        left_out: segments without findings, and segments with them, that are not shown.
    """

    messages: dict[int, Loop] = field(default_factory=dict)
    envelope: list[SyntaxFinding] = field(default_factory=list)
    shown: int = 0
    left_out: int = 0
    found_left_out: int = 0


def tree(checked: Checked) -> Tree:
    """The loops of the file; of a large one the first segments and those with findings."""
    return _Grower(checked).grow(show(checked.data, levels=checked.levels))


class _Grower:
    """Hangs each line into its loop; a segment waits until its findings are known."""

    def __init__(self, checked: Checked) -> None:
        self.tree, self.numbers, self.interchange = Tree(), checked.numbers, 0
        self.path: list[Loop] = []
        self.segment: Segment | None = None
        self.shown: dict[tuple[int, int], tuple[Segment, list[Loop]]] = {}

    def grow(self, lines: Iterable[Line]) -> Tree:
        for line in lines:
            if line.kind is LineKind.FINDING and line.finding is not None:
                self._find(line, line.finding)
                continue
            self._settle()
            if line.kind is LineKind.SUMMARY:
                self.path = []
                self.interchange += not line.message
                continue
            self._enter(line)
            if line.kind is LineKind.SEGMENT:
                self.segment = Segment(line.position, line.text)
        self._settle()
        return self.tree

    def _enter(self, line: Line) -> None:
        """Make the loop of this line the innermost one that is open."""
        number = self._number(line)
        top = self.tree.messages.setdefault(number, Loop("", 0, number))
        if not self.path or self.path[0] is not top:
            self.path = [top]
        depth = line.depth if line.kind is LineKind.LOOP else line.depth - 1
        while len(self.path) > 1 and self.path[-1].depth > depth:
            self.path.pop()
        if line.kind is LineKind.LOOP and depth > 0:
            while len(self.path) > 1 and self.path[-1].depth >= depth:
                self.path.pop()
            inner = Loop(line.text, depth, number)
            self.path[-1].parts.append(inner)
            self.path.append(inner)

    def _find(self, line: Line, finding: SyntaxFinding) -> None:
        if not line.message:
            self._settle()
            self.tree.envelope.append(finding)
            return
        if self.segment is not None and self.segment.position == line.position:
            self.segment.findings.append(finding)
            return
        # Told by the end of the message only: it belongs to a segment that stands there already, if it is shown.
        self._settle()
        number = self._number(line)
        if before := self.shown.get((number, line.position)):
            before[0].findings.append(finding)
            _tell(before[1], [finding])
            return
        self.path = [self.tree.messages.setdefault(number, Loop("", 0, number))]
        self.segment = Segment(line.position, "", [finding])

    def _number(self, line: Line) -> int:
        return self.numbers.get((self.interchange, line.message), 0)

    def _settle(self) -> None:
        """The segment that waited goes into its loop, or is counted as left out."""
        segment, self.segment = self.segment, None
        if segment is None:
            return
        for loop in self.path:
            loop.segments += bool(segment.text)
        _tell(self.path, segment.findings)
        is_first = self.tree.shown < FIRST_SEGMENTS
        if is_first or (segment.findings and self.tree.shown < FIRST_SEGMENTS + FOUND_SEGMENTS):
            self.tree.shown += 1
            self.path[-1].parts.append(segment)
            key = (self.path[0].number, segment.position)
            self.shown.setdefault(key, (segment, list(self.path)))
            return
        self.tree.left_out += 1
        self.tree.found_left_out += bool(segment.findings)
        parts = self.path[-1].parts
        if parts and isinstance(parts[-1], Gap):
            parts[-1].count += 1
        else:
            parts.append(Gap(1))


def _tell(loops: list[Loop], findings: list[SyntaxFinding]) -> None:
    """Count the findings in every loop around them."""
    errors = sum(finding.is_error for finding in findings)
    for loop in loops:
        loop.errors += errors
        loop.warnings += len(findings) - errors


def tree_html(grown: Tree, messages: list[ReceivedMessage]) -> SafeString:
    """The tree as nested lists; loops are `details`, which open without script."""
    is_small = grown.shown <= OPEN_SEGMENTS
    out: list[str] = []
    if grown.envelope:
        out.append(
            '<ol class="x12"><li id="envelope" class="found"><b></b><code>ISA · GS · GE · IEA</code>'
        )
        out += [_finding(finding) for finding in grown.envelope]
        out.append("</li></ol>")
    gone = 0
    for number, message in enumerate(messages, 1):
        loop = grown.messages.get(number)
        if loop is None or not _has_segments(loop):
            gone += 1
            continue
        verdict = "accepted" if message.is_accepted else "rejected"
        name = message.name or message.kind
        loop.title = f"{name} {message.control_number} · {message.guide} · {verdict}"
        out += _loop(loop, is_small=is_small, is_message=True)
    if gone:
        out.append(f'<p class="pad soft">{gone:,} more messages whose segments are not shown.</p>')
    return SafeString("".join(out))


def _has_segments(loop: Loop) -> bool:
    return any(
        isinstance(part, Segment) or (isinstance(part, Loop) and _has_segments(part))
        for part in loop.parts
    )


def _loop(loop: Loop, *, is_small: bool, is_message: bool = False) -> Iterator[str]:
    is_open = is_small or bool(loop.errors or loop.warnings)
    name = "message" if is_message else "loop"
    yield f'<details class="{name}"{" open" if is_open else ""}><summary>{_title(loop.title)}{_tally(loop)}</summary><ol class="x12">'
    skipped = 0
    for part in loop.parts:
        if isinstance(part, Loop) and not _has_segments(part):
            skipped += part.segments
            continue
        count = part.count if isinstance(part, Gap) else 0
        if count:
            skipped += count
            continue
        yield _gap(skipped)
        skipped = 0
        if isinstance(part, Loop):
            yield "<li>"
            yield from _loop(part, is_small=is_small)
            yield "</li>"
        elif isinstance(part, Segment):
            yield _segment(part, loop.number)
    yield _gap(skipped)
    yield "</ol></details>"


def _title(title: str) -> str:
    head, _, rest = title.partition(" ")
    return f"<b>{escape(head)}</b> {escape(rest)}"


def _tally(loop: Loop) -> str:
    words = f"<small>{_count(loop.segments, 'segment')}</small>"
    if loop.errors:
        words += f'<span class="chip act">{_count(loop.errors, "error")}</span>'
    if loop.warnings:
        words += f'<span class="chip wait">{_count(loop.warnings, "warning")}</span>'
    return words


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _gap(count: int) -> str:
    if not count:
        return ""
    return f'<li class="gap"><b></b>{_count(count, "segment")} without findings not shown</li>'


def _segment(segment: Segment, number: int) -> str:
    tone = (
        "error"
        if any(f.is_error for f in segment.findings)
        else "found"
        if segment.findings
        else ""
    )
    opening = f'<li id="{anchor(number, segment.position)}" class="{tone}">' if tone else "<li>"
    notes = "".join(_finding(finding) for finding in segment.findings)
    shown = segment.position or ""
    text = _text(segment.text) if segment.text else "<i>end of the message</i>"
    return f"{opening}<b>{shown}</b><code>{text}</code>{notes}</li>"


def _text(text: str) -> str:
    cut = text[:SHOWN_LETTERS]
    shown = "".join(c if c.isprintable() else f"‹{ord(c):02X}›" for c in cut)
    rest = len(text) - len(cut)
    tag, mark, elements = escape(shown).partition("*")
    more = f" <i>… {rest:,} characters more</i>" if rest else ""
    return f"<b>{tag}</b>{mark}{elements}{more}"


def _finding(finding: SyntaxFinding) -> str:
    tone = "act" if finding.is_error else "wait"
    grade = "error" if finding.is_error else "warning"
    place = finding.segment + (f"{finding.element:02d}" if finding.element else "")
    place += f"-{finding.component}" if finding.component else ""
    value = f" {_text_of_value(finding.value)}" if finding.value else ""
    return (
        f'<p class="note {tone}"><b>{grade}</b> {escape(place)}{value}: {escape(finding.message)} '
        f"<small>level {finding.level}, {escape(finding.carrier)} {escape(finding.code)}</small></p>"
    )


def _text_of_value(value: str) -> str:
    return escape("".join(c if c.isprintable() else f"‹{ord(c):02X}›" for c in value))

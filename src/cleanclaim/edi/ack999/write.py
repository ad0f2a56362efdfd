"""From syntax acknowledgements to a 999: one message each."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cleanclaim.edi.ack999.codes import LETTER
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import (
    Context,
    MessageAnswer,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import SEGMENTS
from cleanclaim.wire.x12.writer import (
    REPETITION,
    Composite,
    Envelope,
    Message,
    composite,
    harmless,
    segment,
    write_group,
)

GUIDE = "005010X231A1"
MOST_FINDINGS = 500  # per message answered; a sender needs no more to act


def write_999(
    acks: Sequence[SyntaxAcknowledgement],
    *,
    envelope: Envelope,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The acknowledgements, in order, as one interchange.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    if not acks:
        raise InputError("no acknowledgements to write")
    return write_group(
        [Message("999", _message(ack), GUIDE) for ack in acks],
        envelope=envelope,
        functional_id="FA",
        guide=GUIDE,
        delimiters=delimiters,
    )


def _message(ack: SyntaxAcknowledgement) -> list[str]:
    named = (harmless(ack.functional_id, 2), harmless(ack.group_control_number, 9))
    out = [segment("AK1", *named, harmless(ack.guide, 12))]
    for answer in ack.messages:
        out += _answer(answer)
    counts = (str(ack.sets_included), str(ack.sets_received), str(ack.sets_accepted))
    out.append(segment("AK9", LETTER[ack.outcome], *counts, *ack.codes[:5]))
    return out


def _answer(answer: MessageAnswer) -> Iterator[str]:
    named = (harmless(answer.kind, 3), harmless(answer.control_number, 9))
    yield segment("AK2", *named, harmless(answer.guide, 35))
    located = [f for f in answer.findings if f.carrier in ("IK304", "IK403")][:MOST_FINDINGS]
    for (position, loop, tag), group in groupby(
        located, key=lambda f: (f.position, f.loop, f.segment)
    ):
        yield from _segment(position, loop, tag, list(group))
    yield segment("IK5", LETTER[answer.outcome], *answer.codes[:5])


def _segment(position: int, loop: str, tag: str, findings: list[SyntaxFinding]) -> Iterator[str]:
    # IK301 has room for two or three letters or digits, whatever stood in the file.
    tag = "".join(c for c in tag if c.isascii() and c.isalnum())[:3].ljust(2, "X")
    for finding in findings:
        if finding.carrier == "IK304":
            yield segment("IK3", tag, str(position), loop[:4], finding.code)
            yield from map(_context, finding.contexts)
    elements = [f for f in findings if f.carrier == "IK403"]
    if elements:
        yield segment("IK3", tag, str(position), loop[:4], "8")
        yield from map(_context, elements[0].contexts)
    for finding in elements:
        place = composite(
            str(finding.element),
            str(finding.component) if finding.component else "",
            str(finding.repeat) if finding.repeat else "",
        )
        yield segment("IK4", place, _reference(finding), finding.code, _copy(finding.value))
        yield from map(_context, finding.element_contexts)


def _context(context: Context) -> str:
    names = REPETITION.join(
        composite(*(harmless(part, 35) for part in pair)) for pair in context.names
    )
    numbers = (context.element, context.component, context.repeat)
    return segment(
        "CTX", Composite(names), harmless(context.segment, 3), _number(context.position),
        harmless(context.loop, 4), composite(*map(_number, numbers)),
        composite(*(harmless(text, 4) for text in context.references)),
    )  # fmt: skip


def _number(value: int) -> str:
    return str(value) if value else ""


def _reference(finding: SyntaxFinding) -> str:
    """The data element number, which IK4 repeats."""
    standard = SEGMENTS.get(finding.segment)
    if standard is None or not 1 <= finding.element <= len(standard.elements):
        return ""
    kind = standard.elements[finding.element - 1]
    if not isinstance(kind, tuple):
        return kind.number
    return kind[finding.component - 1].number if 1 <= finding.component <= len(kind) else ""


def _copy(value: str) -> str:
    """The bad value as IK404 may hold it."""
    return harmless(value.strip(), 99).strip()

"""What a check found, as plain records: one a file, for programs and for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleanclaim.edi.received import Received, ReceivedMessage
from cleanclaim.values.acknowledgement import SyntaxFinding


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with the message that it is about; `message` is None for the envelopes."""

    finding: SyntaxFinding
    message: ReceivedMessage | None = None


def located(received: Received) -> Iterator[Located]:
    """Every finding of the file, envelopes first, then message by message."""
    for interchange in received.interchanges:
        for finding in interchange.findings:
            yield Located(finding)
        for group in interchange.groups:
            for finding in group.findings:
                yield Located(finding)
            for message in group.messages:
                for finding in message.findings:
                    yield Located(finding, message)


def is_clean(received: Received) -> bool:
    """Whether the file is accepted and has no finding of error grade."""
    return received.is_accepted and not any(at.finding.is_error for at in located(received))


def as_record(name: str, received: Received) -> dict[str, Any]:
    """One object a file: `file`, `accepted`, `transactions`, `findings`."""
    return {
        "file": name,
        "accepted": received.is_accepted,
        "transactions": [
            {
                "type": message.name or message.kind,
                "guide": message.guide,
                "control": message.control_number,
                "accepted": message.is_accepted,
                "segments": message.segment_count,
            }
            for message in received.messages
        ],
        "findings": [_as_record(at) for at in located(received)],
    }


def _as_record(at: Located) -> dict[str, Any]:
    finding = at.finding
    return {
        "level": finding.level,
        "code": finding.code,
        "answer": finding.carrier,
        "grade": "error" if finding.is_error else "warning",
        "transaction": at.message.control_number if at.message else "",
        "position": finding.position,
        "loop": finding.loop,
        "segment": finding.segment,
        "element": finding.element,
        "component": finding.component,
        "repeat": finding.repeat,
        "value": finding.value,
        "message": finding.message,
        "rule": finding.rule,
    }


def in_words(at: Located) -> str:
    """A finding as one line: where, what, the value, the code."""
    finding = at.finding
    where = f"message {at.message.control_number}" if at.message else "envelope"
    if finding.position:
        where += f", segment {finding.position}"
    place = finding.segment + (f"{finding.element:02d}" if finding.element else "")
    place += f"-{finding.component}" if finding.component else ""
    place += f" (repeat {finding.repeat})" if finding.repeat else ""
    if finding.loop and place:
        place = f"{finding.loop} {place}"
    value = f" {finding.value!r}" if finding.value else ""
    grade = "error" if finding.is_error else "warning"
    parts = [part for part in (where, place) if part]
    return f"{grade} L{finding.level} {', '.join(parts)}{value}: {finding.message} [{finding.carrier} {finding.code}]"

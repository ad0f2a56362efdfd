"""Why the format of a payment was refused, each fault at its place: `message 0001, segment 13 SVC04: ...`."""

from collections.abc import Iterable

from cleanclaim.edi import ReceivedMessage
from cleanclaim.values.acknowledgement import SyntaxFinding

_NO_REASON = "it is not whole; ask the sender for the file again"


def faults_of(message: ReceivedMessage, around: Iterable[SyntaxFinding]) -> list[str]:
    """The errors of a refused message; where it has none itself, those of the envelope `around` it."""
    name = f"message {message.control_number}"
    own = [one for one in message.findings if one.is_error] or list(message.findings)
    found = own or [one for one in around if one.is_error] or list(around)
    return [f"{name}{_place(one)}: {_words(one)}" for one in found] or [f"{name}: {_NO_REASON}"]


def _place(finding: SyntaxFinding) -> str:
    """`, segment 13 SVC04-2`, as far as it is known."""
    element = f"{finding.element:02d}" if finding.element else ""
    component = f"-{finding.component}" if finding.component else ""
    tag = f"{finding.segment}{element}{component}"
    if finding.message.startswith(tag):
        tag = ""  # the message names it
    if finding.position:
        return f", segment {finding.position} {tag}".rstrip()
    return f", {tag}" if tag else ""


def _words(finding: SyntaxFinding) -> str:
    """What is wrong; for a code also which one stands there. Never a name or a number of a person."""
    if finding.value and "expected" in finding.message and len(finding.value) <= 3:
        return f"{finding.value!r}: {finding.message}"
    return finding.message

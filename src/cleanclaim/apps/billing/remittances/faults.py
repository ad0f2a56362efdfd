"""Why the format of a payment was refused, each fault at its place: `message 0001, segment 13 SVC04: ...`."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.edi import ReceivedMessage
from cleanclaim.values.acknowledgement import SyntaxFinding

_NO_REASON = "it is not whole; ask the sender for the file again"
_NO_SE, _NO_GE, _NO_IEA = ("IK502", "2"), ("AK905", "3"), ("TA105", "023")
_BALANCE = 3  # SNIP type
_SEGMENT, _UNEXPECTED = "IK304", "2"  # a segment, that is not expected here


@dataclass(frozen=True, slots=True)
class Around:
    """What is wrong with the envelope of a message; `tail` are the file's last bytes where it is the file's last one."""

    findings: Sequence[SyntaxFinding] = ()
    tail: bytes = b""


def faults_of(message: ReceivedMessage, around: Around) -> list[str]:
    """The errors of a refused message; where it has none itself, those of the envelope around it.

    Of a file that breaks off that comes first, and nothing of what only follows from it; balances come
    last where segments are missing or stand where they do not belong.
    """
    name = f"message {message.control_number}"
    own = [one for one in message.findings if one.is_error] or list(message.findings)
    envelope = around.findings
    found = own or [one for one in envelope if one.is_error] or list(envelope)
    end = _broken_off(message, around)
    if end:
        found = [one for one in found if not _follows(one, message)]
    if any(one.carrier == _SEGMENT for one in found):  # a balance may only follow from that
        found = sorted(found, key=lambda one: one.level >= _BALANCE)
    told = [f"{name}{_place(one)}: {_words(one)}" for one in found]
    return [*([f"{name}: {end}"] if end else []), *told] or [f"{name}: {_NO_REASON}"]


def _broken_off(message: ReceivedMessage, around: Around) -> str:
    """Where the file ends, and which segments are missing there; empty where it is whole."""
    kinds = {(one.carrier, one.code) for one in (*message.findings, *around.findings)}
    if _NO_IEA not in kinds:
        return ""
    missing = [
        tag for tag, kind in (("SE", _NO_SE), ("GE", _NO_GE), ("IEA", _NO_IEA)) if kind in kinds
    ]
    where = ""
    if "SE" in missing and around.tail and message.segments:
        last = message.segments[-1].strip()
        is_cut = around.tail.rstrip().endswith(last.encode())  # its terminator is missing, too
        where = f"{' in the middle of' if is_cut else ' after'} segment {len(message.segments)}"
    missing_words = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
    verb = "are" if len(missing) > 1 else "is"
    return f"the file ends{where or ' too early'}, {missing_words} {verb} missing: ask the sender for it again"


def _follows(finding: SyntaxFinding, message: ReceivedMessage) -> bool:
    """Whether it only says in other words that the file breaks off."""
    kind = (finding.carrier, finding.code)
    if kind in (_NO_SE, _NO_GE, _NO_IEA):
        return True
    if all((one.carrier, one.code) != _NO_SE for one in message.findings):
        return False
    return finding.level >= _BALANCE or finding.position >= len(message.segments)


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
    if (finding.segment, finding.code) == ("CLP", _UNEXPECTED) and finding.loop.startswith("1000"):
        return f"{finding.message}: the LX segment before the first claim is missing"
    if finding.value and "expected" in finding.message and len(finding.value) <= 3:
        return f"{finding.value!r}: {finding.message}"
    return finding.message

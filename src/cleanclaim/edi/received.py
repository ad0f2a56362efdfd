"""Any X12 file as received: its envelopes, messages, findings, and the values of the messages we know."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cleanclaim.edi.ack999.read import read_acknowledgement
from cleanclaim.edi.fields import day
from cleanclaim.edi.guides import SUPPORTED, MessageType, guide_for
from cleanclaim.edi.hc277ca.read import read_claim_acknowledgement
from cleanclaim.edi.hc835 import balance
from cleanclaim.edi.hc835.read import LocatedRemittance, read_remittance
from cleanclaim.edi.hc837p import checks
from cleanclaim.edi.hc837p.read import read_batch, read_claims
from cleanclaim.edi.hc837p.values import Batch, LocatedClaim
from cleanclaim.edi.ta1.read import judge, read_answer
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import (
    ClaimAcknowledgement,
    InterchangeAnswer,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import Remittance
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.envelope import RawGroup, RawInterchange, RawMessage
from cleanclaim.wire.x12.hierarchy import check_levels
from cleanclaim.wire.x12.reader import read_interchanges
from cleanclaim.wire.x12.walker import Walk, walk

MOST_VALUE = 256  # characters of a bad value that a finding repeats


@dataclass
class ReceivedMessage:
    """One message (ST..SE).

    Attributes:
        kind: ST01, such as `837`.
        name: the message as people call it, such as `837P`; empty where we do not know its guide.
        guide: the guide it follows: ST03, or GS08 where the message has no ST03.
        is_supported: whether we know that guide; if not, only the envelope was read.
        findings: everything found, envelope of the message included.
        is_accepted: no finding refuses it. Claim totals (SNIP 3 of an 837) concern their claim, not the message.
        segment_count: as counted by us, ST and SE included.
    """

    kind: str
    guide: str
    control_number: str
    is_supported: bool
    findings: tuple[SyntaxFinding, ...]
    is_accepted: bool
    segment_count: int
    raw: RawMessage = field(repr=False)
    walked: Walk | None = field(repr=False, default=None)
    name: str = ""

    @property
    def segments(self) -> tuple[str, ...]:
        """Its segments as sent, ST first and SE left out, without terminators: position 1 is ST."""
        return tuple(self.raw.segments)

    def located_claims(self) -> Iterator[LocatedClaim]:
        """Each claim of an 837P with its place and the findings about it, one at a time.

        Raises:
            InputError: the message is no 837P that we know.
        """
        result = self._walked("837P", "a professional claim")
        findings = sorted((f for f in self.findings if f.position), key=lambda f: f.position)
        starts = [
            n
            for n, p in enumerate(result.places, 1)
            if p is not None and p.tag == "CLM" and p.starts_loop
        ]
        ends = [*starts[1:], len(result.places) + 1] if starts else []
        place = 0
        for (position, claim), end in zip(read_claims(result), ends, strict=True):
            while place < len(findings) and findings[place].position < position:
                place += 1
            first = place
            while place < len(findings) and findings[place].position < end:
                place += 1
            yield LocatedClaim(claim, position, tuple(findings[first:place]))

    def claims(self) -> Iterator[Claim]:
        """Each claim of an 837P, one at a time.

        Raises:
            InputError: the message is no 837P that we know.
        """
        for _, claim in read_claims(self._walked("837P", "a professional claim")):
            yield claim

    @cached_property
    def header(self) -> Batch:
        """The head of an 837P.

        Raises:
            InputError: the message is no 837P that we know.
        """
        return read_batch(self._walked("837P", "a professional claim"))

    def remittance(self) -> Remittance:
        """The remittance of an 835.

        Raises:
            InputError: the message is no 835 that we know.
        """
        self._walked("835", "a remittance")
        return self._located_remittance.remittance

    @cached_property
    def _located_remittance(self) -> LocatedRemittance:
        return read_remittance(self._walked("835", "a remittance"))

    def acknowledgement(self) -> SyntaxAcknowledgement:
        """The content of a 999.

        Raises:
            InputError: the message is no 999 that we know.
        """
        return read_acknowledgement(self._walked("999", "a syntax acknowledgement"))

    def claim_acknowledgement(self) -> ClaimAcknowledgement:
        """The content of a 277CA.

        Raises:
            InputError: the message is no 277CA that we know.
        """
        return read_claim_acknowledgement(self._walked("277CA", "a claim acknowledgement"))

    def _walked(self, name: str, words: str) -> Walk:
        if self.walked is None or self.name != name:
            raise InputError(
                f"message {self.control_number} is a {self.kind} of guide {self.guide or 'unknown'}, not {words}"
            )
        return self.walked


@dataclass
class ReceivedGroup:
    """One functional group (GS..GE).

    Attributes:
        date: GS04, None where it is not a day.
        is_supported: whether its guide is known and fits the functional id.
    """

    functional_id: str
    control_number: str
    gs_sender: str
    gs_receiver: str
    date: date | None
    time: str
    guide: str
    findings: tuple[SyntaxFinding, ...]
    messages: tuple[ReceivedMessage, ...]
    is_supported: bool

    @property
    def is_accepted(self) -> bool:
        """Whether nothing of its own and none of its messages is refused."""
        is_own = not any(finding.is_error for finding in self.findings)
        return is_own and all(message.is_accepted for message in self.messages)


@dataclass
class ReceivedInterchange:
    """One interchange (ISA..IEA). Ids are without the blanks that fill them up.

    Attributes:
        date, time: ISA09, ISA10 as sent (YYMMDD, HHMM).
        ta1: our answer to the envelope; send it when `wants_ta1`.
        answers: the TA1 segments that it brought.
    """

    control_number: str
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    date: str
    time: str
    version: str
    usage: str
    ack_requested: bool
    findings: tuple[SyntaxFinding, ...]
    ta1: InterchangeAnswer
    answers: tuple[InterchangeAnswer, ...]
    groups: tuple[ReceivedGroup, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether the envelope is not rejected."""
        return self.ta1.code != "R"

    @property
    def wants_ta1(self) -> bool:
        """Whether a TA1 is due: asked for or something is wrong; never for acknowledgements."""
        if self.answers or (
            self.groups and all(group.functional_id == "FA" for group in self.groups)
        ):
            return False
        return self.ack_requested or self.ta1.code != "A"

    @property
    def messages(self) -> Iterator[ReceivedMessage]:
        """The messages of all groups."""
        for group in self.groups:
            yield from group.messages


@dataclass
class Received:
    """A whole file. `encoding` is ascii, utf-8 or latin-1."""

    interchanges: tuple[ReceivedInterchange, ...]
    encoding: str

    @property
    def messages(self) -> Iterator[ReceivedMessage]:
        """The messages of all interchanges."""
        for interchange in self.interchanges:
            yield from interchange.messages

    @property
    def is_accepted(self) -> bool:
        """Whether nothing in it is rejected."""
        return all(
            i.is_accepted and all(g.is_accepted for g in i.groups) for i in self.interchanges
        )


def read_file(data: bytes, *, known: frozenset[str] | None = None) -> Received:
    """Read and check a whole file. Content never raises: it becomes findings.

    Args:
        known: names of the messages that the caller takes (`837P` ...); others are answered as unsupported.
            None: all that we know.

    Raises:
        InputError: the file is empty or holds no ISA; the message says what stands at byte 0.
    """
    found, encoding = read_interchanges(data)
    return Received(tuple(_interchange(raw, known) for raw in found), encoding)


def _interchange(raw: RawInterchange, known: frozenset[str] | None) -> ReceivedInterchange:
    head = raw.head
    extra, answer = judge(head, raw.defects)
    is_rejected = answer.code == "R"
    return ReceivedInterchange(
        control_number=head[12],
        sender_qualifier=head[4].strip(),
        sender_id=head[5].strip(),
        receiver_qualifier=head[6].strip(),
        receiver_id=head[7].strip(),
        date=head[8],
        time=head[9],
        version=head[11],
        usage=head[14],
        ack_requested=head[13] == "1",
        findings=tuple(to_finding(d) for d in [*raw.defects, *extra]),
        ta1=answer,
        answers=tuple(read_answer(elements) for elements in raw.answers),
        groups=tuple(_group(group, raw, known, is_rejected=is_rejected) for group in raw.groups),
    )


def _group(
    raw: RawGroup, outer: RawInterchange, known: frozenset[str] | None, *, is_rejected: bool
) -> ReceivedGroup:
    functional_id, gs_sender, gs_receiver, created, time, control, _, guide = raw.head
    is_rejected = is_rejected or any(d.is_error for d in raw.defects)
    message = _known(guide, known)
    return ReceivedGroup(
        functional_id=functional_id,
        control_number=control,
        gs_sender=gs_sender.strip(),
        gs_receiver=gs_receiver.strip(),
        date=day(created),
        time=time,
        guide=guide,
        findings=tuple(to_finding(d) for d in raw.defects),
        messages=tuple(
            _message(m, raw, outer, known, is_rejected=is_rejected) for m in raw.messages
        ),
        is_supported=message is not None and message.functional_id == functional_id,
    )


def _known(guide: str, names: frozenset[str] | None) -> MessageType | None:
    """The message that follows `guide`, if it is one of `names`."""
    found = SUPPORTED.get(guide)
    return found if found is None or names is None or found.name in names else None


def _message(
    raw: RawMessage,
    group: RawGroup,
    outer: RawInterchange,
    names: frozenset[str] | None,
    *,
    is_rejected: bool,
) -> ReceivedMessage:
    functional_id, guide = group.head[0], group.head[7]
    known = _known(guide, names)
    defects = list(raw.defects)
    walked: Walk | None = None
    if known is None:
        words = f"guide {guide or 'without a name'} is not supported"
        defects.append(Defect(1, "IK502", "I6", words, segment="ST", element=3, value=guide))
    elif known.st01 != raw.kind:
        words = f"a {raw.kind or 'nameless'} message stands in a group of guide {guide}"
        defects.append(Defect(1, "IK502", "6", words, segment="ST", element=1, value=raw.kind))
    elif known.functional_id != functional_id:
        words = f"a {raw.kind} stands in a {functional_id or 'nameless'} group, expected {known.functional_id}"
        defects.append(Defect(1, "IK502", "18", words, segment="ST", element=1, value=raw.kind))
    elif raw.guide and SUPPORTED.get(raw.guide) is not known:
        words = f"ST03 {raw.guide} is not the group's guide {guide}"
        defects.append(Defect(1, "IK502", "19", words, segment="ST", element=3, value=raw.guide))
    else:
        walked = walk(guide_for(known.name), raw.segments, outer.delimiters)
        check_levels(walked)
    message = ReceivedMessage(
        raw.kind, raw.guide or guide, raw.control_number, known is not None and known.st01 == raw.kind, (),
        False, len(raw.segments) + 1, raw, walked, known.name if known is not None and walked else "",
    )  # fmt: skip
    if walked is not None:
        _CHECKS.get(message.name, _nothing)(walked, message)
        defects += sorted(walked.defects, key=lambda d: d.position)
        if walked.dropped:
            words = f"{walked.dropped} more findings are not listed"
            defects.append(Defect(1, "IK502", "5", words, is_error=False))
    message.findings = tuple(to_finding(d) for d in defects)
    refusing = 2 if raw.kind == "837" else 3
    message.is_accepted = not is_rejected and not any(
        d.is_error and d.level <= refusing for d in defects
    )
    return message


def _check_837(walked: Walk, message: ReceivedMessage) -> None:
    del message
    checks.check(walked)


def _check_835(walked: Walk, message: ReceivedMessage) -> None:
    balance.check(walked, message._located_remittance)


def _nothing(walked: Walk, message: ReceivedMessage) -> None:
    del walked, message


_CHECKS: dict[str, Callable[[Walk, ReceivedMessage], None]] = {
    "837P": _check_837,
    "835": _check_835,
}


def to_finding(d: Defect) -> SyntaxFinding:
    """A wire defect as apps see it."""
    return SyntaxFinding(
        d.level, d.carrier, d.code, d.message, d.position, d.loop, d.segment, d.element, d.component, d.repeat,
        d.value[:MOST_VALUE], d.is_error,
    )  # fmt: skip

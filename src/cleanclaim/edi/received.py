"""What a file held, as received: its envelopes, messages, findings, and the values of the messages we know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from cleanclaim.edi.ack997.read import read_functional_acknowledgement
from cleanclaim.edi.ack999.read import read_acknowledgement
from cleanclaim.edi.claims.levels import read_batch
from cleanclaim.edi.claims.values import Batch, LocatedClaim
from cleanclaim.edi.eligibility.read import read_message as read_eligibility
from cleanclaim.edi.hc275 import read as hc275
from cleanclaim.edi.hc275.values import Attachment, AttachmentHead
from cleanclaim.edi.hc277ca.read import read_claim_acknowledgement
from cleanclaim.edi.hc820 import read as hc820
from cleanclaim.edi.hc834 import read as hc834
from cleanclaim.edi.hc835 import read as hc835
from cleanclaim.edi.hc837d import read as hc837d
from cleanclaim.edi.hc837i import read as hc837i
from cleanclaim.edi.hc837p import read as hc837p
from cleanclaim.edi.review.read import read_message as read_review
from cleanclaim.edi.status.read import read_message as read_claim_status
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.acknowledgement import (
    ClaimAcknowledgement,
    InterchangeAnswer,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.values.claim import Claim
from cleanclaim.values.eligibility import Eligibility
from cleanclaim.values.enrollment import Enrollment, Member
from cleanclaim.values.premium import PremiumPayment, PremiumRemittance
from cleanclaim.values.remittance import ClaimPayment, Remittance
from cleanclaim.values.review import Review
from cleanclaim.values.status import ClaimStatusMessage
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.walker import Walk

_CLAIMS = {
    "837P": hc837p.read_units,
    "837I": hc837i.read_units,
    "837D": hc837d.read_units,
}
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
        segments: as sent, ST first and SE left out, without terminators: position 1 is ST. Only where the whole
            file was read at once.
        claim_numbers: of an 837, CLM01 of the claim in which a finding lies, by `claim_numbers.claim_place`.
        unlisted_errors: how many more errors there were than `findings` lists.
    """

    kind: str
    guide: str
    control_number: str
    is_supported: bool
    findings: tuple[SyntaxFinding, ...]
    is_accepted: bool
    segment_count: int
    name: str = ""
    segments: list[str] = field(repr=False, default_factory=list)
    walked: Walk | None = field(repr=False, default=None)
    unlisted_errors: int = 0
    claim_numbers: Mapping[int, str] = field(repr=False, default_factory=dict)

    def located_claims(self) -> Iterator[LocatedClaim]:
        """Each claim of an 837 with its place and the findings about it, one at a time.

        Raises:
            InputError: the message is no 837 that we know.
        """
        result = self._walked_claims()
        findings = sorted((f for f in self.findings if f.position), key=lambda f: f.position)
        starts = [
            n
            for n, p in enumerate(result.places, 1)
            if p is not None and p.tag == "CLM" and p.starts_loop
        ]
        ends = [*starts[1:], len(result.places) + 1] if starts else []
        place = 0
        for (position, claim), end in zip(_CLAIMS[self.name](result), ends, strict=True):
            while place < len(findings) and findings[place].position < position:
                place += 1
            first = place
            while place < len(findings) and findings[place].position < end:
                place += 1
            yield LocatedClaim(claim, position, tuple(findings[first:place]))

    def claims(self) -> Iterator[Claim]:
        """Each claim of an 837, professional, institutional or dental, one at a time.

        Raises:
            InputError: the message is no 837 that we know.
        """
        result = self._walked_claims()
        for _, claim in _CLAIMS[self.name](result):
            yield claim

    @cached_property
    def header(self) -> Batch:
        """The head of an 837.

        Raises:
            InputError: the message is no 837 that we know.
        """
        return read_batch(self._walked_claims())

    def remittance(self) -> Remittance:
        """The remittance of an 835.

        Raises:
            InputError: the message is no 835 that we know.
        """
        return self._remittance

    @cached_property
    def _remittance(self) -> Remittance:
        return hc835.read_remittance(self._walked("835", "a remittance"))

    def remittance_head(self) -> Remittance:
        """The remittance of an 835 without its claims, for one that may have very many.

        Raises:
            InputError: the message is no 835 that we know.
        """
        return hc835.read_head(self._walked("835", "a remittance"))

    def claim_payments(self, span: tuple[int, int] | None = None) -> Iterator[ClaimPayment]:
        """Each claim of an 835, one at a time; with a span of `payment_spans` those in it.

        Raises:
            InputError: the message is no 835 that we know.
        """
        return hc835.read_payments(self._walked("835", "a remittance"), span)

    def payment_spans(self, count: int) -> list[tuple[int, int]]:
        """An 835 in spans of so many claims.

        Raises:
            InputError: the message is no 835 that we know.
        """
        return hc835.payment_spans(self._walked("835", "a remittance"), count)

    def enrollment(self) -> Enrollment:
        """The head of an 834.

        Raises:
            InputError: the message is no 834 that we know.
        """
        return hc834.read_head(self._walked("834", "an enrollment"))

    def members(self) -> Iterator[Member]:
        """Each member of an 834, one at a time.

        Raises:
            InputError: the message is no 834 that we know.
        """
        for _, member in hc834.read_units(self._walked("834", "an enrollment")):
            yield member

    def premium_payment(self) -> PremiumPayment:
        """The payment of an 820, with the organization's summary where there is one.

        Raises:
            InputError: the message is no 820 that we know.
        """
        return hc820.read_head(self._walked("820", "a premium payment"))

    def premium_remittances(self) -> Iterator[PremiumRemittance]:
        """Each person's remittance of an 820, one at a time.

        Raises:
            InputError: the message is no 820 that we know.
        """
        for _, remittance in hc820.read_units(self._walked("820", "a premium payment")):
            yield remittance

    def attachment_head(self) -> AttachmentHead:
        """The head of a 275.

        Raises:
            InputError: the message is no 275 that we know.
        """
        return hc275.read_head(self._walked("275", "an attachment"))

    def attachments(self) -> Iterator[Attachment]:
        """Each attachment of a 275, one at a time.

        Raises:
            InputError: the message is no 275 that we know.
        """
        for _, attachment in hc275.read_units(self._walked("275", "an attachment")):
            yield attachment

    def acknowledgement(self) -> SyntaxAcknowledgement:
        """The content of a 999 or 997.

        Raises:
            InputError: the message is no 999 or 997 that we know.
        """
        if self.name == "997":
            return read_functional_acknowledgement(self._walked("997", "an acknowledgement"))
        return read_acknowledgement(self._walked("999", "a syntax acknowledgement"))

    def claim_acknowledgement(self) -> ClaimAcknowledgement:
        """The content of a 277CA.

        Raises:
            InputError: the message is no 277CA that we know.
        """
        return read_claim_acknowledgement(self._walked("277CA", "a claim acknowledgement"))

    def _walked_claims(self) -> Walk:
        return self._walked(self.name if self.name in _CLAIMS else "837P", "a claim")

    def eligibility(self) -> Eligibility:
        """The whole 270 or 271.

        Raises:
            InputError: the message is none of them that we know.
        """
        return read_eligibility(self._walked("270", "an eligibility message", "271"))

    def claim_status(self) -> ClaimStatusMessage:
        """The whole 276 or 277.

        Raises:
            InputError: the message is none of them that we know.
        """
        return read_claim_status(self._walked("276", "a claim status message", "277"))

    def review(self) -> Review:
        """The whole 278, a request or a response.

        Raises:
            InputError: the message is no 278 that we know.
        """
        return read_review(self._walked("278-request", "a services review", "278-response"))

    def _walked(self, name: str, words: str, *others: str) -> Walk:
        if self.walked is None or self.name not in (name, *others):
            raise InputError(
                f"message {self.control_number} is a {self.kind} of guide {self.guide or 'unknown'}, not {words}"
            )
        return self.walked


class Unit(NamedTuple):
    """One typed value of a message: a claim, a payment, a member ...

    Attributes:
        message: name of the message, such as `837P`.
        control_number: ST02 of its message.
        position: number of its first segment within the message.
        findings: those about it that are known so far.
    """

    message: str
    control_number: str
    position: int
    value: object
    findings: tuple[SyntaxFinding, ...] = ()


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


def to_finding(d: Defect) -> SyntaxFinding:
    """A wire defect as apps see it."""
    return SyntaxFinding(
        d.level, d.carrier, d.code, d.message, d.position, d.loop, d.segment, d.element, d.component, d.repeat,
        d.value[:MOST_VALUE], d.is_error, d.rule, d.status,
    )  # fmt: skip


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

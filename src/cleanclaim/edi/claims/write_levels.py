"""From claims to an 837: one HL per billing provider, subscriber and patient, as far as neighbours are alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cleanclaim.edi.claims.values import Batch, Correspondent
from cleanclaim.edi.fields import ordered
from cleanclaim.edi.guides import guide_for
from cleanclaim.edi.parties import add_payer, add_person, add_provider, without_id
from cleanclaim.edi.writing import CarriedTable, LoopWriter, add_contact
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, Subscriber
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import ELEMENT, Envelope, Message, day8, segment, write_group

MOST_CLAIMS = 5000  # per message, as the guides recommend
_BILLING_LOOPS = ("2000A", "2010AA", "2010AB", "2010AC")
WriteClaim = Callable[[Guide, Claim, CarriedTable, list[str]], None]


@dataclass(frozen=True, slots=True)
class ClaimWriter:
    """Writes claims as one of the 837s.

    Attributes:
        name: the message, such as `837P`; `guide` the one that GS08 and ST03 name.
        write_claim: appends loop 2300 with all below it.
    """

    name: str
    guide: str
    write_claim: WriteClaim

    def __call__(
        self,
        claims: Sequence[Claim],
        *,
        envelope: Envelope,
        batch: Batch,
        delimiters: Delimiters | None = None,
        most_claims: int = MOST_CLAIMS,
    ) -> bytes:
        """The claims, in order, as one interchange; a new message begins after `most_claims` claims.

        The second and further messages' references are `batch.reference` with `-2`, `-3` ...

        Raises:
            InputError: there are no claims, one has another purpose than the batch, or data does not fit the format.
        """
        if not claims:
            raise InputError("no claims to write")
        for claim in claims:
            if claim.purpose is not batch.purpose:
                raise InputError(
                    f"claim {claim.control_number}: purpose {claim.purpose.value}, the batch has {batch.purpose.value}",
                    hint="Send chargeable claims and encounters in separate batches",
                )
        return write_group(
            self._messages(claims, batch, most_claims),
            envelope=envelope,
            functional_id="HC",
            guide=self.guide,
            delimiters=delimiters,
        )

    def _messages(
        self, claims: Sequence[Claim], batch: Batch, most_claims: int
    ) -> Iterator[Message]:
        for part, start in enumerate(range(0, len(claims), most_claims), 1):
            named = batch if part == 1 else replace(batch, reference=f"{batch.reference}-{part}")
            segments = self._message(claims[start : start + most_claims], named)
            yield Message("837", segments, self.guide)

    def _message(self, claims: Sequence[Claim], batch: Batch) -> list[str]:
        guide = guide_for(self.name)
        out = [
            segment("BHT", "0019", batch.transaction_type, batch.reference, day8(batch.created_on),
                    batch.created_at, batch.purpose.value)
        ]  # fmt: skip
        extras = ordered(batch.carried)
        LoopWriter(guide, "837", out, extras.get(("837", 1), ())).done()
        _correspondent(guide, "1000A", "41", batch.submitter, extras, out)
        _correspondent(guide, "1000B", "40", batch.receiver, extras, out)
        levels = _Levels(guide, out)
        for claim in claims:
            levels.open_for(claim)
            self.write_claim(guide, claim, levels.extras, out)
        levels.close()
        return out


def _correspondent(
    guide: Guide, loop_id: str, code: str, who: Correspondent, extras: CarriedTable, out: list[str]
) -> None:
    loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, 1), ()))
    kind = "1" if who.is_person else "2"
    loop.add(
        "NM1", code, kind, who.name, who.first_name, who.middle_name, "", "", "46", who.identifier
    )
    add_contact(loop, "IC", who.contact)
    loop.done()


def _hl(number: int, above: int | str, level: str, has_below: str) -> str:
    return f"HL{ELEMENT}{number}{ELEMENT}{above}{ELEMENT}{level}{ELEMENT}{has_below}"


class _Levels:
    """The open HLs. A level is written again only where its text differs from the one before."""

    def __init__(self, guide: Guide, out: list[str]) -> None:
        self.guide = guide
        self.out = out
        self.count = 0
        self.billing_key: tuple[object, ...] = ()
        self.subscriber: list[str] = []
        self.patient: list[str] = []
        self.numbers = [0, 0]  # HL01 of the open billing provider and subscriber
        self.subscriber_at = -1  # where in `out` its HL stands, until HL04 is known
        self.has_patients = False
        self.extras: CarriedTable = {}

    def open_for(self, claim: Claim) -> None:
        """Open the levels that the claim needs."""
        self.extras = ordered(claim.carried)
        above = tuple([c for c in claim.carried if c.loop in _BILLING_LOOPS])
        key = (claim.billing, claim.pay_to, above)
        if key != self.billing_key:
            self.close()
            self.billing_key = key
            self.numbers[0] = self._next()
            self.out.append(_hl(self.numbers[0], "", "20", "1"))
            self._billing(claim)
            self.subscriber = []
        text = self._subscriber_text(claim)
        if text != self.subscriber:
            self.close()
            self.subscriber, self.patient = text, []
            self.numbers[1] = self._next()
            self.subscriber_at = len(self.out)
            self.out.append("")
            self.out += text
        if claim.patient is not None:
            self._open_patient(claim)

    def close(self) -> None:
        """Settle the open subscriber's HL04."""
        if self.subscriber_at >= 0:
            has = "1" if self.has_patients else "0"
            head = _hl(self.numbers[1], self.numbers[0], "22", has)
            self.out[self.subscriber_at] = head
        self.subscriber_at, self.has_patients = -1, False

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _loop(self, loop_id: str, out: list[str]) -> LoopWriter:
        extras = self.extras.get((loop_id, 1), ()) if self.extras else ()
        return LoopWriter(self.guide, loop_id, out, extras)

    def _billing(self, claim: Claim) -> None:
        loop = self._loop("2000A", self.out)
        if claim.billing.taxonomy:
            loop.add("PRV", "BI", "PXC", claim.billing.taxonomy)
        loop.done()
        loop = self._loop("2010AA", self.out)
        add_provider(loop, claim.billing)
        loop.done()
        if claim.pay_to is not None:
            loop = self._loop("2010AB", self.out)
            add_provider(loop, claim.pay_to)
            loop.done()
        self._loop("2010AC", self.out).done()

    def _subscriber_text(self, claim: Claim) -> list[str]:
        out: list[str] = []
        who: Subscriber = claim.subscriber
        loop = self._loop("2000B", out)
        is_self = "" if claim.patient is not None else who.relationship
        loop.add("SBR", who.payer_order, is_self, who.group_number, who.group_name, who.insurance_type,
                 "", "", "", who.filing_indicator)  # fmt: skip
        if who.person.died_on:
            loop.add("PAT", "", "", "", "", "D8", day8(who.person.died_on))
        loop.done()
        loop = self._loop("2010BA", out)
        add_person(loop, "IL", who.person, is_organization=who.is_organization)
        loop.done()
        loop = self._loop("2010BB", out)
        add_payer(loop, claim.payer)
        loop.done()
        return out

    def _open_patient(self, claim: Claim) -> None:
        person = claim.patient
        assert person is not None
        out: list[str] = []
        loop = self._loop("2000C", out)
        died = ("", "", "", "D8", day8(person.died_on)) if person.died_on else ()
        loop.add("PAT", claim.patient_relationship, *died)
        loop.done()
        loop = self._loop("2010CA", out)
        add_person(loop, "QC", without_id(person))
        loop.done()
        if out != self.patient:
            self.patient = out
            self.has_patients = True
            self.out.append(_hl(self._next(), self.numbers[1], "23", "0"))
            self.out += out

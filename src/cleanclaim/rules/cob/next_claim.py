"""The claim to the next payer, with what the payers before it did.

Per earlier payer one loop 2320 (who holds the coverage, what it paid, its claim-level adjustments) and, where its
answer can be told apart by line, one loop 2430 per line and part of it. Every answer balances in itself, so the
claim does too, payer by payer:

    line charge = what the payer paid for it + its adjustments there
    what it paid (AMT*D) = the sum of its lines' payments less its claim-level adjustments
    claim charge = what it paid + all its adjustments

What the answer has at the claim stays at the claim, what it has at a line stays there. Where its lines cannot be
told apart, everything goes to the claim level, so that nothing is guessed. What does not balance is not built:
`problem` says why.

The patient's remaining part (AMT*EAF) stands at the lines; where the payer left some of it at the claim, the
whole of it stands at the claim, as in the guide's third example.

Sources: ASC X12N 005010X222A1 and 005010X223A2, section 1.4.1 and loops 2320, 2330, 2430; balancing 1.4.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.cob.answers import (
    PayerAnswer,
    merged,
    parts_by_line,
    standing_answer,
)
from cleanclaim.rules.cob.medicare import with_reason, without_reason
from cleanclaim.values.adjustment import adjusted, left_to_patient
from cleanclaim.values.claim import (
    Carried,
    Claim,
    LineAdjudication,
    OtherCoverage,
    Procedure,
    Subscriber,
)
from cleanclaim.values.party import Payer, Person, Reference
from cleanclaim.values.remittance import ClaimPayment, LinePayment

ORDERS = "PSTABCDEFGH"  # SBR01 by place
BUNDLED = "97"
MOA_REMARKS = (3, 4, 5, 6, 7)
MIA_REMARKS = (5, 20, 21, 22, 23)
_OF_FORMER_PAYER = frozenset(("2000B", "2010BA", "2010BB"))


@dataclass(frozen=True, slots=True)
class NextCoverage:
    """The coverage that the claim goes to next; `relationship` is the patient's to its holder."""

    payer: Payer
    subscriber: Subscriber
    relationship: str = "18"


@dataclass(frozen=True, slots=True)
class NextClaim:
    """The claim to the next payer, or why there is none. `notes`: what a person may want to know."""

    claim: Claim | None
    problem: str = ""
    notes: tuple[str, ...] = ()


def next_claim(
    claim: Claim,
    answers: Sequence[PayerAnswer],
    coverage: NextCoverage,
    *,
    later: Sequence[OtherCoverage] = (),
    insurance_type: str = "",
) -> NextClaim:
    """The claim that goes to `coverage` after the payers of `answers`, in their order.

    `claim` is any version of it; amounts of earlier payers on it are left behind. `later` are coverages behind
    this one. `insurance_type` is the number (SBR05) of why Medicare is not the first payer.
    """
    if not answers:
        return NextClaim(None, "no payer has answered the claim yet")
    ids = [one.payer.payer_id for one in answers]
    others: list[OtherCoverage] = []
    by_line: dict[int, tuple[LineAdjudication, ...]] = {}
    notes: list[str] = []
    for place, answer in enumerate(answers):
        told = _Told.of(claim, answer, has_own_id=bool(ids[place]) and ids.count(ids[place]) == 1)
        if told.problem:
            return NextClaim(None, told.problem)
        notes.extend(told.notes)
        others.append(replace(told.coverage, subscriber=_other(told.coverage.subscriber, place)))
        for line_place, parts in told.lines.items():
            by_line[line_place] = by_line.get(line_place, ()) + parts
    rank = len(answers)
    behind = [
        replace(one, subscriber=_other(one.subscriber, rank + 1 + place))
        for place, one in enumerate(later)
    ]
    built = _addressed(without_reason(claim), coverage, rank)
    built = replace(
        built,
        other_coverages=(*others, *behind),
        lines=tuple(
            replace(line, adjudications=by_line.get(place, ()), authorization_number="")
            for place, line in enumerate(built.lines)
        ),
    )
    built = with_reason(built, insurance_type)
    if unbalanced := out_of_balance(built):
        raise InvariantError(f"claim {claim.control_number} to the next payer: {unbalanced}")
    return NextClaim(built, notes=tuple(notes))


def out_of_balance(claim: Claim) -> str:
    """Where what an earlier payer did is not the charge, in words; empty where all of it balances."""
    for other in claim.other_coverages:
        if other.paid is None or other.non_covered is not None:
            continue
        number = other.payer.payer_id
        parts = [
            (line, [one for one in line.adjudications if one.payer_id == number])
            for line in claim.lines
        ]
        for line, mine in parts:
            explained = total(one.paid + adjusted(one.adjustments) for one in mine)
            if mine and explained != line.charge:
                return f"{other.payer.name}, line {line.number}: {show(explained)} of {show(line.charge)}"
        paid = total(one.paid for _, mine in parts for one in mine)
        at_claim = adjusted(other.adjustments)
        if any(mine for _, mine in parts) and other.paid != paid - at_claim:
            return f"{other.payer.name}: paid {show(other.paid)}, its lines {show(paid - at_claim)}"
        at_lines = total(adjusted(one.adjustments) for _, mine in parts for one in mine)
        if other.paid + at_claim + at_lines != claim.charge:
            return f"{other.payer.name}: {show(other.paid + at_claim + at_lines)} of {show(claim.charge)}"
    return ""


@dataclass(frozen=True, slots=True)
class _Told:
    """One payer's answer as loops 2320 and 2430."""

    coverage: OtherCoverage
    lines: dict[int, tuple[LineAdjudication, ...]]
    problem: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, claim: Claim, answer: PayerAnswer, *, has_own_id: bool) -> "_Told":
        bare = OtherCoverage(
            answer.subscriber,
            replace(answer.payer, contact=None, references=_of_payer(answer.payer)),
            benefits_assigned=claim.benefits_assigned,
            release_of_information=claim.release_of_information,
        )
        if answer.is_not_billed:
            return cls(replace(bare, non_covered=claim.charge), {})
        payment = standing_answer(answer.payments, charge=claim.charge)
        problem = _problem(claim, answer, payment)
        if problem or payment is None:
            return cls(bare, {}, problem)
        bare = replace(
            bare,
            paid=payment.paid,
            claim_control_number=payment.payer_control_number[:50],
            carried=medicare_remarks(payment, is_institutional=claim.institutional is not None),
        )
        parts = parts_by_line(claim, payment) if has_own_id and payment.lines else None
        if parts is None:
            return _at_the_claim(bare, answer, payment)
        return _line_by_line(bare, claim, answer, payment, parts)


def medicare_remarks(payment: ClaimPayment, *, is_institutional: bool) -> tuple[Carried, ...]:
    """MIA and MOA of an answer as loop 2320 repeats them; MIA stands on institutional claims only.

    Their layout is the 835's, but the second amount of MIA has no place there.
    """
    found: list[tuple[str, ...]] = []
    codes = list(payment.remark_codes)
    told = {str(one.elements[0]): [str(e) for e in one.elements] for one in payment.carried}
    if inpatient := told.get("MIA"):
        row = [*inpatient, *[""] * (25 - len(inpatient))]
        free = [place for place in MIA_REMARKS if not row[place]]
        for place, code in zip(free, codes, strict=False):
            row[place] = code
        row[2], codes = "", []
        if is_institutional and row[1]:
            found.append(tuple(row))
    if codes or "MOA" in told:
        row = [*told.get("MOA", ["MOA"]), *[""] * 10][:10]
        free = [place for place in MOA_REMARKS if not row[place]]
        for place, code in zip(free, codes, strict=False):
            row[place] = code
        found.append(tuple(row))
    return tuple(Carried("2320", _trimmed(row)) for row in found)


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    last = max(place for place, element in enumerate(row) if element)
    return tuple(row[: last + 1])


def _of_payer(payer: Payer) -> tuple[Reference, ...]:
    """The payer's own further numbers; others in its loop are numbers that it gave to the provider."""
    return tuple(one for one in payer.references if one.qualifier in ("2U", "EI", "FY", "NF"))


def _problem(claim: Claim, answer: PayerAnswer, payment: ClaimPayment | None) -> str:
    name = answer.payer.name
    if payment is None:
        return f"{name} has taken its answer back and given no other"
    if payment.difference:
        return f"the answer of {name} is out of balance by {show(payment.difference)}"
    if payment.charge != claim.charge:
        return f"{name} answered a charge of {show(payment.charge)}, the claim's is {show(claim.charge)}"
    return "" if answer.paid_on else f"the day on which {name} decided is not known"


def _at_the_claim(bare: OtherCoverage, answer: PayerAnswer, payment: ClaimPayment) -> _Told:
    adjustments = merged(payment.all_adjustments)
    whole = replace(
        bare,
        adjustments=adjustments,
        patient_owes=left_to_patient(adjustments),
        paid_on=answer.paid_on,
    )
    note = f"{answer.payer.name}: its answer is told for the claim as a whole"
    return _Told(whole, {}, notes=(note,) if payment.lines else ())


def _line_by_line(
    bare: OtherCoverage,
    claim: Claim,
    answer: PayerAnswer,
    payment: ClaimPayment,
    parts: dict[int, list[LinePayment]],
) -> _Told:
    at_claim = merged(payment.adjustments)
    left_at_claim = left_to_patient(at_claim)
    owes = left_to_patient(payment.all_adjustments) if left_at_claim else None
    lines = {
        place: tuple(
            _adjudication(claim, place, part, parts, answer, says_owed=owes is None)
            for part in mine
        )
        for place, mine in parts.items()
    }
    return _Told(replace(bare, adjustments=at_claim, patient_owes=owes), lines)


def _adjudication(
    claim: Claim,
    place: int,
    part: LinePayment,
    parts: dict[int, list[LinePayment]],
    answer: PayerAnswer,
    *,
    says_owed: bool,
) -> LineAdjudication:
    line = claim.lines[place]
    adjustments = merged(part.adjustments)
    is_by_revenue = part.procedure.qualifier == "NU"
    return LineAdjudication(
        payer_id=answer.payer.payer_id,
        paid=part.paid,
        procedure=Procedure("") if is_by_revenue else part.procedure,
        quantity=Decimal(1) if part.quantity is None else part.quantity,
        adjustments=adjustments,
        paid_on=answer.paid_on,
        bundled_into_line=_bundled_into(claim, place, part, parts),
        patient_owes=left_to_patient(adjustments) if says_owed else None,
        revenue_code=part.procedure.code if is_by_revenue else line.revenue_code,
    )


def _bundled_into(
    claim: Claim, place: int, part: LinePayment, parts: dict[int, list[LinePayment]]
) -> int | None:
    """The number of the line that this one was paid with: same paid procedure, other line, money there."""
    if part.paid or not any(a.reason == BUNDLED for a in part.adjustments):
        return None
    if part.submitted is None or part.submitted.code == part.procedure.code:
        return None
    for other, theirs in sorted(parts.items()):
        if other != place and any(
            one.procedure.code == part.procedure.code and one.paid > ZERO for one in theirs
        ):
            return claim.lines[other].number
    return None


def _ranked(subscriber: Subscriber, place: int) -> Subscriber:
    return replace(subscriber, payer_order=ORDERS[min(place, len(ORDERS) - 1)])


def _other(subscriber: Subscriber, place: int) -> Subscriber:
    """A holder as loop 2330A has them: name, number, address, but neither birth date nor sex."""
    person = subscriber.person
    kept = tuple(one for one in person.references if one.qualifier == "SY")
    bare = replace(person, born_on=None, sex="", died_on=None, references=kept)
    return _ranked(replace(subscriber, person=bare), place)


def _addressed(claim: Claim, coverage: NextCoverage, rank: int) -> Claim:
    """The claim with the next payer, its holder and the patient's place; what only the former payer knows is gone."""
    patient = claim.patient_person
    holder = coverage.subscriber.person
    is_self = coverage.relationship in ("18", "")
    if is_self:
        holder = _same_person(patient, holder)
    subscriber = replace(
        _ranked(coverage.subscriber, rank),
        person=holder,
        relationship="18" if is_self else "",
        insurance_type="",
    )
    return replace(
        claim,
        subscriber=subscriber,
        payer=coverage.payer,
        patient=None if is_self else replace(patient, member_id="", references=()),
        patient_relationship="" if is_self else coverage.relationship,
        frequency_code="1",
        original_payer_number="",
        clearinghouse_number="",
        authorization_number="",
        referral_number="",
        carried=tuple(one for one in claim.carried if one.loop not in _OF_FORMER_PAYER),
    )


def _same_person(patient: Person, holder: Person) -> Person:
    """The patient, under the number that the next payer knows them by."""
    return replace(
        patient,
        last_name=holder.last_name or patient.last_name,
        first_name=holder.first_name or patient.first_name,
        middle_name=holder.middle_name or patient.middle_name,
        member_id=holder.member_id,
        id_qualifier=holder.id_qualifier,
        address=holder.address or patient.address,
        born_on=holder.born_on or patient.born_on,
        sex=holder.sex or patient.sex,
        references=holder.references,
    )


def holder_of(claim: Claim) -> Subscriber:
    """Who holds the coverage that the claim goes to, with the patient's relationship to them."""
    relationship = claim.patient_relationship if claim.patient else claim.subscriber.relationship
    return replace(claim.subscriber, relationship=relationship or "18")


def patient_left(answer: PayerAnswer, *, charge: Decimal) -> Decimal:
    """What the payer's standing answer to a claim of this charge leaves to the patient."""
    payment = standing_answer(answer.payments, charge=charge)
    return ZERO if payment is None else left_to_patient(payment.all_adjustments)

"""Level 4 of all claims: patient and subscriber, the order of payers, what earlier payers answered."""

import re
from collections.abc import Iterator

from cleanclaim.edi.checks.claim_balance import answers, payer_id
from cleanclaim.edi.checks.code_forms import day_of
from cleanclaim.edi.checks.problem import (
    Problem,
    lacks,
    lacks_element,
    unwanted,
    unwanted_element,
    wrong,
)
from cleanclaim.edi.checks.registry import CLAIMS, loop_check
from cleanclaim.edi.checks.unit import Unit, child, first, value
from cleanclaim.edi.fields import at
from cleanclaim.wire.x12.tree import Block

_CLAIM = ("2300",)
_SUBSCRIBER = ("2000B",)
_MEDICARE = ("MA", "MB")
_BOX = re.compile(r"\b(?:P\.? ?O\.? ?|POST OFFICE |LOCK ?)BOX\b", re.IGNORECASE)


def patient_of(unit: Unit) -> Block | None:
    """The block that names the patient: 2010CA, or 2010BA where the patient is the subscriber."""
    if unit.above("2000C") is not None:
        return child(unit.above("2000C"), "2010CA")
    return child(unit.above("2000B"), "2010BA")


@loop_check(
    "subscriber-relationship", 4, CLAIMS, _CLAIM,
    "SBR02 is 18 (self) exactly where the claim stands under the subscriber.", status="21",
)  # fmt: skip
def subscriber_relationship(unit: Unit, claim: Block) -> Iterator[Problem]:
    """SBR02 = 18 if and only if there is no patient level."""
    subscriber = unit.above("2000B")
    sbr = first(subscriber, "SBR")
    if subscriber is None or sbr is None:
        return
    if unit.above("2000C") is None and at(sbr, 2) != "18":
        yield lacks_element(subscriber, sbr, 2, "expected 18: the claim is the subscriber's own, no patient level follows")  # fmt: skip
    elif unit.above("2000C") is not None and at(sbr, 2) == "18":
        yield unwanted_element(subscriber, sbr, 2, "expected empty: the claim is a patient's of a level below")  # fmt: skip


@loop_check(
    "subscriber-as-patient", 4, CLAIMS, _CLAIM,
    "A subscriber who is the patient has an address, a birth date and a sex.", status="126",
)  # fmt: skip
def subscriber_as_patient(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2010BA N3, N4 and DMG where there is no patient level."""
    if unit.above("2000C") is not None:
        return
    subscriber = child(unit.above("2000B"), "2010BA")
    if subscriber is None:
        return
    for tag, status in (("N3", "126"), ("N4", "126"), ("DMG", "158")):
        if first(subscriber, tag) is None:
            yield lacks(subscriber, tag, f"{tag} is required: the subscriber is the patient", status=status)  # fmt: skip


@loop_check("subscriber-member-number", 4, CLAIMS, ("2010BA",), "A person who is the subscriber has a member number.", status="164")  # fmt: skip
def subscriber_member_number(unit: Unit, block: Block) -> Iterator[Problem]:
    """NM108 and NM109 where NM102 is 1."""
    head = block.segments[0]
    if at(head, 2) == "1" and not at(head, 9):
        yield lacks_element(block, head, 9, "a person has a member number")


@loop_check("group-number-or-name", 4, CLAIMS, ("2000B", "2320"), "A group has its number or, for want of one, its name.", is_error=False)  # fmt: skip
def group_number_or_name(unit: Unit, block: Block) -> Iterator[Problem]:
    """SBR04 only where SBR03 is empty."""
    sbr = first(block, "SBR")
    if sbr is not None and at(sbr, 3) and at(sbr, 4):
        yield unwanted_element(block, sbr, 4, "the group's name is sent only where its number is not known")  # fmt: skip


@loop_check(
    "medicare-secondary-kind", 4, ("837P",), _SUBSCRIBER,
    "Where Medicare is billed after another payer, SBR05 says why, and only there.",
)  # fmt: skip
def medicare_secondary_kind(unit: Unit, block: Block) -> Iterator[Problem]:
    """SBR05 where SBR09 is MA or MB and SBR01 is not P."""
    sbr = first(block, "SBR")
    if sbr is None:
        return
    is_second = at(sbr, 9) in _MEDICARE and at(sbr, 1) != "P"
    if is_second and not at(sbr, 5):
        yield lacks_element(
            block, sbr, 5, "Medicare is not the first payer here: why not is missing"
        )
    elif at(sbr, 5) and not is_second:
        yield unwanted_element(block, sbr, 5, "only where Medicare is billed after another payer", is_error=False)  # fmt: skip


@loop_check(
    "payer-order", 4, CLAIMS, _CLAIM, "Each rank (primary, secondary ...) is taken by one payer of the claim.", status="171"
)  # fmt: skip
def payer_order(unit: Unit, claim: Block) -> Iterator[Problem]:
    """SBR01 is unique over 2000B and the 2320s, unless U."""
    seen = {value(unit.above("2000B"), 1, "SBR")}
    for other in claim.children("2320"):
        sbr = other.segments[0]
        rank = at(sbr, 1)
        if rank in seen and rank not in ("", "U"):
            yield wrong(
                other, sbr, 1, "this rank is another payer's of the same claim", category="A8"
            )
        seen.add(rank)


@loop_check(
    "earlier-payer-missing", 4, CLAIMS, _CLAIM, "A claim to a secondary payer names the primary one.", status="171"
)  # fmt: skip
def earlier_payer_missing(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2320 with P where 2000B says S."""
    rank = value(unit.above("2000B"), 1, "SBR")
    others = {at(other.segments[0], 1) for other in claim.children("2320")}
    if rank == "S" and "P" not in others:
        yield lacks(
            claim, "SBR", "the payer billed here is secondary: its primary is missing (2320)"
        )
    if rank == "T" and not others:
        yield lacks(claim, "SBR", "the payer billed here is third: the others are missing (2320)")


@loop_check(
    "other-payer-decision-date", 4, CLAIMS, _CLAIM,
    "A payer that decided says when: at the claim, or with each line it answered, not both.", status="286",
)  # fmt: skip
def other_payer_decision_date(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*573 in 2330B where AMT*D stands and no 2430 of the payer."""
    for other in claim.children("2320"):
        payer = child(other, "2330B")
        if payer is None or first(other, "AMT", "D") is None:
            continue
        dated = first(payer, "DTP", "573")
        by_line = answers(claim, other)
        if dated is None and not by_line:
            yield lacks(payer, "DTP", "the payer decided the claim: the day is missing (573)")
        elif dated is not None and by_line:
            yield unwanted(payer, dated, "its lines already say when it decided", is_error=False)


@loop_check(
    "other-payer-amount-paid", 4, CLAIMS, _CLAIM,
    "A payer that adjusted or answered lines says what it paid, be it 0.", status="286",
)  # fmt: skip
def other_payer_amount_paid(unit: Unit, claim: Block) -> Iterator[Problem]:
    """AMT*D where the payer has CAS, DTP*573 or a 2430."""
    for other in claim.children("2320"):
        if first(other, "AMT", "D") is not None:
            continue
        has_decided = (
            first(other, "CAS") is not None
            or first(child(other, "2330B"), "DTP", "573") is not None
            or answers(claim, other)
        )
        if has_decided:
            yield lacks(other, "AMT", "the payer decided the claim: what it paid is missing (D)")


@loop_check(
    "line-answer-of-a-payer", 4, CLAIMS, _CLAIM, "A line's answer names one of the claim's other payers.", status="286"
)  # fmt: skip
def line_answer_of_a_payer(unit: Unit, claim: Block) -> Iterator[Problem]:
    """SVD01 is a 2330B's NM109."""
    payers = {payer_id(other) for other in claim.children("2320")}
    for line in claim.children("2400"):
        for block in line.children("2430"):
            head = block.segments[0]
            if at(head, 1) not in payers:
                yield wrong(block, head, 1, "no other payer of this claim has this number (2330B)", category="A8")  # fmt: skip


@loop_check(
    "other-payer-number-twice", 4, CLAIMS, _CLAIM, "The other payers of a claim have numbers of their own.", status="153"
)  # fmt: skip
def other_payer_number_twice(unit: Unit, claim: Block) -> Iterator[Problem]:
    """NM109 of the 2330Bs is unique where lines are answered."""
    seen: set[str] = set()
    for other in claim.children("2320"):
        payer = child(other, "2330B")
        if payer is None:
            continue
        if payer_id(other) in seen and answers(claim, other):
            yield wrong(payer, payer.segments[0], 9, "another payer of this claim has the same number, and lines are answered by it")  # fmt: skip
        seen.add(payer_id(other))


@loop_check("billing-street", 4, CLAIMS, ("2010AA",), "The billing provider's address is a street; a box belongs to the pay-to address.", status="503")  # fmt: skip
def billing_street(unit: Unit, block: Block) -> Iterator[Problem]:
    """2010AA N3 is no post office box."""
    n3 = first(block, "N3")
    for element in (1, 2):
        if n3 is not None and _BOX.search(at(n3, element)):
            yield wrong(block, n3, element, "expected a street: a box belongs to the pay-to address (2010AB)")  # fmt: skip


@loop_check(
    "full-zip", 4, CLAIMS, ("2010AA", "2310C", "2310E"), "Billing provider and service facility have all nine digits of the ZIP code.",
    is_error=False, status="500",
)  # fmt: skip
def full_zip(unit: Unit, block: Block) -> Iterator[Problem]:
    """N403 of 2010AA and of the service facility has nine digits in the United States."""
    if block.id != "2010AA" and at(block.segments[0], 1) != "77":
        return
    n4 = first(block, "N4")
    if n4 is not None and at(n4, 4) in ("", "US") and len(at(n4, 3)) == 5:
        yield wrong(block, n4, 3, "expected all nine digits of the ZIP code")


@loop_check(
    "billing-npi", 4, CLAIMS, ("2010AA",), "A billing provider that may have an NPI has one.", is_error=False, status="562"
)  # fmt: skip
def billing_npi(unit: Unit, block: Block) -> Iterator[Problem]:
    """NM109 of 2010AA."""
    head = block.segments[0]
    if not at(head, 9):
        yield lacks_element(block, head, 9, "an NPI, unless the provider cannot have one")


@loop_check(
    "billing-tax-number",
    4,
    CLAIMS,
    ("2010AA",),
    "The billing provider has a tax number.",
    status="128",
)
def billing_tax_number(unit: Unit, block: Block) -> Iterator[Problem]:
    """REF*EI, or REF*SY for a person."""
    if first(block, "REF", "EI", "SY") is None:
        yield lacks(block, "REF", "the billing provider's tax number is missing (EI or SY)")


@loop_check(
    "period-in-order",
    4,
    CLAIMS,
    ("2300", "2400"),
    "A period ends on or after the day it begins.",
    status="187",
)
def period_in_order(unit: Unit, block: Block) -> Iterator[Problem]:
    """RD8: first day not after the last."""
    for elements in block.segments:
        if elements[0] == "DTP" and at(elements, 2) == "RD8":
            begin, end = day_of(at(elements, 3))
            if begin and end and end < begin:
                yield wrong(block, elements, 3, "ends before it begins")


@loop_check("service-in-the-future", 4, CLAIMS, ("2300", "2400"), "Services lie on or before the day of the message.", is_error=False, status="510")  # fmt: skip
def service_in_the_future(unit: Unit, block: Block) -> Iterator[Problem]:
    """DTP*472 and DTP*434 not after the message."""
    dated = first(block, "DTP", "472", "434")
    if dated is None or unit.on is None:
        return
    begin, end = day_of(at(dated, 3))
    last = end or begin
    if last is not None and last > unit.on:
        yield wrong(block, dated, 3, f"after the day of the message, {unit.on}")


@loop_check(
    "birth-before-service", 4, CLAIMS, ("2400",), "Nobody is treated before birth.", status="158"
)
def birth_before_service(unit: Unit, line: Block) -> Iterator[Problem]:
    """DMG02 of the patient not after DTP*472 of the line."""
    born, _ = day_of(value(patient_of(unit), 2, "DMG"))
    dated = first(line, "DTP", "472")
    if born is None or dated is None:
        return
    begin, _ = day_of(at(dated, 3))
    if begin is not None and begin < born:
        yield wrong(
            line, dated, 3, f"before the patient was born, {born}", status="187", category="A8"
        )


@loop_check("property-claim-number", 4, CLAIMS, _CLAIM, "A workers' compensation claim names the insurer's claim number.", is_error=False)  # fmt: skip
def property_claim_number(unit: Unit, claim: Block) -> Iterator[Problem]:
    """REF*Y4 of the patient where SBR09 is WC."""
    patient = patient_of(unit)
    if value(unit.above("2000B"), 9, "SBR") == "WC" and patient is not None and first(patient, "REF", "Y4") is None:  # fmt: skip
        yield lacks(
            patient, "REF", "the workers' compensation insurer's claim number is missing (Y4)"
        )

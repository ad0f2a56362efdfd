"""Level 4 of all claims, and of professional ones: what something on the claim makes necessary or excludes."""

from collections.abc import Iterator

from cleanclaim.edi.checks.coverage_situations import patient_of
from cleanclaim.edi.checks.problem import (
    Problem,
    lacks,
    lacks_element,
    unwanted_element,
    wrong,
)
from cleanclaim.edi.checks.registry import CLAIMS, loop_check
from cleanclaim.edi.checks.unit import Unit, child, each, first, value
from cleanclaim.edi.fields import ZERO, amount, at, whole
from cleanclaim.wire.x12.tree import Block

_CLAIM = ("2300",)
_P = ("837P",)
_P_D = ("837P", "837D")
_SENT_APART = frozenset({"BM", "EL", "EM", "FX", "FT"})


@loop_check(
    "replaced-claim-number", 4, CLAIMS, _CLAIM,
    "A claim that replaces or voids another one names the payer's number of that one.", status="464",
)  # fmt: skip
def replaced_claim_number(unit: Unit, claim: Block) -> Iterator[Problem]:
    """REF*F8 where CLM05-3 is 7 or 8."""
    if unit.part(at(claim.segments[0], 5), 3) in ("7", "8") and first(claim, "REF", "F8") is None:
        yield lacks(claim, "REF", "a replacement or void names the payer's claim number (F8)")


@loop_check(
    "report-number", 4, CLAIMS, ("2300", "2400"),
    "A report that is sent apart from the claim has a number to find it by.", status="21",
)  # fmt: skip
def report_number(unit: Unit, block: Block) -> Iterator[Problem]:
    """PWK05 and PWK06 where PWK02 is BM, EL, EM, FX or FT."""
    for pwk in each(block, "PWK"):
        if at(pwk, 2) in _SENT_APART and not at(pwk, 6):
            yield lacks_element(block, pwk, 6, "the report is sent apart: its number is missing")


@loop_check(
    "accident-date",
    4,
    _P_D,
    _CLAIM,
    "A claim after an accident says on which day it was.",
    status="21",
)
def accident_date(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*439 where CLM11 says AA or OA; EM may be an illness."""
    causes = set(unit.parts(at(claim.segments[0], 11))[:3])
    if first(claim, "DTP", "439") is None and causes & {"AA", "OA", "EM"}:
        is_sure = bool(causes & {"AA", "OA"})
        yield lacks(claim, "DTP", "the day of the accident is missing (439)", is_error=is_sure)


@loop_check(
    "accident-state",
    4,
    _P_D,
    _CLAIM,
    "A claim after a car accident says in which state it was.",
    status="21",
)
def accident_state(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CLM11-4 where CLM11 says AA; in the United States and Canada."""
    head = claim.segments[0]
    parts = [*unit.parts(at(head, 11)), "", "", "", "", ""]
    if "AA" in parts[:3] and not parts[3] and parts[4] in ("", "US", "CA"):
        yield lacks_element(
            claim, head, 11, "the state of the car accident is missing", component=4
        )


@loop_check("admission-date", 4, _P, _CLAIM, "A claim for treatment of a hospital inpatient says when the stay began.", status="189")  # fmt: skip
def admission_date(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*435 where the place is 21."""
    if unit.part(at(claim.segments[0], 5), 1) == "21" and first(claim, "DTP", "435") is None:
        yield lacks(
            claim, "DTP", "place 21, a hospital stay: the day of admission is missing (435)"
        )


@loop_check(
    "diagnosis-pointer", 4, _P_D, ("2400",), "A line's diagnosis pointers point at diagnoses of the claim.", status="477"
)  # fmt: skip
def diagnosis_pointer(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV107, SV311: 1 to the number of diagnoses in HI."""
    claim = unit.above("2300")
    hi = first(claim, "HI")
    if claim is None or hi is None:
        return
    count = 0
    for elements in each(claim, "HI"):
        count += sum(unit.part(e, 1) in ("ABK", "BK", "ABF", "BF", "TQ") for e in elements[1:])
    service, place = (first(line, "SV1"), 7) if unit.message == "837P" else (first(line, "SV3"), 11)
    if service is None:
        return
    for number, pointer in enumerate(unit.parts(at(service, place)), 1):
        if pointer and not 1 <= whole(pointer) <= count:
            words = f"expected 1 to {count}, a diagnosis of this claim"
            yield wrong(line, service, place, words, component=number, value=pointer, category="A8")


@loop_check(
    "line-number-twice",
    4,
    CLAIMS,
    _CLAIM,
    "The provider's numbers of a claim's lines differ.",
    status="247",
)
def line_number_twice(unit: Unit, claim: Block) -> Iterator[Problem]:
    """REF*6R is unique within the claim."""
    seen: set[str] = set()
    for line in claim.children("2400"):
        ref = first(line, "REF", "6R")
        if ref is not None:
            if at(ref, 2) in seen:
                yield wrong(line, ref, 2, "another line of this claim has the same number")
            seen.add(at(ref, 2))


@loop_check(
    "referring-order",
    4,
    _P_D,
    _CLAIM,
    "A primary care provider is named after the referring one, not instead.",
)
def referring_order(unit: Unit, claim: Block) -> Iterator[Problem]:
    """NM1*P3 only after NM1*DN, at the claim and in its lines."""
    for block in (claim, *claim.children("2400")):
        kinds = [(b, at(b.segments[0], 1)) for b in block.blocks if b.id in ("2310A", "2420F")]
        if kinds and kinds[0][1] == "P3":
            inner = kinds[0][0]
            yield wrong(
                inner, inner.segments[0], 1, "expected DN first: the referring provider", code="I12"
            )


@loop_check(
    "rendering-is-billing", 4, _P_D, _CLAIM, "A rendering provider is named only where it is not the billing provider.",
    is_error=False,
)  # fmt: skip
def rendering_is_billing(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2310B NM109 differs from 2010AA's; 2420A's from 2310B's."""
    billing = value(child(unit.above("2000A"), "2010AA"), 9, "NM1")
    own = child(claim, "2310B")
    number = value(own, 9, "NM1")
    if own is not None and number and number == billing:
        yield unwanted_element(
            own, own.segments[0], 9, "the billing provider itself: named once is enough"
        )
    for line in claim.children("2400"):
        rendering = child(line, "2420A")
        same = value(rendering, 9, "NM1")
        if rendering is not None and same and same == (number or billing):
            yield unwanted_element(rendering, rendering.segments[0], 9, "the claim's own provider: named once is enough")  # fmt: skip


@loop_check(
    "screening-referral",
    4,
    _P,
    _CLAIM,
    "A claim with a child's screening (EPSDT) says whether it led to a referral.",
)
def screening_referral(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CRC*ZZ where a line has SV111 = Y; CRC03 = NU exactly where CRC02 = N."""
    crc = first(claim, "CRC", "ZZ")
    if crc is None:
        if any(value(line, 11, "SV1") == "Y" for line in claim.children("2400")):
            yield lacks(claim, "CRC", "a screening (SV111 is Y): its referral is missing (ZZ)")
    elif (at(crc, 2) == "N") != ("NU" in crc[3:6]):
        yield wrong(claim, crc, 3, "expected NU (not used) exactly where nobody was referred", category="A8")  # fmt: skip


@loop_check("last-period-in-pregnancy", 4, _P, _CLAIM, "A claim about a pregnancy says when the last period was.", is_error=False)  # fmt: skip
def last_period(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*484 where PAT09 is Y."""
    level = unit.above("2000C") or unit.above("2000B")
    if value(level, 9, "PAT") == "Y" and first(claim, "DTP", "484") is None:
        yield lacks(claim, "DTP", "pregnant (PAT09): the day of the last period is missing (484)")


@loop_check("pregnant-patient", 4, _P, _CLAIM, "A pregnant patient is not male.", status="157")
def pregnant_patient(unit: Unit, claim: Block) -> Iterator[Problem]:
    """PAT09 = Y with DMG03 = M."""
    level, patient = unit.above("2000C") or unit.above("2000B"), patient_of(unit)
    dmg = first(patient, "DMG")
    if value(level, 9, "PAT") == "Y" and patient is not None and dmg and at(dmg, 3) == "M":
        yield wrong(patient, dmg, 3, "male, but pregnant by PAT09", category="A8")


@loop_check("spinal-condition-date", 4, _P, _CLAIM, "Medicare asks when an acute condition of the spine began.", is_error=False)  # fmt: skip
def spinal_condition_date(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*453 where CR208 is A or M and Medicare is billed."""
    is_medicare = value(unit.above("2000B"), 9, "SBR") == "MB"
    if is_medicare and value(claim, 8, "CR2") in ("A", "M") and first(claim, "DTP", "453") is None:
        yield lacks(claim, "DTP", "an acute condition: the day it began is missing (453)")


@loop_check(
    "purchased-from", 4, _P, ("2400",), "A purchased service names whom it was bought from."
)
def purchased_from(unit: Unit, line: Block) -> Iterator[Problem]:
    """2420B where PS1 stands."""
    if first(line, "PS1") is not None and child(line, "2420B") is None:
        yield lacks(line, "NM1", "a purchased service (PS1): who sold it is missing (QB)")


@loop_check(
    "line-units",
    4,
    CLAIMS,
    ("2400",),
    "A line is about more than nothing.",
    is_error=False,
    status="476",
)
def line_units(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV104, SV205, SV306 above zero."""
    for elements in line.segments:
        place = {"SV1": 4, "SV2": 5, "SV3": 6}.get(elements[0])
        if place is not None:
            count = amount(at(elements, place))
            if count is not None and count <= ZERO:
                yield wrong(line, elements, place, "expected more than zero")


@loop_check(
    "paid-by-patient",
    4,
    CLAIMS,
    _CLAIM,
    "A patient does not pay more than the charge.",
    is_error=False,
    status="21",
)
def paid_by_patient(unit: Unit, claim: Block) -> Iterator[Problem]:
    """AMT*F5 (F3 on institutional claims) at most CLM02."""
    paid_at = first(claim, "AMT", "F5", "F3")
    paid, charge = amount(value(claim, 2, "AMT", "F5", "F3")), amount(at(claim.segments[0], 2))
    if paid_at is not None and paid is not None and charge is not None and paid > charge:
        yield wrong(claim, paid_at, 2, f"more than the claim's charge {charge}")

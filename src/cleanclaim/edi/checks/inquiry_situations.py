"""Level 4 of questions and answers: eligibility (270/271), claim status (276/277), review of services (278)."""

from collections.abc import Iterator

from cleanclaim.edi.checks.code_forms import day_of
from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, wrong
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.edi.checks.unit import Unit, child, each, first
from cleanclaim.edi.fields import amount, at
from cleanclaim.wire.x12.tree import Block

_WITH_AMOUNT = frozenset({"B", "C", "G", "J", "Y"})
_COINSURANCE = "A"
_CERTIFIED = frozenset({"A1", "A2", "A6"})
_NOT_CERTIFIED = frozenset({"A3"})
_PAID = "F1"


def _is_above_patient(unit: Unit, person: Block) -> bool:
    """Whether this subscriber is not the patient: a dependent's level stands below."""
    if person.id != "2100C":
        return False
    subscriber = _holder(unit.path, person)
    return (
        subscriber is None
        or subscriber.segments[0][4:5] == ["1"]
        or bool(subscriber.children("2000D"))
    )


def _holder(blocks: list[Block], wanted: Block) -> Block | None:
    """The block among these, or below them, that holds the wanted one."""
    for block in blocks:
        if any(inner is wanted for inner in block.blocks):
            return block
        found = _holder(block.blocks, wanted)
        if found is not None:
            return found
    return None


@loop_check(
    "inquiry-asks-something",
    4,
    ("270",),
    ("2100C", "2100D"),
    "An inquiry about a person asks for something.",
)
def inquiry_asks(unit: Unit, person: Block) -> Iterator[Problem]:
    """2110 EQ under the patient: the dependent, or the subscriber who has none."""
    inner = "2110C" if person.id == "2100C" else "2110D"
    if not _is_above_patient(unit, person) and child(person, inner) is None:
        yield lacks(person, "EQ", "what is asked about the patient is missing (EQ)")


@loop_check(
    "inquiry-service",
    4,
    ("270",),
    ("2110C", "2110D"),
    "An inquiry names a kind of service or a procedure.",
)
def inquiry_service(unit: Unit, block: Block) -> Iterator[Problem]:
    """EQ01 or EQ02."""
    eq = first(block, "EQ")
    if eq is not None and not at(eq, 1) and not at(eq, 2):
        yield lacks_element(block, eq, 1, "a kind of service (EQ01) or a procedure (EQ02)")


@loop_check("inquiry-person", 4, ("270",), ("2100C", "2100D"), "A person asked about can be found: number, name, birth date.", is_error=False)  # fmt: skip
def inquiry_person(unit: Unit, person: Block) -> Iterator[Problem]:
    """At least two of NM109, NM103 with NM104, DMG02."""
    head = person.segments[0]
    dmg = first(person, "DMG")
    known = [
        bool(at(head, 9)),
        bool(at(head, 3) and at(head, 4)),
        dmg is not None and bool(at(dmg, 2)),
    ]
    if sum(known) < 2 and not _is_above_patient(unit, person):
        yield lacks_element(person, head, 9, "two of member number, whole name and birth date")


@loop_check("benefit-amount", 4, ("271",), ("2110C", "2110D"), "A copayment, deductible or limit has its amount, a coinsurance its part.")  # fmt: skip
def benefit_amount(unit: Unit, block: Block) -> Iterator[Problem]:
    """EB07 where EB01 is B, C, G, J or Y (unless a quantity is given); EB08 where it is A."""
    eb = first(block, "EB")
    if eb is None:
        return
    if at(eb, 1) in _WITH_AMOUNT and not at(eb, 7) and not at(eb, 10):
        yield lacks_element(
            block, eb, 7, f"benefit {eb[1]} has an amount", is_error=at(eb, 1) in "BCG"
        )
    if at(eb, 1) == _COINSURANCE and not at(eb, 8):
        yield lacks_element(block, eb, 8, "a coinsurance has its part of the charge")


@loop_check(
    "coinsurance-part",
    4,
    ("271",),
    ("2110C", "2110D"),
    "A coinsurance is a part of one: .2 is 20 percent.",
)
def coinsurance_part(unit: Unit, block: Block) -> Iterator[Problem]:
    """EB08 from 0 to 1."""
    eb = first(block, "EB")
    part = amount(at(eb, 8)) if eb is not None else None
    if eb is not None and part is not None and not 0 <= part <= 1:
        yield wrong(block, eb, 8, "expected a part from 0 to 1")


@loop_check("eligibility-answered", 4, ("271",), ("2100C", "2100D"), "A person asked about is answered by benefits or by a rejection.")  # fmt: skip
def eligibility_answered(unit: Unit, person: Block) -> Iterator[Problem]:
    """2110 EB or AAA; a subscriber above a dependent needs neither."""
    inner = "2110C" if person.id == "2100C" else "2110D"
    is_above = _is_above_patient(unit, person)
    if not is_above and child(person, inner) is None and first(person, "AAA") is None:
        yield lacks(person, "EB", "neither benefits (EB) nor a rejection (AAA)")


@loop_check("rejection-reason", 4, ("271", "278-response"), ("2000A", "2100A", "2000B", "2100B", "2100C", "2100D", "2110C", "2110D", "2000E", "2000F"), "A rejection says why and what to do.")  # fmt: skip
def rejection_reason(unit: Unit, block: Block) -> Iterator[Problem]:
    """AAA03, and AAA04 where AAA01 is N."""
    for aaa in each(block, "AAA"):
        if not at(aaa, 3):
            yield lacks_element(block, aaa, 3, "the reason of the rejection")
        if at(aaa, 1) == "N" and not at(aaa, 4):
            yield lacks_element(block, aaa, 4, "what the sender should do", is_error=False)


@loop_check(
    "status-inquiry-period",
    4,
    ("276",),
    ("2200D", "2200E"),
    "A question about a claim says when the service was.",
)
def status_inquiry_period(unit: Unit, block: Block) -> Iterator[Problem]:
    """DTP*472 at the claim or at each of its lines."""
    if first(block, "DTP", "472") is not None:
        return
    lines = [b for b in block.blocks if b.id in ("2210D", "2210E")]
    if not lines or any(first(line, "DTP", "472") is None for line in lines):
        yield lacks(
            block, "DTP", "the days of service are missing, at the claim and at its lines (472)"
        )


@loop_check("paid-status", 4, ("277",), ("2200D", "2200E"), "A paid claim says how much, and when it was decided.", is_error=False)  # fmt: skip
def paid_status(unit: Unit, block: Block) -> Iterator[Problem]:
    """STC05 and STC06 where the category is F1."""
    for stc in each(block, "STC"):
        if unit.part(at(stc, 1), 1) == _PAID:
            for place, words in ((5, "the amount paid"), (6, "the day it was decided")):
                if not at(stc, place):
                    yield lacks_element(block, stc, place, f"a paid claim: {words}")


@loop_check(
    "status-of-a-claim",
    4,
    ("277", "277CA"),
    ("2200D", "2200E"),
    "An answer about a claim has a status.",
)
def status_of_a_claim(unit: Unit, block: Block) -> Iterator[Problem]:
    """STC."""
    if first(block, "STC") is None:
        yield lacks(block, "STC", "the claim's status is missing")


@loop_check("review-decision", 4, ("278-response",), ("2000E", "2000F"), "A certified service has a number, a refused one a reason.")  # fmt: skip
def review_decision(unit: Unit, block: Block) -> Iterator[Problem]:
    """HCR02 where HCR01 is A1, A2 or A6; HCR03 where it is A3."""
    hcr = first(block, "HCR")
    if hcr is None:
        return
    if at(hcr, 1) in _CERTIFIED and not at(hcr, 2):
        yield lacks_element(block, hcr, 2, "certified: the certification number")
    if at(hcr, 1) in _NOT_CERTIFIED and not at(hcr, 3):
        yield lacks_element(block, hcr, 3, "not certified: the reason")


@loop_check(
    "review-days",
    4,
    ("278-request", "278-response"),
    ("2000E", "2000F"),
    "A period ends on or after the day it begins.",
)
def review_days(unit: Unit, block: Block) -> Iterator[Problem]:
    """RD8: first day not after the last."""
    for dtp in each(block, "DTP"):
        if at(dtp, 2) == "RD8":
            begin, end = day_of(at(dtp, 3))
            if begin and end and end < begin:
                yield wrong(block, dtp, 3, "ends before it begins")


@loop_check(
    "admission-review",
    4,
    ("278-request",),
    ("2000E",),
    "A request for an admission says when it is and of what kind.",
)
def admission_review(unit: Unit, block: Block) -> Iterator[Problem]:
    """DTP*435 and CL1 where UM01 is AR."""
    um = first(block, "UM")
    if um is None or at(um, 1) != "AR":
        return
    if first(block, "DTP", "435") is None:
        yield lacks(block, "DTP", "an admission review: the day of admission is missing (435)")
    if first(block, "CL1") is None:
        yield lacks(
            block, "CL1", "an admission review: the kind of admission is missing", is_error=False
        )

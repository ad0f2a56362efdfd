"""Level 4 of the remittance (835): how it is paid, what a claim's status asks for, reasons that need remarks; and level 5 of PLB."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from cleanclaim.edi.checks.code_forms import PROVIDER_ADJUSTMENTS, day_of
from cleanclaim.edi.checks.problem import (
    Problem,
    lacks,
    lacks_element,
    unwanted,
    unwanted_element,
    wrong,
)
from cleanclaim.edi.checks.registry import loop_check, message_check, segment_check
from cleanclaim.edi.checks.unit import Unit, each, first
from cleanclaim.edi.fields import ZERO, Elements, at, dollars
from cleanclaim.wire.x12.elements import is_digits
from cleanclaim.wire.x12.tree import Block

_835 = ("835",)
_ROOT = ("835",)
_CLAIM = ("2100",)
_BANKED = ("ACH", "BOP", "FWT")
_BANK_ELEMENTS = (6, 7, 8, 9, 10, 12, 13, 14, 15)
_FORWARDED = ("19", "20", "21", "23")
# Reasons that say themselves that at least one remark must go with them (X12 code list 139, by number).
NEEDS_REMARK = frozenset(
    {"16", "96", "129", "148", "226", "227", "234", "237", "250", "251", "252", "267", "A1"}
)
_MOST_OPEN = 10_000  # reversals that wait for their correction; more are not compared
_FACILITY_INPATIENT = frozenset({"11", "18", "21", "41"})


@loop_check(
    "payment-bank",
    4,
    _835,
    _ROOT,
    "A payment by bank names both banks, accounts and the payer's number.",
)
def payment_bank(unit: Unit, root: Block) -> Iterator[Problem]:
    """BPR06-10 and 12-15 where BPR04 is ACH, BOP or FWT; none of them for a check."""
    bpr = first(root, "BPR")
    if bpr is None:
        return
    if at(bpr, 4) in _BANKED:
        for place in _BANK_ELEMENTS:
            if not at(bpr, place):
                yield lacks_element(root, bpr, place, f"paid by {bpr[4]}: required")
    elif at(bpr, 4) == "CHK" and at(bpr, 13):
        yield unwanted_element(root, bpr, 13, "a check goes to no account", is_error=False)


@loop_check(
    "payment-format", 4, _835, _ROOT, "A payment through the clearing house says in which format."
)
def payment_format(unit: Unit, root: Block) -> Iterator[Problem]:
    """BPR05 exactly where BPR04 is ACH."""
    bpr = first(root, "BPR")
    if bpr is not None and at(bpr, 4) == "ACH" and not at(bpr, 5):
        yield lacks_element(root, bpr, 5, "paid by ACH: its format is missing (CCP or CTX)")


@loop_check(
    "no-payment", 4, _835, _ROOT, "Without a payment the amount is 0, and with 0 nothing is paid."
)
def no_payment(unit: Unit, root: Block) -> Iterator[Problem]:
    """BPR01 H, BPR04 NON and BPR02 0 go together."""
    bpr = first(root, "BPR")
    if bpr is None:
        return
    is_zero = not dollars(at(bpr, 2))
    if not is_zero and (at(bpr, 1) == "H" or at(bpr, 4) == "NON"):
        yield wrong(root, bpr, 2, "expected 0: a notice without a payment (H, NON)")
    elif is_zero and at(bpr, 4) not in ("NON", "CHK"):
        yield wrong(root, bpr, 4, "expected NON: nothing is paid", is_error=False)


@loop_check(
    "payer-number",
    4,
    _835,
    _ROOT,
    "The payer's number of the trace is 1 and its tax number, the same as with the bank.",
)
def payer_number(unit: Unit, root: Block) -> Iterator[Problem]:
    """TRN03 = 1 + nine digits; BPR10 the same where it stands."""
    trn, bpr = first(root, "TRN"), first(root, "BPR")
    if trn is None:
        return
    number = at(trn, 3)
    if not (len(number) == 10 and number[0] == "1" and is_digits(number)):
        yield wrong(
            root, trn, 3, "expected 1 and the payer's nine digit tax number", is_error=False
        )
    if bpr is not None and at(bpr, 10) and at(bpr, 10) != number:
        yield wrong(root, bpr, 10, f"expected TRN03, {number}")


@loop_check(
    "payer-contact",
    4,
    _835,
    ("1000A",),
    "The payer says whom to ask about technical matters.",
    is_error=False,
)
def payer_contact(unit: Unit, block: Block) -> Iterator[Problem]:
    """PER*BL has a channel."""
    for per in each(block, "PER", "BL"):
        if at(per, 4):
            return
    yield lacks(block, "PER", "whom to ask about technical matters is missing (BL)")


@loop_check(
    "payee-tax-number",
    4,
    _835,
    ("1000B",),
    "A payee named by its NPI also has its tax number.",
    is_error=False,
)
def payee_tax_number(unit: Unit, block: Block) -> Iterator[Problem]:
    """REF*TJ where N103 is not FI."""
    if at(block.segments[0], 3) != "FI" and first(block, "REF", "TJ") is None:
        yield lacks(block, "REF", "the payee's tax number is missing (TJ)")


@loop_check(
    "inpatient-or-outpatient",
    4,
    _835,
    _CLAIM,
    "A claim was adjudicated as inpatient or as outpatient, not both.",
)
def inpatient_or_outpatient(unit: Unit, claim: Block) -> Iterator[Problem]:
    """MIA or MOA; MIA only with an inpatient type of bill."""
    mia, moa = first(claim, "MIA"), first(claim, "MOA")
    if mia is not None and moa is not None:
        yield unwanted(claim, moa, "inpatient (MIA) and outpatient (MOA) exclude each other")
    facility = at(claim.segments[0], 8)
    if mia is not None and facility and facility not in _FACILITY_INPATIENT:
        yield unwanted(
            claim, mia, f"inpatient figures on a claim of place or bill {facility}", is_error=False
        )


@loop_check(
    "bill-frequency",
    4,
    _835,
    _CLAIM,
    "A claim's frequency goes with its place or type of bill.",
    is_error=False,
)
def bill_frequency(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CLP09 only with CLP08."""
    head = claim.segments[0]
    if at(head, 9) and not at(head, 8):
        yield lacks_element(
            claim, head, 8, "a frequency is given (CLP09): its place or type of bill is missing"
        )


@loop_check("forwarded-to", 4, _835, _CLAIM, "A claim that was forwarded names to whom.")
def forwarded_to(unit: Unit, claim: Block) -> Iterator[Problem]:
    """NM1*TT where CLP02 is 19, 20, 21 or 23."""
    head = claim.segments[0]
    if at(head, 2) in _FORWARDED and first(claim, "NM1", "TT") is None:
        yield lacks(claim, "NM1", f"forwarded (status {head[2]}): the next payer is missing (TT)")


@loop_check("unpaid-status", 4, _835, _CLAIM, "A denied claim and an estimate pay nothing.")
def unpaid_status(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CLP04 is 0 where CLP02 is 25, or (mostly) 4."""
    head = claim.segments[0]
    if dollars(at(head, 4)) and at(head, 2) in ("4", "25"):
        yield wrong(
            claim, head, 4, f"expected 0 with status {head[2]}", is_error=at(head, 2) == "25"
        )


@loop_check(
    "reversal-sign",
    4,
    _835,
    _CLAIM,
    "A reversal takes back: its amounts are not above zero.",
    is_error=False,
)
def reversal_sign(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CLP03 and CLP04 at most 0 where CLP02 is 22."""
    head = claim.segments[0]
    if at(head, 2) == "22":
        for place in (3, 4):
            if dollars(at(head, place)) > ZERO:
                yield wrong(claim, head, place, "expected zero or less: a reversal")


@loop_check(
    "patient-part",
    4,
    _835,
    _CLAIM,
    "What the patient owes is the sum of the adjustments of group PR.",
    is_error=False,
)
def patient_part(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CLP05 = sum of CAS with CAS01 PR."""
    head = claim.segments[0]
    if not at(head, 5) or at(head, 2) == "22":
        return
    owed = sum((_of_patient(block) for block in (claim, *claim.blocks)), ZERO)
    if owed != dollars(head[5]):
        yield wrong(claim, head, 5, f"expected {owed}, the adjustments of group PR")


def _of_patient(block: Block) -> Decimal:
    return sum((dollars(money) for cas in each(block, "CAS", "PR") for money in cas[3::3]), ZERO)


@loop_check(
    "reason-with-remark", 4, _835, _CLAIM, "A reason that lacks information says by a remark which."
)
def reason_with_remark(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CAS reasons such as 16 need LQ at the line, or MIA, MOA at the claim."""
    at_claim = any(code for tag in ("MIA", "MOA") for e in each(claim, tag) for code in _remarks(e))
    for block in (claim, *claim.children("2110")):
        if at_claim or first(block, "LQ", "HE", "RX") is not None:
            continue
        for cas in each(block, "CAS"):
            for place in range(2, len(cas), 3):
                if cas[place] in NEEDS_REMARK:
                    yield wrong(
                        block, cas, place, f"reason {cas[place]} needs a remark code", code="I12"
                    )


def _remarks(elements: Elements) -> Iterator[str]:
    places = range(3, 8) if elements[0] == "MOA" else (5, 20, 21, 22, 23)
    return (at(elements, place) for place in places)


@loop_check("zero-adjustment", 4, _835, ("2100", "2110"), "An adjustment is not 0.", is_error=False)
def zero_adjustment(unit: Unit, block: Block) -> Iterator[Problem]:
    """CAS03, 06 ... differ from 0."""
    for cas in each(block, "CAS"):
        for place in range(3, len(cas), 3):
            if cas[place] and not dollars(cas[place]):
                yield wrong(block, cas, place, "an adjustment of 0 says nothing")


@loop_check(
    "payment-line-date",
    4,
    _835,
    ("2110",),
    "A line says when the service was, unless the claim does.",
)
def payment_line_date(unit: Unit, line: Block) -> Iterator[Problem]:
    """DTM*472 or 150 with 151, unless the claim has 232 and 233; a beginning has an end."""
    claim = unit.path[-1]
    begin, end = first(line, "DTM", "150"), first(line, "DTM", "151")
    if (begin is None) != (end is None):
        yield lacks(line, "DTM", "a period has its first day (150) and its last (151)")
    elif begin is not None and end is not None:
        starts, ends = day_of(at(begin, 2))[0], day_of(at(end, 2))[0]
        if starts and ends and ends < starts:
            yield wrong(line, end, 2, "ends before it begins")
    elif first(line, "DTM", "472") is None and first(claim, "DTM", "232", "233") is None:
        yield lacks(line, "DTM", "the day of service is missing, here (472) and at the claim (232)")


@message_check("reversal-with-correction", 4, _835, _CLAIM, "A claim that was taken back is corrected in the same remittance.", is_error=False)  # fmt: skip
class ReversalWithCorrection:
    """CLP02 22 is followed by a claim with the same CLP01."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[Block, Elements]] = {}

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Open with the reversal, close with the correction."""
        head = block.segments[0]
        number = at(head, 1)
        if at(head, 2) != "22":
            self.open.pop(number, None)
        elif len(self.open) < _MOST_OPEN:
            shown = Block(block.id, block.position, [head], positions=block.positions[:1])
            self.open[number] = (shown, head)
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Those that nobody corrected."""
        for block, head in self.open.values():
            yield wrong(block, head, 1, "taken back, but not corrected in this remittance")


@message_check("interest-total", 4, _835, _CLAIM, "Interest named at claims is paid by a provider adjustment (L6).", is_error=False)  # fmt: skip
class InterestTotal:
    """Sum of AMT*I = - sum of PLB L6."""

    def __init__(self) -> None:
        self.interest = ZERO

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Add one claim's interest."""
        self.interest += sum((dollars(at(amt, 2)) for amt in each(block, "AMT", "I")), ZERO)
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Compare, where claims name interest."""
        root = unit.path[0]
        paid = ZERO
        last: Elements | None = None
        for plb in each(root, "PLB"):
            for place in range(3, len(plb), 2):
                if unit.part(plb[place], 1) == "L6":
                    paid -= dollars(at(plb, place + 1))
                    last = plb
        if self.interest and paid != self.interest:
            words = f"claims name {self.interest} of interest, provider adjustments (L6) pay {paid}"
            if last is None:
                yield lacks(root, "PLB", words)
            else:
                yield wrong(root, last, 4, words)


@segment_check(
    "provider-adjustment-reason",
    5,
    _835,
    ("PLB",),
    "The reason of a provider adjustment is one that the guide names.",
    is_error=False,
)
def check_provider_adjustments(unit: Unit, block: Block, elements: Elements) -> Iterable[Problem]:
    """PLB03-1, 05-1 ... 13-1."""
    found: tuple[Problem, ...] = ()
    for place in range(3, min(len(elements), 14), 2):
        code = unit.part(elements[place], 1)
        if code and code not in PROVIDER_ADJUSTMENTS:
            words = "not a reason of a provider adjustment that we know"
            found += (wrong(block, elements, place, words, component=1, value=code),)
    return found

"""Level 4 of institutional claims: the stay, its hours and codes, who attended and operated."""

from collections.abc import Iterator
from datetime import timedelta

from cleanclaim.edi.checks.code_forms import day_of
from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, unwanted_element, wrong
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.edi.checks.unit import Unit, child, each, first, value
from cleanclaim.edi.fields import at
from cleanclaim.wire.x12.tree import Block

_I = ("837I",)
_CLAIM = ("2300",)
# Types of bill (first two digits).
INPATIENT = frozenset({"11", "18", "21", "41"})
_WITH_HOURS = frozenset({"11", "18", "41"})  # a skilled nursing facility counts days only
_OUTPATIENT = frozenset({"13", "14", "71", "73", "74", "75", "76", "77", "78", "83", "85"})
_EMERGENCY_ROOMS = ("045", "0516", "0526", "0762")
_DIAGNOSES = frozenset({"ABK", "BK", "ABF", "BF"})
_PROCEDURES = frozenset({"BBR", "BR", "BBQ", "BQ"})
_AMBULANCE = "054"


def bill(unit: Unit, claim: Block) -> str:
    """The first two digits of the type of bill."""
    return unit.part(at(claim.segments[0], 5), 1)


def _frequency(unit: Unit, claim: Block) -> str:
    return unit.part(at(claim.segments[0], 5), 3)


def _revenues(claim: Block) -> list[str]:
    return [value(line, 1, "SV2") for line in claim.children("2400")]


@loop_check("inpatient-admission", 4, _I, _CLAIM, "An inpatient stay says when it began, and at a hospital at what hour.", status="189")  # fmt: skip
def inpatient_admission(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*435 on inpatient bills; with the hour (DT) unless skilled nursing."""
    kind, admitted = bill(unit, claim), first(claim, "DTP", "435")
    if kind in INPATIENT and admitted is None:
        yield lacks(claim, "DTP", "an inpatient bill: the day of admission is missing (435)")
    elif kind in _WITH_HOURS and admitted is not None and at(admitted, 2) != "DT":
        yield wrong(claim, admitted, 2, "expected DT: a hospital stay says the hour of admission", is_error=False, status="230")  # fmt: skip


@loop_check(
    "discharge-hour",
    4,
    _I,
    _CLAIM,
    "The last bill of a hospital stay says at what hour it ended.",
    status="233",
)
def discharge_hour(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*096 where the frequency is 1 or 4 and the patient has left."""
    is_last = _frequency(unit, claim) in ("1", "4") and value(claim, 3, "CL1") != "30"
    if bill(unit, claim) in _WITH_HOURS and is_last and first(claim, "DTP", "096") is None:
        yield lacks(claim, "DTP", "the last bill of a stay: the hour of discharge is missing (096)")


@loop_check("patient-still-there", 4, _I, _CLAIM, "A patient who is still there has no final bill, and one who left no interim bill.", status="234")  # fmt: skip
def patient_still_there(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CL103 is 30 exactly on interim bills (frequency 2 and 3) of inpatients."""
    cl1 = first(claim, "CL1")
    if cl1 is None or bill(unit, claim) not in INPATIENT:
        return
    frequency, is_there = _frequency(unit, claim), at(cl1, 3) == "30"
    if is_there and frequency in ("1", "4"):
        yield wrong(claim, cl1, 3, "still a patient (30) on a final bill", category="A8")
    elif not is_there and frequency in ("2", "3"):
        yield wrong(claim, cl1, 3, "expected 30: still a patient, since more bills follow", category="A8", is_error=False)  # fmt: skip


@loop_check("admission-source", 4, _I, _CLAIM, "A bill says where the patient came from, except laboratory work for others.", status="229")  # fmt: skip
def admission_source(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CL102, except on bills 14x."""
    cl1 = first(claim, "CL1")
    if cl1 is not None and not at(cl1, 2) and bill(unit, claim) != "14":
        yield lacks_element(claim, cl1, 2, "where the patient came from is missing", is_error=False)


@loop_check(
    "admitting-diagnosis",
    4,
    _I,
    _CLAIM,
    "A hospital admission says why the patient was admitted.",
    status="232",
)
def admitting_diagnosis(unit: Unit, claim: Block) -> Iterator[Problem]:
    """HI*ABJ (or BJ) on bills 11x."""
    kinds = {unit.part(at(hi, 1), 1) for hi in each(claim, "HI")}
    if bill(unit, claim) == "11" and not kinds & {"ABJ", "BJ"}:
        yield lacks(claim, "HI", "a hospital admission: the admitting diagnosis is missing (ABJ)")


@loop_check(
    "reason-for-visit",
    4,
    _I,
    _CLAIM,
    "An unplanned outpatient visit says why the patient came.",
    is_error=False,
)
def reason_for_visit(unit: Unit, claim: Block) -> Iterator[Problem]:
    """HI*APR on bills 13x, 78x, 85x with an emergency room's revenue code and admission type 1, 2 or 5."""
    is_unplanned = bill(unit, claim) in ("13", "78", "85") and value(claim, 1, "CL1") in (
        "1",
        "2",
        "5",
    )
    kinds = {unit.part(at(hi, 1), 1) for hi in each(claim, "HI")}
    has_room = any(code.startswith(_EMERGENCY_ROOMS) for code in _revenues(claim))
    if is_unplanned and has_room and not kinds & {"APR", "PR"}:
        yield lacks(claim, "HI", "an unplanned visit: the patient's reason is missing (APR)")


@loop_check("present-on-admission", 4, _I, _CLAIM, "Each diagnosis of a hospital stay says whether it was there on admission; some are exempt.", is_error=False)  # fmt: skip
def present_on_admission(unit: Unit, claim: Block) -> Iterator[Problem]:
    """Component 9 of principal and other diagnoses on bills 11x."""
    if bill(unit, claim) != "11":
        return
    for hi in each(claim, "HI"):
        for place, text in enumerate(hi[1:], 1):
            parts = unit.parts(text)
            if parts[0] in _DIAGNOSES and not (len(parts) > 8 and parts[8]):
                yield lacks_element(claim, hi, place, "present on admission, unless the diagnosis is exempt", component=9)  # fmt: skip


@loop_check("procedure-in-stay", 4, _I, _CLAIM, "A procedure lies within the statement, or up to three days before.", is_error=False)  # fmt: skip
def procedure_in_stay(unit: Unit, claim: Block) -> Iterator[Problem]:
    """Dates of HI*BBR and BBQ against DTP*434."""
    begin, end = day_of(value(claim, 3, "DTP", "434"))
    if begin is None or end is None:
        return
    for hi in each(claim, "HI"):
        for place, text in enumerate(hi[1:], 1):
            parts = unit.parts(text)
            if parts[0] in _PROCEDURES and len(parts) > 3:
                on, _ = day_of(parts[3])
                if on is not None and not begin - timedelta(days=3) <= on <= end:
                    yield wrong(
                        claim,
                        hi,
                        place,
                        "outside the statement's days",
                        component=4,
                        value=parts[3],
                    )


@loop_check(
    "occurrence-span",
    4,
    _I,
    _CLAIM,
    "A span of an occurrence ends on or after the day it begins.",
    status="187",
)
def occurrence_span(unit: Unit, claim: Block) -> Iterator[Problem]:
    """HI*BI component 4."""
    for hi in each(claim, "HI"):
        for place, text in enumerate(hi[1:], 1):
            parts = unit.parts(text)
            if parts[0] == "BI" and len(parts) > 3:
                begin, end = day_of(parts[3])
                if begin and end and end < begin:
                    yield wrong(
                        claim, hi, place, "ends before it begins", component=4, value=parts[3]
                    )


@loop_check(
    "attending-provider",
    4,
    _I,
    _CLAIM,
    "Anything but ambulance rides has an attending provider.",
    status="21",
)
def attending_provider(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2310A, unless all lines are ambulance (054x)."""
    codes = _revenues(claim)
    is_ambulance = bool(codes) and all(code.startswith(_AMBULANCE) for code in codes)
    if codes and not is_ambulance and child(claim, "2310A") is None:
        yield lacks(claim, "NM1", "the attending provider is missing (71)")


@loop_check(
    "operating-physician",
    4,
    _I,
    _CLAIM,
    "A bill with an inpatient procedure says who operated.",
    status="21",
)
def operating_physician(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2310B where HI*BBR (or BR) stands."""
    kinds = {unit.part(at(hi, 1), 1) for hi in each(claim, "HI")}
    if kinds & {"BBR", "BR"} and child(claim, "2310B") is None:
        yield lacks(claim, "NM1", "a procedure is billed: the operating physician is missing (72)")


@loop_check("rendering-is-attending", 4, _I, _CLAIM, "A rendering provider is named only where it is not the attending one.", is_error=False)  # fmt: skip
def rendering_is_attending(unit: Unit, claim: Block) -> Iterator[Problem]:
    """2310D NM109 differs from 2310A's."""
    own, number = child(claim, "2310D"), value(child(claim, "2310A"), 9, "NM1")
    if own is not None and number and at(own.segments[0], 9) == number:
        yield unwanted_element(own, own.segments[0], 9, "the attending provider itself: named once is enough")  # fmt: skip


@loop_check("outpatient-line-date", 4, _I, ("2400",), "Each line of an outpatient bill of several days says its day.", status="187")  # fmt: skip
def outpatient_line_date(unit: Unit, line: Block) -> Iterator[Problem]:
    """DTP*472 where DTP*434 spans days."""
    claim = unit.above("2300")
    begin, end = day_of(value(claim, 3, "DTP", "434"))
    if claim is None or bill(unit, claim) not in _OUTPATIENT or begin == end:
        return
    if first(line, "DTP", "472") is None:
        yield lacks(line, "DTP", "the bill covers several days: the line's day is missing (472)")


@loop_check(
    "line-in-statement",
    4,
    _I,
    ("2400",),
    "A line's day lies within the statement.",
    is_error=False,
    status="188",
)
def line_in_statement(unit: Unit, line: Block) -> Iterator[Problem]:
    """DTP*472 within DTP*434."""
    begin, end = day_of(value(unit.above("2300"), 3, "DTP", "434"))
    dated = first(line, "DTP", "472")
    if begin is None or end is None or dated is None:
        return
    start, last = day_of(at(dated, 3))
    if start is not None and (start < begin or (last or start) > end):
        yield wrong(line, dated, 3, f"outside the statement's days {begin} to {end}", category="A8")


@loop_check(
    "total-line",
    4,
    _I,
    ("2400",),
    "The total (revenue code 0001) is no line of the message.",
    status="455",
)
def total_line(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV201 is not 0001."""
    service = first(line, "SV2")
    if service is not None and at(service, 1) == "0001":
        yield wrong(line, service, 1, "the total stands in CLM02 only", category="A8")


@loop_check("covered-days", 4, _I, _CLAIM, "A Medicare inpatient bill says how many days are covered.", is_error=False, status="456")  # fmt: skip
def covered_days(unit: Unit, claim: Block) -> Iterator[Problem]:
    """Value code 80 where SBR09 is MA on inpatient bills."""
    is_medicare = value(unit.above("2000B"), 9, "SBR") == "MA"
    codes = {unit.part(text, 2) for hi in each(claim, "HI") for text in hi[1:] if unit.part(text, 1) == "BE"}  # fmt: skip
    if is_medicare and bill(unit, claim) in INPATIENT and "80" not in codes:
        yield lacks(claim, "HI", "Medicare inpatient: covered days are missing (value code 80)")

"""Level 6: what a kind of claim asks for: drugs, laboratory, mammography, anesthesia, ambulance, equipment, home health.

Which procedures are of which kind is decided by ranges of code numbers, without their words.
"""

import re
from collections.abc import Iterator

from cleanclaim.codes import hcpcs
from cleanclaim.edi.checks.institutional_situations import bill
from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, wrong
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.edi.checks.unit import Unit, child, each, first, value
from cleanclaim.edi.fields import Elements, at
from cleanclaim.wire.x12.tree import Block

_P = ("837P",)
_CLAIM = ("2300",)
_LINE = ("2400",)
_UNLISTED_WORDS = re.compile(r"noc\b|unlisted|not otherwise|\bmisc\b|unclassif", re.IGNORECASE)
_UNLISTED_CPT = re.compile(r"\d{3}99", re.ASCII)
_MAMMOGRAPHY = frozenset({"77065", "77066", "77067", "G0202", "G0204", "G0206"})
_LABORATORY = ("80047", "89398")
_ANESTHESIA = ("00100", "01999")
_NOT_TIMED = frozenset({"01953", "01996"})  # anesthesia by area and by day
_ANESTHESIA_MODIFIERS = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ"})
_RIDES = ("A0426", "A0436")
_OTHER_RIDE = "A0225"
_EQUIPMENT = re.compile(r"[EKL]\d{4}", re.ASCII)
_DRUG = re.compile(r"[JQ]\d{4}|S[05]\d{3}", re.ASCII)
_HOME_HEALTH_RATE = "0023"
_CHANGED_CERTIFICATE = ("R", "S")


def service(unit: Unit, line: Block) -> tuple[Elements | None, str, list[str]]:
    """The SV1, its procedure code and its modifiers."""
    elements = first(line, "SV1")
    parts = unit.parts(at(elements, 1)) if elements is not None else []
    return elements, parts[1] if len(parts) > 1 else "", parts[2:6]


def _is_within(code: str, span: tuple[str, str]) -> bool:
    return len(code) == 5 and span[0] <= code <= span[1]


@loop_check("unlisted-procedure", 6, _P, _LINE, "A procedure without a code of its own is described.", is_error=False, status="306")  # fmt: skip
def unlisted_procedure(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV101-7 (or a note) where the code says no more than not otherwise classified."""
    elements, code, _ = service(unit, line)
    is_unlisted = bool(_UNLISTED_CPT.fullmatch(code) or _UNLISTED_WORDS.search(hcpcs.words(code)))
    if elements is None or not is_unlisted or unit.part(elements[1], 7):
        return
    if first(line, "NTE", "ADD") is None and first(unit.above("2300"), "NTE", "ADD") is None:
        yield lacks_element(
            line, elements, 1, "not otherwise classified: say what was done", component=7
        )


@loop_check(
    "mammography-number",
    6,
    _P,
    _CLAIM,
    "A mammography names the facility's certification.",
    status="21",
)
def mammography_number(unit: Unit, claim: Block) -> Iterator[Problem]:
    """REF*EW at the claim or the line; the technical part only."""
    for line in claim.children("2400"):
        _, code, modifiers = service(unit, line)
        is_numbered = first(claim, "REF", "EW") or first(line, "REF", "EW")
        if code in _MAMMOGRAPHY and "26" not in modifiers and not is_numbered:
            yield lacks(line, "REF", "a mammography: the certification number is missing (EW)")


@loop_check(
    "laboratory-number",
    6,
    _P,
    _CLAIM,
    "Laboratory work names the laboratory's CLIA number.",
    is_error=False,
)
def laboratory_number(unit: Unit, claim: Block) -> Iterator[Problem]:
    """REF*X4, or REF*F4 where another laboratory did the work (modifier 90)."""
    for line in claim.children("2400"):
        _, code, modifiers = service(unit, line)
        if not _is_within(code, _LABORATORY) or "26" in modifiers:
            continue
        qualifiers = ("F4",) if "90" in modifiers else ("X4",)
        if first(line, "REF", *qualifiers) is None and first(claim, "REF", *qualifiers) is None:
            yield lacks(
                line, "REF", f"laboratory work: the CLIA number is missing ({qualifiers[0]})"
            )


@loop_check("anesthesia-minutes", 6, _P, _LINE, "Anesthesia is billed in minutes.", status="476")
def anesthesia_minutes(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV103 is MJ for anesthesia, and for nothing else."""
    elements, code, modifiers = service(unit, line)
    if elements is None:
        return
    is_timed = _is_within(code, _ANESTHESIA) and code.isdigit() and code not in _NOT_TIMED
    if is_timed and at(elements, 3) != "MJ":
        yield wrong(
            line, elements, 3, "expected MJ: anesthesia is counted in minutes", category="A8"
        )
    elif at(elements, 3) == "MJ" and not is_timed and not _ANESTHESIA_MODIFIERS & set(modifiers):
        yield wrong(
            line, elements, 3, "minutes are for anesthesia only", category="A8", is_error=False
        )


def _is_ride(unit: Unit, line: Block) -> bool:
    code = service(unit, line)[1]
    return _is_within(code, _RIDES) or code == _OTHER_RIDE


@loop_check(
    "ambulance-transport", 6, _P, _LINE, "An ambulance ride says why and how far.", status="21"
)
def ambulance_transport(unit: Unit, line: Block) -> Iterator[Problem]:
    """CR1 at the claim or the line."""
    if (
        _is_ride(unit, line)
        and first(line, "CR1") is None
        and first(unit.above("2300"), "CR1") is None
    ):
        yield lacks(line, "CR1", "an ambulance ride: its reason and distance are missing")


@loop_check(
    "ambulance-addresses", 6, _P, _LINE, "An ambulance ride says from where to where.", status="21"
)
def ambulance_addresses(unit: Unit, line: Block) -> Iterator[Problem]:
    """2310E and 2310F, or 2420G and 2420H."""
    if not _is_ride(unit, line):
        return
    claim = unit.above("2300")
    for words, at_claim, at_line in (
        ("pick-up (PW)", "2310E", "2420G"),
        ("drop-off (45)", "2310F", "2420H"),
    ):
        if child(claim, at_claim) is None and child(line, at_line) is None:
            yield lacks(line, "NM1", f"an ambulance ride: the place of {words} is missing")


@loop_check("ambulance-condition", 6, _P, _CLAIM, "Medicare asks for the patient's condition on an ambulance ride.", is_error=False)  # fmt: skip
def ambulance_condition(unit: Unit, claim: Block) -> Iterator[Problem]:
    """CRC*07 where SBR09 is MB."""
    rides = [line for line in claim.children("2400") if _is_ride(unit, line)]
    is_medicare = value(unit.above("2000B"), 9, "SBR") == "MB"
    if not rides or not is_medicare or first(claim, "CRC", "07") is not None:
        return
    for line in rides:
        if first(line, "CRC", "07") is None:
            yield lacks(line, "CRC", "an ambulance ride: the patient's condition is missing (07)")


@loop_check("equipment-certificate", 6, _P, _LINE, "A certificate for equipment says since when it is needed, a changed one when it changed.", status="21")  # fmt: skip
def equipment_certificate(unit: Unit, line: Block) -> Iterator[Problem]:
    """CR3 asks for DTP*463; with CR301 R or S also for DTP*607."""
    cr3 = first(line, "CR3")
    if cr3 is None:
        return
    if first(line, "DTP", "463") is None:
        yield lacks(line, "DTP", "a certificate (CR3): the day the need began is missing (463)")
    if at(cr3, 1) in _CHANGED_CERTIFICATE and first(line, "DTP", "607") is None:
        yield lacks(line, "DTP", "a renewed or revised certificate: its day is missing (607)")


@loop_check("equipment-rental", 6, _P, _LINE, "Rented equipment with its prices says so by a modifier, and for how long.", is_error=False, status="186")  # fmt: skip
def equipment_rental(unit: Unit, line: Block) -> Iterator[Problem]:
    """SV5 with a rental price goes with modifier RR and with SV506."""
    sv5 = first(line, "SV5")
    elements, _, modifiers = service(unit, line)
    if sv5 is None or elements is None or not at(sv5, 4):
        return
    if "RR" not in modifiers:
        yield wrong(line, elements, 1, "a rental price is given (SV504): expected modifier RR", component=3, category="A8")  # fmt: skip
    if not at(sv5, 6):
        yield lacks_element(line, sv5, 6, "how often the rental is paid is missing")


@loop_check(
    "equipment-ordered-by", 6, _P, _LINE, "Medicare asks who ordered equipment.", is_error=False
)
def equipment_ordered_by(unit: Unit, line: Block) -> Iterator[Problem]:
    """2420E for equipment, orthotics and prosthetics where SBR09 is MB."""
    is_medicare = value(unit.above("2000B"), 9, "SBR") == "MB"
    if (
        is_medicare
        and _EQUIPMENT.fullmatch(service(unit, line)[1])
        and child(line, "2420E") is None
    ):
        yield lacks(line, "NM1", "equipment: who ordered it is missing (DK)")


@loop_check("drug-number", 6, ("837P",), _LINE, "Medicaid asks for the drug code behind a drug's procedure code.", is_error=False, status="218")  # fmt: skip
def drug_number(unit: Unit, line: Block) -> Iterator[Problem]:
    """2410 LIN for J and Q codes where SBR09 is MC."""
    is_medicaid = value(unit.above("2000B"), 9, "SBR") == "MC"
    if is_medicaid and _DRUG.fullmatch(service(unit, line)[1]) and child(line, "2410") is None:
        yield lacks(line, "LIN", "a drug: its eleven digits (NDC) are missing")


@loop_check("prescription-date", 6, ("837P",), _LINE, "A drug with a prescription number says when it was prescribed.", is_error=False)  # fmt: skip
def prescription_date(unit: Unit, line: Block) -> Iterator[Problem]:
    """DTP*471 where 2410 has REF*XZ."""
    numbered = first(child(line, "2410"), "REF", "XZ")
    if numbered is None or first(line, "DTP", "471") or first(unit.above("2300"), "DTP", "471"):
        return
    yield lacks(line, "DTP", "a prescription number: the day of prescription is missing (471)")


@loop_check("home-health-rate", 6, ("837I",), _CLAIM, "A home health bill has one line with its payment group (HIPPS).", status="513")  # fmt: skip
def home_health_rate(unit: Unit, claim: Block) -> Iterator[Problem]:
    """Bills 32x to Medicare: revenue code 0023 with a HIPPS code (HP)."""
    if bill(unit, claim) != "32" or value(unit.above("2000B"), 9, "SBR") != "MA":
        return
    rates = [first(line, "SV2", _HOME_HEALTH_RATE) for line in claim.children("2400")]
    found = [sv2 for sv2 in rates if sv2 is not None]
    if not found:
        yield lacks(claim, "SV2", "a home health bill: the line with revenue code 0023 is missing")
    for line in claim.children("2400"):
        sv2 = first(line, "SV2", _HOME_HEALTH_RATE)
        if sv2 is not None and unit.part(at(sv2, 2), 1) != "HP":
            yield wrong(
                line,
                sv2,
                2,
                "expected a HIPPS code (HP)",
                component=1,
                value=unit.part(at(sv2, 2), 1),
            )


@loop_check(
    "home-health-area",
    6,
    ("837I",),
    _CLAIM,
    "A home health bill says in which area the visits were.",
    is_error=False,
)
def home_health_area(unit: Unit, claim: Block) -> Iterator[Problem]:
    """Value code 61 on bills 32x to Medicare."""
    codes = {unit.part(text, 2) for hi in each(claim, "HI") for text in hi[1:] if unit.part(text, 1) == "BE"}  # fmt: skip
    if (
        bill(unit, claim) == "32"
        and value(unit.above("2000B"), 9, "SBR") == "MA"
        and "61" not in codes
    ):
        yield lacks(
            claim, "HI", "a home health bill: the area of the visits is missing (value code 61)"
        )

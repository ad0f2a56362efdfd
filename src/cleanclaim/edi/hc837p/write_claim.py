"""Loop 2300 with all below it."""

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.hc837p.roles import CLAIM_LOOPS, LINE_LOOPS
from cleanclaim.edi.parties import add_payer, add_person, add_provider
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_adjustments,
    add_references,
    procedure_text,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, LineAdjudication, OtherCoverage, ServiceLine
from cleanclaim.values.party import Provider, Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import composite, day8, number

_OTHER_PROVIDERS = ("2330C", "2330D", "2330E", "2330F", "2330G")
_NONE: CarriedTable = {}


def write_claim(guide: Guide, claim: Claim, extras: CarriedTable, out: list[str]) -> None:
    """Append the claim's segments. `extras` are its carried segments by loop and occurrence."""
    loop = LoopWriter(guide, "2300", out, extras.get(("2300", 1), ()))
    _clm(loop, claim)
    for code, when in claim.dates:
        loop.add("DTP", code, "D8", day8(when))
    if claim.patient_paid is not None:
        loop.add("AMT", "F5", number(claim.patient_paid))
    for code, value in (
        ("9F", claim.referral_number),
        ("G1", claim.authorization_number),
        ("F8", claim.original_payer_number),
        ("D9", claim.clearinghouse_number),
    ):
        if value:
            loop.add("REF", code, value)
    add_references(loop, claim.references)
    _diagnoses(loop, claim)
    loop.done()
    _providers(guide, claim.providers, CLAIM_LOOPS, extras, out)
    for other in claim.other_coverages:
        _other_coverage(guide, other, out)
    for line in claim.lines:
        _line(guide, line, out)


def _clm(loop: LoopWriter, claim: Claim) -> None:
    setting = composite(claim.place_of_service, claim.facility_qualifier, claim.frequency_code)
    row = ["CLM", claim.control_number, number(claim.charge), "", "", setting, claim.provider_signature,
           claim.assignment, claim.benefits_assigned, claim.release_of_information]  # fmt: skip
    causes = ""
    if claim.accident_causes or claim.accident_state:
        if len(claim.accident_causes) > 3:
            raise InputError(f"claim {claim.control_number}: more than three accident causes")
        causes = composite(*(*claim.accident_causes, "", "", "")[:3], claim.accident_state)
    if causes or claim.special_program or claim.delay_reason:
        row += ["", causes, claim.special_program, *[""] * 7, claim.delay_reason]
    loop.add(*row)


def _diagnoses(loop: LoopWriter, claim: Claim) -> None:
    if len(claim.diagnoses) > 12:
        raise InputError(
            f"claim {claim.control_number}: {len(claim.diagnoses)} diagnoses, an 837P has room for twelve"
        )
    if claim.diagnoses:
        loop.add("HI", *(composite(d.qualifier, d.code) for d in claim.diagnoses))


def _providers(
    guide: Guide,
    providers: tuple[Provider, ...],
    loops: dict[Role, str],
    extras: CarriedTable,
    out: list[str],
) -> None:
    rows: list[tuple[str, Provider]] = []
    for provider in providers:
        loop_id = loops.get(provider.role)
        if loop_id is None:
            raise InputError(
                f"provider role {provider.role.name.lower()} has no place at this level of an 837P"
            )
        rows.append((loop_id, provider))
    if len(rows) > 1:
        rows.sort(key=lambda row: row[0])
    seen: dict[str, int] = {}
    for loop_id, provider in rows:
        seen[loop_id] = seen.get(loop_id, 0) + 1
        loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, seen[loop_id]), ()))
        add_provider(loop, provider)
        loop.done()


def _other_coverage(guide: Guide, other: OtherCoverage, out: list[str]) -> None:
    extras = ordered(other.carried)
    loop = LoopWriter(guide, "2320", out, extras.get(("2320", 1), ()))
    who = other.subscriber
    loop.add("SBR", who.payer_order, who.relationship, who.group_number, who.group_name, who.insurance_type,
             "", "", "", who.filing_indicator)  # fmt: skip
    add_adjustments(loop, other.adjustments)
    for code, value in (("D", other.paid), ("A8", other.non_covered), ("EAF", other.patient_owes)):
        if value is not None:
            loop.add("AMT", code, number(value))
    if other.benefits_assigned or other.release_of_information:
        loop.add("OI", "", "", other.benefits_assigned, "", "", other.release_of_information)
    loop.done()
    if who.person.last_name or who.person.member_id:
        loop = LoopWriter(guide, "2330A", out, extras.get(("2330A", 1), ()))
        add_person(loop, "IL", who.person, is_organization=who.is_organization)
        loop.done()
    if other.payer.name or other.payer.payer_id:
        loop = LoopWriter(guide, "2330B", out, extras.get(("2330B", 1), ()))
        add_payer(loop, other.payer)
        if other.paid_on:
            loop.add("DTP", "573", "D8", day8(other.paid_on))
        if other.claim_control_number:
            loop.add("REF", "F8", other.claim_control_number)
        loop.done()
    for loop_id in _OTHER_PROVIDERS:
        for occurrence in sorted(n for name, n in extras if name == loop_id):
            LoopWriter(guide, loop_id, out, extras[(loop_id, occurrence)]).done()


def _line(guide: Guide, line: ServiceLine, out: list[str]) -> None:
    extras = ordered(line.carried) if line.carried else _NONE
    loop = LoopWriter(guide, "2400", out, extras.get(("2400", 1), ()))
    loop.add("LX", str(line.number))
    row = ["SV1", procedure_text(line.procedure), number(line.charge), line.unit, number(line.quantity),
           line.place_of_service, "", composite(*map(str, line.pointers))]  # fmt: skip
    if line.is_emergency:
        row += ["", "Y"]
    loop.add(*row)
    if line.service_from:
        if line.service_to is None:
            loop.add("DTP", "472", "D8", day8(line.service_from))
        else:
            loop.add("DTP", "472", "RD8", f"{day8(line.service_from)}-{day8(line.service_to)}")
    if line.authorization_number:
        loop.add("REF", "G1", line.authorization_number)
    if line.control_number:
        loop.add("REF", "6R", line.control_number)
    add_references(loop, line.references)
    loop.done()
    if line.drug is not None:
        _drug(guide, line, extras, out)
    if line.providers:
        _providers(guide, line.providers, LINE_LOOPS, extras, out)
    for occurrence, adjudication in enumerate(line.adjudications, 1):
        _adjudication(guide, adjudication, extras, occurrence, out)
    for occurrence in sorted(n for name, n in extras if name == "2440"):
        LoopWriter(guide, "2440", out, extras[("2440", occurrence)]).done()


def _drug(guide: Guide, line: ServiceLine, extras: CarriedTable, out: list[str]) -> None:
    drug = line.drug
    assert drug is not None
    loop = LoopWriter(guide, "2410", out, extras.get(("2410", 1), ()))
    loop.add("LIN", "", "N4", drug.ndc)
    if drug.unit or drug.quantity:
        loop.add("CTP", "", "", "", number(drug.quantity), drug.unit)
    if drug.prescription_number:
        loop.add("REF", "XZ", drug.prescription_number)
    loop.done()


def _adjudication(
    guide: Guide, paid: LineAdjudication, extras: CarriedTable, occurrence: int, out: list[str]
) -> None:
    loop = LoopWriter(guide, "2430", out, extras.get(("2430", occurrence), ()))
    bundled = str(paid.bundled_into_line) if paid.bundled_into_line is not None else ""
    loop.add(
        "SVD",
        paid.payer_id,
        number(paid.paid),
        procedure_text(paid.procedure),
        "",
        number(paid.quantity),
        bundled,
    )
    add_adjustments(loop, paid.adjustments)
    if paid.paid_on:
        loop.add("DTP", "573", "D8", day8(paid.paid_on))
    if paid.patient_owes is not None:
        loop.add("AMT", "EAF", number(paid.patient_owes))
    loop.done()

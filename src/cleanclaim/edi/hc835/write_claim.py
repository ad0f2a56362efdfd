"""Loop 2100 with its lines."""

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.hc835.read_claim import MIA_REMARKS
from cleanclaim.edi.parties import person_name
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_adjustments,
    add_references,
    procedure_text,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Person, Provider
from cleanclaim.values.remittance import ClaimPayment, LinePayment
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import day8, number

_NONE: CarriedTable = {}


def write_claim(guide: Guide, claim: ClaimPayment, out: list[str]) -> None:
    """Append the claim's segments, before them those of its LX level if it carries them."""
    extras = ordered(claim.carried) if claim.carried else _NONE
    for carried in extras.get(
        ("2000", 1), ()
    ):  # one by one: a level without claims may come before
        LoopWriter(guide, "2000", out, [carried]).done()
    loop = LoopWriter(guide, "2100", out, extras.get(("2100", 1), ()))
    loop.add(
        "CLP", claim.control_number, claim.status_code, number(claim.charge), number(claim.paid),
        number(claim.patient_responsibility) if claim.patient_responsibility else "", claim.filing_indicator,
        claim.payer_control_number, claim.place_of_service, claim.frequency_code,
    )  # fmt: skip
    add_adjustments(loop, claim.adjustments)
    for code, person in (
        ("QC", claim.patient),
        ("IL", claim.subscriber),
        ("74", claim.corrected_patient),
    ):
        # The guide wants an insured person's and a rendering provider's id: without one they are left out.
        if person is not None and (code != "IL" or person.member_id or _carries(loop, code)):
            loop.add(*_person(loop, code, person))
    rendering = claim.rendering
    if rendering is not None and (rendering.npi or rendering.tin or _carries(loop, "82")):
        loop.add(*_rendering(rendering))
    _remarks(loop, claim)
    add_references(loop, claim.references)
    for code, when in (
        ("050", claim.received_on),
        ("232", claim.service_from),
        ("233", claim.service_to),
    ):
        if when:
            loop.add("DTM", code, day8(when))
    for code, value in (("AU", claim.allowed), ("I", claim.interest)):
        if value is not None:
            loop.add("AMT", code, number(value))
    loop.done()
    for line in claim.lines:
        _line(guide, line, out)


def _carries(loop: LoopWriter, code: str) -> bool:
    return any(c.elements[:2] == ("NM1", code) for c in loop.extras)


def _person(loop: LoopWriter, code: str, person: Person) -> tuple[str, ...]:
    row = person_name(code, person)
    kind = next(
        (
            c.elements[2]
            for c in loop.extras
            if c.elements[:2] == ("NM1", code) and len(c.elements) > 2
        ),
        "",
    )
    return (*row[:2], "", *row[3:]) if kind else row


def _rendering(provider: Provider) -> tuple[str, ...]:
    qualifier, value = (
        ("XX", provider.npi) if provider.npi else ("FI", provider.tin) if provider.tin else ("", "")
    )
    return (
        "NM1", "82", "1" if provider.is_person else "2", provider.last_name, provider.first_name,
        provider.middle_name, "", provider.suffix, qualifier, value,
    )  # fmt: skip


def _remarks(loop: LoopWriter, claim: ClaimPayment) -> None:
    """Claim-level remark codes: in MOA, or in MIA where such a segment is carried with room for them."""
    if not claim.remark_codes:
        return
    if len(claim.remark_codes) > 5:
        raise InputError(f"claim {claim.control_number}: more than five claim-level remark codes")
    carried = next((c.elements for c in loop.extras if c.elements[0] == "MIA"), None)
    if carried is not None and not any(carried[n] for n in MIA_REMARKS if n < len(carried)):
        row = ["MIA", *[""] * 23]
        for place, code in zip(MIA_REMARKS, claim.remark_codes, strict=False):
            row[place] = code
        loop.add(*row)
    else:
        loop.add("MOA", "", "", *claim.remark_codes)


def _line(guide: Guide, line: LinePayment, out: list[str]) -> None:
    extras = ordered(line.carried) if line.carried else _NONE
    loop = LoopWriter(guide, "2110", out, extras.get(("2110", 1), ()))
    submitted = procedure_text(line.submitted) if line.submitted else ""
    loop.add(
        "SVC", procedure_text(line.procedure), number(line.charge), number(line.paid), "", number(line.quantity),
        submitted, number(line.submitted_quantity),
    )  # fmt: skip
    if line.service_from and line.service_to:
        loop.add("DTM", "150", day8(line.service_from))
        loop.add("DTM", "151", day8(line.service_to))
    elif line.service_from:
        loop.add("DTM", "472", day8(line.service_from))
    add_adjustments(loop, line.adjustments)
    if line.references or line.line_control_number:
        rows = [("REF", r.qualifier, r.value) for r in line.references]
        if line.line_control_number:
            rows.append(("REF", "6R", line.line_control_number))
        if len(rows) > 1:
            rows.sort(key=lambda row: guide.rank("2110", "REF", row[1]))
        for row in rows:
            loop.add(*row)
    if line.allowed is not None:
        loop.add("AMT", "B6", number(line.allowed))
    for code in line.remark_codes:
        loop.add("LQ", "HE", code)
    loop.done()

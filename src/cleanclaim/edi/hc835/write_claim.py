"""Loop 2100 with its lines."""

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.hc835.read_claim import MIA_REMARKS
from cleanclaim.edi.parties import person_name
from cleanclaim.edi.writing import (
    LoopWriter,
    add_adjustments,
    add_reference,
    add_references,
    procedure_text,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Person, Provider, Reference
from cleanclaim.values.remittance import ClaimPayment, LinePayment
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import ELEMENT, clean_segment, day8, number, refuse_controls


def write_claim(guide: Guide, claim: ClaimPayment, out: list[str]) -> None:
    """Append the claim's segments, before them those of its LX level if it carries them."""
    extras = ordered(claim.carried)
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
            loop.out.append(f"DTM{ELEMENT}{code}{ELEMENT}{day8(when)}")
    for code, value in (("AU", claim.allowed), ("I", claim.interest)):
        if value is not None:
            loop.out.append(f"AMT{ELEMENT}{code}{ELEMENT}{number(value)}")
    loop.done()
    plain = LoopWriter(guide, "2110", out)  # does for every line that carries nothing
    for line in claim.lines:
        if line.carried:
            own = ordered(line.carried)
            loop = LoopWriter(guide, "2110", out, own.get(("2110", 1), ()))
            _add_line(loop, line)
            loop.done()
        else:
            _add_line(plain, line)


def _carries(loop: LoopWriter, code: str) -> bool:
    return any(c.elements[:2] == ("NM1", code) for c in loop.extras)


def _person(loop: LoopWriter, code: str, person: Person) -> tuple[str, ...]:
    row = person_name(code, person)
    if not loop.extras:
        return row
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


def _add_line(loop: LoopWriter, line: LinePayment) -> None:
    put = loop.out.append
    submitted = procedure_text(line.submitted) if line.submitted else ""
    refuse_controls("SVC", line.revenue_code)
    row = ("SVC", procedure_text(line.procedure), number(line.charge), number(line.paid),
           line.revenue_code, number(line.quantity),
           submitted, number(line.submitted_quantity))  # fmt: skip
    put(clean_segment(row))
    if line.service_from and line.service_to:
        put(f"DTM{ELEMENT}150{ELEMENT}{day8(line.service_from)}")
        put(f"DTM{ELEMENT}151{ELEMENT}{day8(line.service_to)}")
    elif line.service_from:
        put(f"DTM{ELEMENT}472{ELEMENT}{day8(line.service_from)}")
    add_adjustments(loop, line.adjustments)
    control = line.line_control_number
    if line.references:
        own = (Reference("6R", control),) if control else ()
        add_references(loop, line.references + own)
    elif control:
        add_reference(loop, "6R", control)
    if line.allowed is not None:
        put(f"AMT{ELEMENT}B6{ELEMENT}{number(line.allowed)}")
    for code in line.remark_codes:
        loop.add("LQ", "HE", code)

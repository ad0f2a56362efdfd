"""Loops 2300 and 2400 of a professional claim."""

from cleanclaim.edi.claims.write_claim import (
    accident_text,
    add_clm,
    add_dates,
    add_payment_and_diagnoses,
    write_below,
)
from cleanclaim.edi.claims.write_line import (
    add_days,
    add_line_references,
    pointer_text,
)
from cleanclaim.edi.writing import CarriedTable, LoopWriter, procedure_text
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import ELEMENT, clean_segment, number, refuse_controls

_MOST_DIAGNOSES = 12
_CLAIM_LOOPS = {
    Role.REFERRING: "2310A",
    Role.PRIMARY_CARE: "2310A",
    Role.RENDERING: "2310B",
    Role.FACILITY: "2310C",
    Role.SUPERVISING: "2310D",
    Role.PICK_UP: "2310E",
    Role.DROP_OFF: "2310F",
}
_LINE_LOOPS = {
    Role.RENDERING: "2420A",
    Role.PURCHASED: "2420B",
    Role.FACILITY: "2420C",
    Role.SUPERVISING: "2420D",
    Role.ORDERING: "2420E",
    Role.REFERRING: "2420F",
    Role.PRIMARY_CARE: "2420F",
    Role.PICK_UP: "2420G",
    Role.DROP_OFF: "2420H",
}


def write_professional_claim(
    guide: Guide, claim: Claim, extras: CarriedTable, out: list[str]
) -> None:
    """Append the claim's segments. `extras` are its carried segments by loop and occurrence."""
    loop = LoopWriter(guide, "2300", out, extras.get(("2300", 1), ()))
    add_clm(loop, claim, signature=claim.provider_signature, source=claim.signature_source,
            causes=accident_text(claim))  # fmt: skip
    add_dates(loop, claim)
    add_payment_and_diagnoses(loop, claim, most_diagnoses=_MOST_DIAGNOSES)
    loop.done()
    write_below(guide, claim, extras, out, loops=_CLAIM_LOOPS, line_loops=_LINE_LOOPS,
                add_line=_add_line)  # fmt: skip


def _add_line(loop: LoopWriter, line: ServiceLine) -> None:
    unit, place = line.unit, line.place_of_service
    if not (unit + place).isprintable():
        refuse_controls("SV1", unit, place)
    loop.out.append(f"LX{ELEMENT}{line.number}")
    loop.out.append(
        clean_segment(
            ("SV1", procedure_text(line.procedure), number(line.charge), unit, number(line.quantity), place, "",
             pointer_text(line.pointers), "", "Y" if line.is_emergency else "")
        )
    )  # fmt: skip
    add_days(loop, line.service_from, line.service_to)
    add_line_references(loop, line)

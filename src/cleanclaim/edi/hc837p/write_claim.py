"""Loops 2300 and 2400 of a professional claim."""

from cleanclaim.edi.claims.write_claim import (
    accident_text,
    add_dates,
    add_payment_and_diagnoses,
    clm_row,
    write_below,
)
from cleanclaim.edi.claims.write_line import (
    add_line_references,
    add_service_days,
    write_below_line,
)
from cleanclaim.edi.fields import ordered
from cleanclaim.edi.writing import CarriedTable, LoopWriter, procedure_text
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import composite, number

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
    loop.add(*clm_row(claim, signature=claim.provider_signature, causes=accident_text(claim)))
    add_dates(loop, claim)
    add_payment_and_diagnoses(loop, claim, most_diagnoses=_MOST_DIAGNOSES)
    loop.done()
    write_below(guide, claim, extras, out, loops=_CLAIM_LOOPS, write_line=_write_line)


def _write_line(guide: Guide, line: ServiceLine, out: list[str]) -> None:
    extras = ordered(line.carried) if line.carried else {}
    loop = LoopWriter(guide, "2400", out, extras.get(("2400", 1), ()))
    loop.add("LX", str(line.number))
    row = ["SV1", procedure_text(line.procedure), number(line.charge), line.unit, number(line.quantity),
           line.place_of_service, "", composite(*map(str, line.pointers))]  # fmt: skip
    if line.is_emergency:
        row += ["", "Y"]
    loop.add(*row)
    add_service_days(loop, line)
    add_line_references(loop, line)
    loop.done()
    write_below_line(guide, line, extras, out, _LINE_LOOPS)

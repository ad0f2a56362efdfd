"""Loops 2300 and 2400 of an institutional claim."""

from cleanclaim.edi.claims.write_claim import (
    add_claim_references,
    add_clm,
    add_dates,
    write_below,
)
from cleanclaim.edi.claims.write_line import (
    add_days,
    add_line_references,
)
from cleanclaim.edi.hc837i.codes import code_rows
from cleanclaim.edi.writing import CarriedTable, LoopWriter, procedure_text
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.institutional import Institutional
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import day8, number

_CLAIM_LOOPS = {
    Role.ATTENDING: "2310A",
    Role.OPERATING: "2310B",
    Role.OTHER_OPERATING: "2310C",
    Role.RENDERING: "2310D",
    Role.FACILITY: "2310E",
    Role.REFERRING: "2310F",
}
_LINE_LOOPS = {
    Role.OPERATING: "2420A",
    Role.OTHER_OPERATING: "2420B",
    Role.RENDERING: "2420C",
    Role.REFERRING: "2420D",
}


def write_institutional_claim(
    guide: Guide, claim: Claim, extras: CarriedTable, out: list[str]
) -> None:
    """Append the claim's segments. `extras` are its carried segments by loop and occurrence.

    Raises:
        InputError: the claim has no institutional part.
    """
    stay = claim.institutional
    if stay is None:
        raise InputError(f"claim {claim.control_number}: not an institutional claim")
    loop = LoopWriter(guide, "2300", out, extras.get(("2300", 1), ()))
    add_clm(loop, claim, signature="")
    _add_stay_dates(loop, stay)
    add_dates(loop, claim)
    if stay.admission_type or stay.admission_source or stay.patient_status:
        loop.add("CL1", stay.admission_type, stay.admission_source, stay.patient_status)
    if stay.estimated_due is not None:
        loop.add("AMT", "F3", number(stay.estimated_due))
    add_claim_references(loop, claim)
    for row in code_rows(claim.diagnoses, stay, claim.control_number):
        loop.add(*row)
    loop.done()
    write_below(guide, claim, extras, out, loops=_CLAIM_LOOPS, line_loops=_LINE_LOOPS,
                add_line=_add_line)  # fmt: skip


def _add_stay_dates(loop: LoopWriter, stay: Institutional) -> None:
    if stay.discharged_at:
        loop.add("DTP", "096", "TM", stay.discharged_at)
    if stay.statement_from:
        last = stay.statement_to or stay.statement_from
        loop.add("DTP", "434", "RD8", f"{day8(stay.statement_from)}-{day8(last)}")
    if stay.admitted_on:
        style = "DT" if stay.admitted_at else "D8"
        loop.add("DTP", "435", style, day8(stay.admitted_on) + stay.admitted_at)


def _add_line(loop: LoopWriter, line: ServiceLine) -> None:
    loop.add("LX", str(line.number))
    loop.add("SV2", line.revenue_code, procedure_text(line.procedure), number(line.charge), line.unit,
             number(line.quantity), "", number(line.non_covered))  # fmt: skip
    add_days(loop, line.service_from, line.service_to)
    add_line_references(loop, line)

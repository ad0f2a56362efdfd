"""Loops 2300 and 2400 of a dental claim."""

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
from cleanclaim.edi.hc837d.read_claim import PREDETERMINATION
from cleanclaim.edi.writing import CarriedTable, LoopWriter, procedure_text
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.dental import Dental, DentalService
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import composite, day8, number

_MOST_DIAGNOSES = 4
_PLAIN = DentalService()
_CLAIM_LOOPS = {
    Role.REFERRING: "2310A",
    Role.PRIMARY_CARE: "2310A",
    Role.RENDERING: "2310B",
    Role.FACILITY: "2310C",
    Role.ASSISTANT_SURGEON: "2310D",
    Role.SUPERVISING: "2310E",
}
_LINE_LOOPS = {
    Role.RENDERING: "2420A",
    Role.ASSISTANT_SURGEON: "2420B",
    Role.SUPERVISING: "2420C",
    Role.FACILITY: "2420D",
}


def write_dental_claim(guide: Guide, claim: Claim, extras: CarriedTable, out: list[str]) -> None:
    """Append the claim's segments. `extras` are its carried segments by loop and occurrence.

    Raises:
        InputError: the claim has no dental part.
    """
    dental = claim.dental
    if dental is None:
        raise InputError(f"claim {claim.control_number}: not a dental claim")
    loop = LoopWriter(guide, "2300", out, extras.get(("2300", 1), ()))
    reason = PREDETERMINATION if dental.is_predetermination else ""
    signature = claim.provider_signature
    add_clm(loop, claim, signature=signature, causes=accident_text(claim), reason=reason)
    add_dates(loop, claim)
    add_days(loop, dental.service_from, dental.service_to)
    _add_mouth(loop, dental)
    add_payment_and_diagnoses(loop, claim, most_diagnoses=_MOST_DIAGNOSES)
    loop.done()
    write_below(guide, claim, extras, out, loops=_CLAIM_LOOPS, line_loops=_LINE_LOOPS,
                add_line=_add_line)  # fmt: skip


def _add_mouth(loop: LoopWriter, dental: Dental) -> None:
    treatment, remaining = number(dental.treatment_months), number(dental.months_remaining)
    if treatment or remaining or dental.orthodontic_note:
        loop.add("DN1", treatment, remaining, "", dental.orthodontic_note)
    for one in dental.tooth_statuses:
        loop.add("DN2", one.tooth, one.status, "", "", "", "JP")


def _add_line(loop: LoopWriter, line: ServiceLine) -> None:
    service = line.dental or _PLAIN
    loop.add("LX", str(line.number))
    count = number(line.quantity) if line.unit else ""
    loop.add("SV3", procedure_text(line.procedure), number(line.charge), line.place_of_service,
             composite(*service.areas), service.prosthesis, count, "", "", "", "",
             pointer_text(line.pointers))  # fmt: skip
    for one in service.teeth:
        loop.add("TOO", "JP", one.tooth, composite(*one.surfaces))
    add_days(loop, line.service_from, line.service_to)
    for code, when in service.dates:
        loop.add("DTP", code, "D8", day8(when))
    add_line_references(loop, line)

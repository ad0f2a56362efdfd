"""Loop 2400 with all below it: what the three 837s write alike."""

from collections.abc import Callable
from datetime import date

from cleanclaim.edi.claims.write_providers import write_carried, write_providers
from cleanclaim.edi.writing import (
    CarriedTable,
    LoopWriter,
    add_adjustments,
    add_reference,
    add_references,
    procedure_text,
)
from cleanclaim.values.claim import LineAdjudication, ServiceLine
from cleanclaim.values.party import Role
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import ELEMENT, Texts, composite, day8, number


def add_days(loop: LoopWriter, first: date | None, last: date | None) -> None:
    """DTP*472: one day, or two where there is a last one."""
    if first is None:
        return
    if last is None:
        loop.out.append(f"DTP{ELEMENT}472{ELEMENT}D8{ELEMENT}{day8(first)}")
    else:
        loop.out.append(f"DTP{ELEMENT}472{ELEMENT}RD8{ELEMENT}{day8(first)}-{day8(last)}")


def _pointer_text(pointers: tuple[int, ...]) -> str:
    return composite(*map(str, pointers))


# Places in the claim's diagnoses as a composite.
pointer_text: Callable[[tuple[int, ...]], str] = Texts(_pointer_text).__getitem__


def add_line_references(loop: LoopWriter, line: ServiceLine) -> None:
    """The REFs of the line."""
    for code, value in (("G1", line.authorization_number), ("6R", line.control_number)):
        if value:
            add_reference(loop, code, value)
    add_references(loop, line.references)


def write_below_line(
    guide: Guide,
    line: ServiceLine,
    extras: CarriedTable,
    out: list[str],
    loops: dict[Role, str],
) -> None:
    """Drug, providers (`loops` says where each role stands), adjudications and carried forms."""
    if line.drug is not None:
        _write_drug(guide, line, extras, out)
    if line.providers:
        write_providers(guide, line.providers, loops, extras, out)
    for occurrence, adjudication in enumerate(line.adjudications, 1):
        _write_adjudication(guide, adjudication, extras, occurrence, out)
    write_carried(guide, sorted(key for key in extras if key[0] == "2440"), extras, out)


def _write_drug(guide: Guide, line: ServiceLine, extras: CarriedTable, out: list[str]) -> None:
    drug = line.drug
    assert drug is not None
    loop = LoopWriter(guide, "2410", out, extras.get(("2410", 1), ()))
    loop.add("LIN", "", "N4", drug.ndc)
    if drug.unit or drug.quantity:
        loop.add("CTP", "", "", "", number(drug.quantity), drug.unit)
    if drug.prescription_number:
        loop.add("REF", "XZ", drug.prescription_number)
    loop.done()


def _write_adjudication(
    guide: Guide, paid: LineAdjudication, extras: CarriedTable, occurrence: int, out: list[str]
) -> None:
    loop = LoopWriter(guide, "2430", out, extras.get(("2430", occurrence), ()))
    bundled = str(paid.bundled_into_line) if paid.bundled_into_line is not None else ""
    loop.add(
        "SVD",
        paid.payer_id,
        number(paid.paid),
        procedure_text(paid.procedure),
        paid.revenue_code,
        number(paid.quantity),
        bundled,
    )
    add_adjustments(loop, paid.adjustments)
    if paid.paid_on:
        loop.add("DTP", "573", "D8", day8(paid.paid_on))
    if paid.patient_owes is not None:
        loop.add("AMT", "EAF", number(paid.patient_owes))
    loop.done()

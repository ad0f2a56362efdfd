"""Levels 4 and 6 of dental claims: service dates, replaced prostheses, teeth and surfaces, orthodontics."""

from collections.abc import Iterator

from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, unwanted
from cleanclaim.edi.checks.registry import loop_check
from cleanclaim.edi.checks.unit import Unit, each, first
from cleanclaim.edi.fields import at
from cleanclaim.wire.x12.tree import Block

_D = ("837D",)
# Ranges of code numbers; the words belong to their publisher.
_FILLINGS = (("D2140", "D2161"), ("D2330", "D2335"), ("D2391", "D2394"))
_ONE_TOOTH = (*_FILLINGS, ("D2510", "D2799"), ("D3110", "D3353"), ("D7140", "D7250"))
_ORTHODONTICS = (("D8010", "D8090"),)


def _code(unit: Unit, line: Block) -> str:
    return unit.part(at(first(line, "SV3") or [], 1), 2)


def _is_within(code: str, spans: tuple[tuple[str, str], ...]) -> bool:
    return len(code) == 5 and any(low <= code <= high for low, high in spans)


@loop_check("dental-service-date", 4, _D, ("2300",), "Services that were done say when, at the claim or at each line; planned ones do not.", status="187")  # fmt: skip
def dental_service_date(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DTP*472, unless CLM19 is PB."""
    dated = first(claim, "DTP", "472")
    is_plan = at(claim.segments[0], 19) == "PB"
    if is_plan:
        if dated is not None:
            yield unwanted(claim, dated, "a plan of treatment has no day of service")
        return
    for line in claim.children("2400"):
        if dated is None and first(line, "DTP", "472") is None:
            yield lacks(line, "DTP", "the day of service is missing, at the claim and here (472)")


@loop_check("replaced-prosthesis", 4, _D, ("2400",), "A replaced crown, inlay or denture says when the earlier one was placed.", status="21")  # fmt: skip
def replaced_prosthesis(unit: Unit, line: Block) -> Iterator[Problem]:
    """DTP*441 (or an estimate, 139) where SV305 is R."""
    service = first(line, "SV3")
    if service is not None and at(service, 5) == "R" and first(line, "DTP", "441", "139") is None:
        yield lacks(line, "DTP", "a replacement: the day of the earlier placement is missing (441)")


@loop_check("tooth", 6, _D, ("2400",), "Work on one tooth names it.", is_error=False, status="21")
def tooth(unit: Unit, line: Block) -> Iterator[Problem]:
    """TOO*JP for fillings, crowns, root canals and extractions."""
    if _is_within(_code(unit, line), _ONE_TOOTH) and first(line, "TOO") is None:
        yield lacks(line, "TOO", "work on one tooth: which one is missing")


@loop_check(
    "tooth-surface", 6, _D, ("2400",), "A filling names the surfaces.", is_error=False, status="21"
)
def tooth_surface(unit: Unit, line: Block) -> Iterator[Problem]:
    """TOO03 for fillings."""
    if _is_within(_code(unit, line), _FILLINGS):
        for elements in each(line, "TOO"):
            if not at(elements, 3):
                yield lacks_element(line, elements, 3, "a filling: its surfaces are missing")


@loop_check(
    "orthodontics", 6, _D, ("2300",), "Orthodontic treatment says how long it takes.", status="21"
)
def orthodontics(unit: Unit, claim: Block) -> Iterator[Problem]:
    """DN1 where a line is orthodontic."""
    lines = claim.children("2400")
    if (
        any(_is_within(_code(unit, line), _ORTHODONTICS) for line in lines)
        and first(claim, "DN1") is None
    ):
        yield lacks(claim, "DN1", "orthodontic treatment: its months are missing")

"""A visit on the day of a minor procedure is paid beside it only when it is significant and separate.

The provider says so with modifier 25 on the visit. Payers decide for themselves, so the edit runs where a person
enters the charge and can judge it, not on claims that come ready from elsewhere. The fix adds the modifier once the
person has attested what the note shows.

Source: CMS, Medicare Claims Processing Manual, chapter 12, section 30.6.6.B.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from cleanclaim.kernel.findings import Finding, Severity
from cleanclaim.rules.code_list import CodeList, code_list
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.party import Role

CODES = Path(__file__).parent / "parameters" / "codes.yaml"
MODIFIER = "25"
MOST_MODIFIERS = 4


@dataclass(frozen=True, slots=True)
class Codes:
    """The lists in force on a day."""

    visits: CodeList
    procedures: CodeList
    exempt: CodeList
    settled_by: frozenset[str]


@lru_cache(maxsize=1024)
def codes_on(on: date) -> Codes:
    """The lists in force on the day.

    Raises:
        ReferenceDataError: the day lies before the first list.
    """
    raw = parameter(CODES).value(on=on)
    return Codes(
        code_list(raw["visits"]),
        code_list(raw["procedures"]),
        code_list(raw["exempt"]),
        frozenset(raw["settled_by"]),
    )


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A visit without the modifier beside a procedure of the same day and physician."""
    first_day = parameter(CODES).values[0][0]
    for line in claim.lines:
        if line.service_from is None or line.service_from < first_day:
            continue
        codes = codes_on(line.service_from)
        if line.procedure.code not in codes.visits or codes.settled_by & set(
            line.procedure.modifiers
        ):
            continue
        procedure = _procedure_beside(line, claim, codes)
        if procedure is not None:
            yield Hit(
                f"lines.{line.number}.modifiers",
                f"line {line.number}: modifier 25 on {line.procedure.code} with "
                f"{procedure.procedure.code}, same day",
            )


def _procedure_beside(visit: ServiceLine, claim: Claim, codes: Codes) -> ServiceLine | None:
    for line in claim.lines:
        code = line.procedure.code
        if (
            code in codes.procedures
            and code not in codes.exempt
            and line.service_from == visit.service_from
            and _rendering(line) == _rendering(visit)
        ):
            return line
    return None


def _rendering(line: ServiceLine) -> str:
    """The line's own rendering NPI; empty where the claim's holds."""
    return next((p.npi for p in line.providers if p.role is Role.RENDERING), "")


def fix(claim: Claim, finding: Finding) -> Claim | None:
    """The claim with modifier 25 in the first place on the line of the finding; None if there is no room."""
    number = int(finding.place.split(".")[1])
    lines = []
    for line in claim.lines:
        if line.number == number:
            modifiers = (MODIFIER, *line.procedure.modifiers)
            if len(modifiers) > MOST_MODIFIERS or MODIFIER in line.procedure.modifiers:
                return None
            line = replace(line, procedure=replace(line.procedure, modifiers=modifiers))
        lines.append(line)
    return replace(claim, lines=tuple(lines))


EDIT = Edit(
    code="line.modifier_25.missing",
    check=check,
    entry=Severity.HOLD,
    submission=None,
    hint="Add modifier 25 if the note shows a separate visit; else remove the visit",
    source="CMS, Medicare Claims Processing Manual, chapter 12, section 30.6.6.B",
    fix=fix,
    attestation="The note shows a significant visit, separate from the procedure of the same day",
)

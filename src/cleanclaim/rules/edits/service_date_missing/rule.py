"""Each line says on which day the service was given, or the claim does for it: a stay, or dental care of one day."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line without a day of service, unless the claim only asks what care to come would be paid."""
    if claim.is_predetermination:
        return
    for line in claim.dated.lines:
        if line.service_from is None:
            yield Hit(
                f"lines.{line.number}.service_from",
                f"line {line.number}: no date of service",
            )


EDIT = Edit(
    code="line.service_date.missing",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Enter the day of service",
    source="ASC X12N 837 guides 005010X222A1, X223A2, X224A2: DTP*472, or DTP*434 and 472 of the claim",
)

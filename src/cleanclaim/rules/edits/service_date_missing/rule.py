"""Each line says on which day the service was given."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line without a day of service."""
    for line in claim.lines:
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
    source="ASC X12N 837P guide 005010X222A1, DTP*472",
)

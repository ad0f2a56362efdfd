"""A line without a charge is allowed but seldom meant."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line that asks for nothing."""
    for line in claim.lines:
        if line.charge == 0:
            yield Hit(f"lines.{line.number}.charge", f"line {line.number}: the charge is 0.00")


EDIT = Edit(
    code="line.charge.zero",
    check=check,
    entry=Severity.WARN,
    submission=Severity.NOTE,
    hint="Check the fee of the procedure",
    source="ASC X12N 837P guide 005010X222A1, SV102",
)

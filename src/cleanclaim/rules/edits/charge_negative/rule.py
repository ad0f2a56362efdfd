"""A line never asks for less than nothing."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line with a charge below zero."""
    for line in claim.lines:
        if line.charge < 0:
            yield Hit(
                f"lines.{line.number}.charge",
                f"line {line.number}: charge {line.charge}, expected zero or more",
            )


EDIT = Edit(
    code="line.charge.negative",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Void or correct the earlier claim instead (frequency 8 or 7)",
    source="ASC X12N 837P guide 005010X222A1, SV102",
)

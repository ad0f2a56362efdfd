"""The charge of a claim is the sum of its lines."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import show
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A claim whose charge is not the sum of its lines."""
    if claim.lines and claim.line_total != claim.charge:
        yield Hit(
            "charge",
            f"the charge is {show(claim.charge)}, the lines add up to {show(claim.line_total)}",
        )


EDIT = Edit(
    code="claim.charge.sum",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Correct a line or the total",
    source="ASC X12N 837P guide 005010X222A1, CLM02",
)

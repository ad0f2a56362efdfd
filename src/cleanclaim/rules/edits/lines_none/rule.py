"""A claim asks for at least one service."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A claim without lines."""
    if not claim.lines:
        yield Hit("lines", "the claim has no service lines, expected 1 to 50")


EDIT = Edit(
    code="claim.lines.none",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Enter the services, or delete the claim",
    source="ASC X12N 837P guide 005010X222A1, loop 2400",
)

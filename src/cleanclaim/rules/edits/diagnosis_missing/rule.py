"""A professional claim names at least one diagnosis."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A claim without a diagnosis."""
    if not claim.diagnoses:
        yield Hit("diagnoses", "the claim has no diagnosis, expected 1 to 12")


EDIT = Edit(
    code="claim.diagnosis.missing",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.WARN,
    hint="Enter the diagnosis that the note supports",
    source="ASC X12N 837P guide 005010X222A1, HI",
)

"""A line points to diagnoses that the claim has."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A pointer to a diagnosis that is not there."""
    count = len(claim.diagnoses)
    if not count:
        return
    for line in claim.lines:
        for pointer in line.pointers:
            if not 1 <= pointer <= count:
                yield Hit(
                    f"lines.{line.number}.pointers",
                    f"line {line.number}: pointer {pointer}, the claim has {count} diagnoses",
                )


EDIT = Edit(
    code="line.diagnosis.pointer",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.WARN,
    hint="Point to a diagnosis of this claim, or add it",
    source="ASC X12N 837P guide 005010X222A1, SV107",
)

"""Money has whole cents."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import is_whole_cents
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A charge with a part below a cent."""
    for line in claim.lines:
        if not is_whole_cents(line.charge):
            yield Hit(
                f"lines.{line.number}.charge",
                f"line {line.number}: charge {line.charge}, expected whole cents",
            )


EDIT = Edit(
    code="line.charge.cents",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Round the charge to whole cents",
    source="ASC X12N 837P guide 005010X222A1, SV102",
)

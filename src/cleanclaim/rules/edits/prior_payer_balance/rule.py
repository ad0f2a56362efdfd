"""What an earlier payer did with a line adds up to the line's charge.

Checked where line detail is there and no claim-level adjustment shares in it."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import show
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.adjustment import adjusted
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """An earlier payer's line whose payment and adjustments are not its charge."""
    if any(other.adjustments for other in claim.other_coverages):
        return
    for line in claim.lines:
        for answer in line.adjudications:
            explained = answer.paid + adjusted(answer.adjustments)
            if answer.adjustments and explained != line.charge:
                yield Hit(
                    f"lines.{line.number}.adjudications",
                    f"line {line.number}: charge {show(line.charge)}, the earlier payer's payment and "
                    f"adjustments make {show(explained)}",
                )


EDIT = Edit(
    code="line.prior_payer.balance",
    check=check,
    entry=Severity.WARN,
    submission=Severity.WARN,
    hint="Compare with the remittance of the earlier payer",
    source="ASC X12N 837P guide 005010X222A1, loop 2430",
)

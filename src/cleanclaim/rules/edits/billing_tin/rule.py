"""The billing provider has a taxpayer number."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.ids import tin
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A taxpayer number that is missing or cannot be one."""
    number = tin.compact(claim.billing.tin)
    if not number:
        yield Hit("billing.tin", "the billing provider has no taxpayer number")
    elif not tin.is_valid(number):
        yield Hit("billing.tin", "the taxpayer number is not nine digits")


EDIT = Edit(
    code="claim.billing_tin.missing",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.WARN,
    hint="Enter the EIN as on the contract with the payer",
    source="ASC X12N 837P guide 005010X222A1, loop 2010AA REF",
)

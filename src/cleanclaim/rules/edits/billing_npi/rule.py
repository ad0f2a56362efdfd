"""The billing provider has an NPI with a right check digit."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.ids import npi
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A billing NPI that is missing or wrong."""
    number = claim.billing.npi
    if not number:
        yield Hit("billing.npi", "the billing provider has no NPI")
    elif not npi.is_valid(number):
        yield Hit("billing.npi", f"billing NPI {number}: the check digit is wrong")


EDIT = Edit(
    code="claim.billing_npi.invalid",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.WARN,
    hint="Compare with the NPPES record",
    source="45 CFR 162.406, 162.410",
)

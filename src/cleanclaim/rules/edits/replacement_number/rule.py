"""A corrected or void claim names the claim that it replaces by the payer number."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """Frequency 7 or 8 without the payer's number of the first claim."""
    if claim.frequency_code in ("7", "8") and not claim.original_payer_number.strip():
        yield Hit(
            "original_payer_number",
            f"frequency {claim.frequency_code} without the payer's claim number (REF*F8)",
        )


EDIT = Edit(
    code="claim.original_number.missing",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Copy the number from the remittance (CLP07) or the 277CA (REF*1K)",
    source="ASC X12N 837P guide 005010X222A1, loop 2300 REF*F8",
)

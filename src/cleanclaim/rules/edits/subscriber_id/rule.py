"""The subscriber has a member number."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A subscriber without a member number."""
    if not claim.subscriber.person.member_id.strip():
        yield Hit("subscriber.member_id", "the subscriber has no member number")


EDIT = Edit(
    code="claim.subscriber_id.missing",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.WARN,
    hint="Copy it from the card, or ask for eligibility (270)",
    source="ASC X12N 837P guide 005010X222A1, loop 2010BA NM109",
)

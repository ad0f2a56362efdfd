"""Places of service are codes of the CMS list."""

from collections.abc import Iterator

from cleanclaim.codes import place_of_service
from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A place of service that the list does not have."""
    places = [("place_of_service", claim.place_of_service)]
    places += [
        (f"lines.{line.number}.place_of_service", line.place_of_service)
        for line in claim.lines
        if line.place_of_service
    ]
    for place, code in places:
        if not place_of_service.is_valid(code):
            yield Hit(place, f"place of service {code or 'missing'}: not in the list")


EDIT = Edit(
    code="claim.place_of_service.unknown",
    check=check,
    entry=Severity.WARN,
    submission=Severity.WARN,
    hint="Choose the place where the service was given",
    source="CMS place of service code set",
)

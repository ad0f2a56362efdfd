"""A service is billed after it was given; its last day is not before its first."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line whose days lie after the day of submission, or run backwards."""
    for line in claim.dated.lines:
        first, last = line.service_from, line.service_to or line.service_from
        if first is None or last is None:
            continue
        place = f"lines.{line.number}.service_from"
        if last > context.submit_on:
            yield Hit(
                place,
                f"line {line.number}: date of service {last} is after {context.submit_on}, "
                "the day of submission",
            )
        elif last < first:
            yield Hit(place, f"line {line.number}: the service ends on {last}, before {first}")


EDIT = Edit(
    code="line.service_date.future",
    check=check,
    entry=Severity.HOLD,
    submission=Severity.HOLD,
    hint="Correct the date, or wait until the service was given",
    source="ASC X12N 837 guides 005010X222A1, X223A2, X224A2: DTP*472, or DTP*434 and 472 of the claim",
)

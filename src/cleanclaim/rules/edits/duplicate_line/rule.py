"""The same service twice on one claim is often an error of entry."""

from collections.abc import Iterator

from cleanclaim.kernel.findings import Severity
from cleanclaim.rules.edits.values import Edit, EditContext, Hit
from cleanclaim.values.claim import Claim


def check(claim: Claim, context: EditContext) -> Iterator[Hit]:
    """A line like an earlier one: same code, modifiers, days, units and charge."""
    seen: dict[object, int] = {}
    for line in claim.lines:
        key = (line.procedure, line.service_from, line.service_to, line.quantity, line.charge)
        first = seen.setdefault(key, line.number)
        if first != line.number:
            yield Hit(
                f"lines.{line.number}",
                f"line {line.number}: the same service as line {first}",
            )


EDIT = Edit(
    code="line.duplicate",
    check=check,
    entry=Severity.WARN,
    submission=Severity.WARN,
    hint="Delete the line, raise the units, or add modifier 76 or 59",
)

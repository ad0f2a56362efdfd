"""A fee schedule held in memory, for tests, the demo world and set-up files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.rules.pricing.values import Fee


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One fee over a half-open span. A row without modifier holds for all modifiers without a row of their own."""

    schedule: str
    code: str
    amount: Decimal
    edition: str
    valid_from: date
    valid_to: date | None = None
    modifier: str = ""


class FeeTable:
    """Fees by schedule, code and modifier."""

    def __init__(self, rows: Iterable[FeeRow]) -> None:
        self._rows: dict[tuple[str, str, str], list[FeeRow]] = {}
        for row in rows:
            self._rows.setdefault((row.schedule, row.code, row.modifier), []).append(row)

    def fee(self, schedule: str, code: str, modifiers: tuple[str, ...], *, on: date) -> Fee | None:
        """The fee in force on the day: of the first modifier that has one, else of the bare code."""
        for modifier in (*modifiers, ""):
            for row in self._rows.get((schedule, code, modifier), ()):
                if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                    return Fee(row.amount, row.edition, row.modifier)
        return None

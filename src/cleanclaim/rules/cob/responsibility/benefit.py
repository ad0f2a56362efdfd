"""What is left of an out-of-pocket maximum."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a payer's eligibility answer, or a person, said is left of an out-of-pocket maximum of the year of `as_of`.

    `left` is less what claims that the payer answered since have `used`; of the family's maximum also those of the others.
    """

    left: Decimal
    as_of: date
    source: str
    used: Decimal = ZERO
    is_family: bool = False

    @property
    def words(self) -> str:
        """What was left, of whose maximum, on which day and who said so."""
        whose = "the family's" if self.is_family else "the"
        return f"{show(self.left)} was left of {whose} out-of-pocket maximum on {self.as_of} ({self.source}{self.used_words})"

    @property
    def used_words(self) -> str:
        """What of it other claims have used since, in words."""
        return f"; {show(self.used)} used since by claims answered before" if self.used else ""

"""What changes while the lines of one claim are worked in order."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import total
from cleanclaim.rules.benefits import Tally
from cleanclaim.values.decision import AuthorizationUse


@dataclass(slots=True)
class Running:
    """The claim's own use of accumulators, copays and authorized units, line by line."""

    tally: Tally
    visits: set[tuple[str, date]] = field(default_factory=set)
    authorized: list[AuthorizationUse] = field(default_factory=list)

    def units_used(self, number: str, codes: tuple[str, ...]) -> Decimal:
        """Units of the authorization for these services that earlier lines of this claim have taken."""
        return total(u.units for u in self.authorized if (u.number, u.codes) == (number, codes))

    def give_back(self, line_number: int) -> None:
        """Return the units that a line took which is denied after all."""
        self.authorized = [use for use in self.authorized if use.line_number != line_number]

    def owes_copay(self, category: str, on: date) -> bool:
        """Whether this is the first line of the visit; asking marks the visit as seen."""
        visit = (category, on)
        if visit in self.visits:
            return False
        self.visits.add(visit)
        return True

"""Re-provers: apps above that cache a figure say here how to compare it with the legs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree: `subject` names the record (`entry 12`, `claim 7 paid`)."""

    check: str
    subject: str
    expected: Decimal
    found: Decimal

    @property
    def amount(self) -> Decimal:
        """By how much; can be zero where the fault is not one of amount."""
        return self.found - self.expected


Prover = Callable[[], Iterable[Difference]]
# From a day on: {accounting day: (what should have been posted, what was)}.
DayComparison = Callable[[date], dict[date, tuple[Decimal, Decimal]]]
_provers: dict[str, Prover] = {}
_checks: dict[str, str] = {}
_days: dict[str, DayComparison] = {}


def register(name: str, prover: Prover, *, check: str = "") -> None:
    """Have `prove()` run this too. Called once per process from an app's `ready()`.

    `check` is the wording of the differences it yields, so that a page can name it when there are none.
    """
    _provers[name] = prover
    if check:
        _checks[name] = check


def register_days(words: str, comparison: DayComparison) -> None:
    """Have the proof page compare each accounting day with records outside the ledger."""
    _days[words] = comparison


def registered() -> dict[str, Prover]:
    """The re-provers by name, in the order they came."""
    return dict(_provers)


def registered_checks() -> tuple[str, ...]:
    """The wordings of the re-provers' checks."""
    return tuple(_checks.values())


def registered_days() -> dict[str, DayComparison]:
    """The comparisons by day, by their words."""
    return dict(_days)

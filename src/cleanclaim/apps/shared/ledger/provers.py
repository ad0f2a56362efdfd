"""Re-provers: apps above that cache a figure say here how to compare it with the legs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
_provers: dict[str, Prover] = {}


def register(name: str, prover: Prover) -> None:
    """Have `prove()` run this too. Called once per process from an app's `ready()`."""
    _provers[name] = prover


def registered() -> dict[str, Prover]:
    """The re-provers by name, in the order they came."""
    return dict(_provers)

"""What a contract says about prices, and what a price is."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from cleanclaim.rules.code_list import CodeList
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Fee:
    """One row of a fee schedule: dollars per unit, with the edition that it comes from."""

    amount: Decimal
    edition: str


class FeeLookup(Protocol):
    """Where fees come from; the caller may read them from a table or hold them in memory."""

    def fee(self, schedule: str, code: str, modifiers: tuple[str, ...], *, on: date) -> Fee | None:
        """The fee per unit in force on the day, or None where the schedule has no price."""
        ...


@dataclass(frozen=True, slots=True)
class Term:
    """One price term of a contract.

    Attributes:
        method: a key of `METHODS`: `fee_schedule` or `percent_of_charge`.
        codes: what it holds for; an empty list is the contract's default.
        schedule: name of the fee schedule, for `fee_schedule`.
        rate: percent of the fee, or of the charge.
    """

    method: str
    codes: CodeList = field(default_factory=CodeList)
    schedule: str = ""
    rate: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a plan agreed with a provider. Terms are tried specific code first, then range, then default.

    `pays_lesser_of_charge`: the allowed amount of a line never exceeds its charge.
    """

    code: str
    name: str
    edition: str
    terms: tuple[Term, ...]
    pays_lesser_of_charge: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """The allowed amount of one line, how it was found, and the steps that explain it."""

    allowed: Decimal
    method: str
    edition: str
    steps: tuple[TraceStep, ...]

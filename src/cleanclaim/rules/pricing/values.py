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
class Option:
    """One way to price a line.

    Attributes:
        method: a key of `METHODS`.
        codes: what it holds for; an empty list is the contract's default.
        schedule: name of the fee schedule, for the methods that read one.
        rate: percent of the fee, or of the charge.
        clause: where the contract says so, in our own words: `brand clause`, `exhibit B 2.1`.
        amount: dollars, for `flat` (the line) and `per_unit` (each unit).
        discount: percent off the average wholesale price, for `awp_discount`.
        dispensing_fee: dollars added to the price of a drug, once a fill.
        drugs: `brand` or `generic` where it holds for one kind of drug only.
    """

    method: str
    codes: CodeList = field(default_factory=CodeList)
    schedule: str = ""
    rate: Decimal = Decimal(100)
    clause: str = ""
    amount: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    dispensing_fee: Decimal = Decimal(0)
    drugs: str = ""


@dataclass(frozen=True, slots=True)
class Term(Option):
    """One price term of a contract; `options` are what `lesser_of` takes the lowest price of."""

    options: tuple[Option, ...] = ()


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
    """The allowed amount of one line, how it was found, and the steps that explain it.

    `term` is the one that priced it, where a contract did.
    """

    allowed: Decimal
    method: str
    edition: str
    steps: tuple[TraceStep, ...]
    term: Option | None = None

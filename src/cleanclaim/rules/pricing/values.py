"""What a contract says about prices, and what a price is."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from cleanclaim.rules.code_list import CodeList
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Fee:
    """One row of a fee schedule: dollars per unit, with the edition that it comes from.

    `modifier` is the one that the row is for; empty where it is for the bare code.
    """

    amount: Decimal
    edition: str
    modifier: str = ""


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


class Covers(StrEnum):
    """Which lines a case rate or a day rate pays for."""

    CLAIM = "claim"  # every line but those that are carved out
    LINES = "lines"  # those with the term's own codes


@dataclass(frozen=True, slots=True)
class Tier:
    """Dollars a day up to a day of the stay, that day included; None = for all further days."""

    amount: Decimal
    through_day: int | None = None


@dataclass(frozen=True, slots=True)
class Term(Option):
    """One price term of a contract; `options` are what `lesser_of` takes the lowest price of.

    Attributes:
        tiers: dollars a day, for `per_diem`, in order of the days.
        covers: for `case_rate` and `per_diem`.
        carve_out: its codes are priced by it apart from case rates, day rates and stop loss.
    """

    options: tuple[Option, ...] = ()
    tiers: tuple[Tier, ...] = ()
    covers: Covers = Covers.CLAIM
    carve_out: bool = False


@dataclass(frozen=True, slots=True)
class ModifierClause:
    """A line with the modifier is paid this percent of its price; `codes` empty = of any code."""

    modifier: str
    percent: Decimal
    codes: CodeList = field(default_factory=CodeList)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class RankClause:
    """Percents of the prices of several procedures of one day, the highest price first; the last holds for all further."""

    percents: tuple[Decimal, ...]
    codes: CodeList
    clause: str = ""


class StopLossPays(StrEnum):
    """What a stop loss takes its percent of."""

    EXCESS = "excess"  # from the second dollar: the charges above the threshold, on top of the terms' price
    ALL = "all"  # from the first dollar: all charges, in place of the terms' price


@dataclass(frozen=True, slots=True)
class StopLoss:
    """A claim whose charges exceed the threshold in dollars is paid by a percent of them.

    `codes`: only claims with such a line; empty = every claim.
    """

    threshold: Decimal
    percent: Decimal
    pays: StopLossPays
    codes: CodeList = field(default_factory=CodeList)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a plan agreed with a provider. Terms are tried specific code first, then range, then default.

    `pays_lesser_of_charge`: the allowed amount of a line never exceeds its charge. What the other clauses do, and in which
    order: `claim.price_claim`.
    """

    code: str
    name: str
    edition: str
    terms: tuple[Term, ...]
    pays_lesser_of_charge: bool = True
    modifiers: tuple[ModifierClause, ...] = ()
    multiple_procedures: tuple[RankClause, ...] = ()
    stop_loss: tuple[StopLoss, ...] = ()

    @property
    def prices_whole_claims(self) -> bool:
        """Whether the price of a line may hang on the other lines of its claim."""
        return bool(
            self.multiple_procedures
            or self.stop_loss
            or any(term.method in WHOLE_CLAIM for term in self.terms)
        )


WHOLE_CLAIM = ("case_rate", "per_diem")


@dataclass(frozen=True, slots=True)
class Factor:
    """What a modifier or a rank among several procedures (from 1; else 0) made of a price; `words` such as `modifier 50`."""

    words: str
    percent: Decimal
    clause: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """The allowed amount of one line, how it was found, and the steps that explain it.

    Attributes:
        term: the one that priced it, where a contract did; `more_terms` added to the amount that lines share.
        fee_modifier: the modifier that the fee schedule's own row was for.
        factors: what modifiers and ranks made of the term's price, in that order.
        stop_loss: the one that holds for the claim.
        share_group: lines of the claim with the same number, above 0, share one amount; 0 = a price of its own.
    """

    allowed: Decimal
    method: str
    edition: str
    steps: tuple[TraceStep, ...]
    term: Option | None = None
    fee_modifier: str = ""
    factors: tuple[Factor, ...] = ()
    stop_loss: StopLoss | None = None
    share_group: int = 0
    more_terms: tuple[Option, ...] = ()

    @property
    def clause(self) -> str:
        """Where the contract says so: of the term, then of what changed its price."""
        parts = [self.term.clause if self.term else ""]
        parts += [one.clause for one in self.more_terms]
        parts += [one.clause for one in self.factors]
        parts += [self.stop_loss.clause] if self.stop_loss else []
        return ", ".join(dict.fromkeys(part for part in parts if part))

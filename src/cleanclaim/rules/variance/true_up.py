"""What a payer and we owe each other after a period, by a guarantee over all claims of it or by a fee on them.

GER (generic effective rate): the payer guarantees that the generics of a period are paid, in sum, at the average wholesale
price (AWP) less a percentage, dispensing fees apart. What it paid below that it owes us; what it paid above, we owe it.
DIR (direct and indirect remuneration): a percentage of what was paid, and an amount a claim, goes back to the payer afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import cents, show, total


class TrueUpKind(StrEnum):
    """What is worked out after a period."""

    GER = "ger"
    DIR = "dir"


MONTHS = {"month": 1, "quarter": 3, "year": 12}  # the periods of a term, by the calendar


@dataclass(frozen=True, slots=True)
class TrueUpTerm:
    """A guarantee or a fee.

    Attributes:
        percent: GER: off the AWP; DIR: of what was paid.
        fee: dollars a line; GER: dispensing fee, no part of the guarantee; DIR: goes back with the percentage.
    """

    kind: TrueUpKind
    percent: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class TrueUpLine:
    """One answered line in dollars: what the payer paid, and allowed with the patient's part; `drug` is brand or generic."""

    paid: Decimal
    allowed: Decimal
    drug: str = ""
    awp: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TrueUp:
    """What the payer owes us for the lines; below zero we owe it. `steps` is the arithmetic."""

    amount: Decimal
    steps: tuple[tuple[str, str], ...]
    count: int


def counts(term: TrueUpTerm, line: TrueUpLine) -> bool:
    """Whether a term looks at a line: a guarantee at generics with an AWP, a fee at whatever was paid."""
    if term.kind is TrueUpKind.GER:
        return line.drug == "generic" and line.awp is not None
    return line.paid > 0


def true_up(term: TrueUpTerm, lines: Sequence[TrueUpLine]) -> TrueUp:
    """What is owed for the lines of a period under a term."""
    chosen = [line for line in lines if counts(term, line)]
    fees = term.fee * len(chosen)
    if term.kind is TrueUpKind.DIR:
        paid = total(line.paid for line in chosen)
        share = cents(paid * term.percent / 100)
        owed = -(share + fees)
        steps: tuple[tuple[str, str], ...] = (
            ("paid", show(paid)),
            (f"{term.percent.normalize():f} % of it", show(share)),
            (f"{len(chosen)} lines × {show(term.fee)}", show(fees)),
            ("goes back to the payer", show(-owed)),
        )
        return TrueUp(owed, steps, len(chosen))
    awp = total(line.awp or Decimal(0) for line in chosen)
    promised = cents(awp * (100 - term.percent) / 100)
    allowed = total(line.allowed for line in chosen)
    owed = promised + fees - allowed
    steps = (
        ("AWP of the generics", show(awp)),
        (f"guaranteed, less {term.percent.normalize():f} %", show(promised)),
        (f"dispensing, {len(chosen)} lines × {show(term.fee)}", show(fees)),
        ("allowed by the payer", show(-allowed)),
        ("the payer owes" if owed >= 0 else "we owe the payer", show(abs(owed))),
    )
    return TrueUp(owed, steps, len(chosen))


def period_of(period: str, on: date) -> tuple[date, date]:
    """First and last day of the calendar period in which a day lies."""
    months = MONTHS[period]
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def periods_of(period: str, *, since: date, until: date) -> list[tuple[date, date]]:
    """Every period that has a day from `since` to `until`, oldest first."""
    found = []
    day = since
    while day <= until:
        first, last = period_of(period, day)
        found.append((first, last))
        day = last + timedelta(days=1)
    return found

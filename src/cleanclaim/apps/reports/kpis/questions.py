"""KPIs as of a day, as known at a moment: value, numerator, denominator, and what each is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from cleanclaim.apps.reports.aging.questions import LIMITS_DAYS, AgingRow, View, aging_by_day
from cleanclaim.apps.reports.kpis.definitions import (
    BY_NAME,
    KPIS,
    RECEIVABLE,
    REVENUE,
    VERSION,
    Kpi,
    OfItems,
    OfLedger,
    OfRemittances,
    Part,
    Span,
    Unit,
)
from cleanclaim.apps.reports.kpis.sums import AccountDays, remittance_counts
from cleanclaim.apps.reports.kpis.targets import targets_by_day
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total

PERIOD_DAYS = 90
LONGEST_DAYS = 3660
YEAR_DAYS = 365
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Asked:
    """As of a day, known at a moment (None: now), over a period of days that ends with the day."""

    on: date
    known: datetime | None = None
    days: int = PERIOD_DAYS

    def __post_init__(self) -> None:
        checked_day(self.on, "as of")
        if not 1 <= self.days <= LONGEST_DAYS:
            raise InputError(f"period of {self.days} days: expected 1 to {LONGEST_DAYS}")

    def first(self, span: Span) -> date | None:
        """The first accounting day of a span; None: from the beginning."""
        days = {Span.PERIOD: self.days, Span.YEAR: YEAR_DAYS}.get(span)
        return None if days is None else self.on - timedelta(days=days - 1)

    def last(self, span: Span) -> date:
        """The last accounting day of a span."""
        return self.on - timedelta(days=self.days) if span is Span.START else self.on


@dataclass(frozen=True, slots=True)
class Summed:
    """A part with its amount, the sign included."""

    part: Part
    amount: Decimal
    by_account: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One KPI worked out; `value` is None where the denominator is not above zero."""

    kpi: Kpi
    asked: Asked
    numerator: tuple[Summed, ...]
    denominator: tuple[Summed, ...]
    target: Decimal | None
    year_days: int = YEAR_DAYS  # since the first charge where that is less than a year ago
    version: str = VERSION

    @property
    def top(self) -> Decimal:
        """The numerator."""
        return total(one.amount for one in self.numerator)

    @property
    def bottom(self) -> Decimal:
        """The denominator."""
        return total(one.amount for one in self.denominator)

    @property
    def factor(self) -> int:
        """What the quotient is multiplied by, for its unit."""
        return {
            Unit.PERIOD_DAYS: self.asked.days,
            Unit.YEAR_DAYS: self.year_days,
            Unit.DAYS: 1,
            Unit.PERCENT: 100,
        }[self.kpi.unit]

    @property
    def span_days(self) -> int:
        """Over how many days its flows are added up."""
        return self.year_days if self.kpi.unit is Unit.YEAR_DAYS else self.asked.days

    @property
    def value(self) -> Decimal | None:
        """The quotient in the KPI's unit, to a tenth, halves away from zero."""
        if self.bottom <= 0:
            return None
        return (self.top * self.factor / self.bottom).quantize(TENTH, ROUND_HALF_UP)

    @property
    def is_counted(self) -> bool:
        """Whether numerator and denominator are counts (of days, payments, claims), not dollars."""
        return all(isinstance(part, OfRemittances) for part in self.kpi.numerator)

    @property
    def is_missed(self) -> bool:
        """Whether it is on the wrong side of its target."""
        if self.value is None or self.target is None:
            return False
        return self.value < self.target if self.kpi.high_is_good else self.value > self.target


def kpis(asked: Asked, names: Sequence[str] = ()) -> list[Found]:
    """The KPIs named, or all, in the order of their definitions.

    Raises:
        InputError: a name is unknown.
    """
    return kpis_by_day(asked, [asked.on], names)[asked.on]


def kpis_by_day(
    asked: Asked, days: Sequence[date], names: Sequence[str] = ()
) -> dict[date, list[Found]]:
    """`kpis` as of each of several days in place of the asked one: ledger, items and payments are read once for all.

    Raises:
        InputError: a name is unknown.
    """
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        raise InputError(f"KPI {unknown[0][:40]!r}: expected of {', '.join(BY_NAME)}")
    wanted = [kpi for kpi in KPIS if not names or kpi.name in names]
    each = [replace(asked, on=on) for on in days]
    figures = _Figures(each, [part for kpi in wanted for part in (*kpi.numerator, *kpi.denominator)])  # fmt: skip
    goals = targets_by_day(days, known=asked.known)
    return {
        one.on: [
            Found(
                kpi,
                one,
                tuple(figures.summed(part, one) for part in kpi.numerator),
                tuple(figures.summed(part, one) for part in kpi.denominator),
                goals[one.on].get(kpi.name),
                figures.year_days(one.on) if kpi.unit is Unit.YEAR_DAYS else YEAR_DAYS,
            )
            for kpi in wanted
        ]
        for one in each
    }


class _Figures:
    """What the parts of KPIs need on several days, each source read once and only if a part needs it."""

    def __init__(self, each: Sequence[Asked], parts: Sequence[Part]) -> None:
        days, known = [one.on for one in each], each[0].known
        ledger = [part for part in parts if isinstance(part, OfLedger)]
        if ledger:
            firsts = [one.first(part.span) for one in each for part in ledger]
            accounts = sorted({code for part in ledger for code in part.accounts})
            since = min((day for day in firsts if day is not None), default=None)
            self._legs = AccountDays(
                accounts, first=None if None in firsts else since, last=max(days), known=known
            )
        if any(isinstance(part, OfItems) for part in parts):
            self._aged = aging_by_day(View(each[-1].on, known), days)
        if any(isinstance(part, OfRemittances) for part in parts):
            spans = [(one.on - timedelta(days=one.days - 1), one.on) for one in each]
            self._counts = remittance_counts(spans, known=known)

    def year_days(self, on: date) -> int:
        """The days of the year up to the day, of younger books those since their first charge."""
        first = self._legs.first_day(REVENUE)
        return YEAR_DAYS if first is None or first > on else min(YEAR_DAYS, (on - first).days + 1)

    def summed(self, part: Part, asked: Asked) -> Summed:
        """The part with its amount on one of the days."""
        sign = -1 if part.minus else 1
        if isinstance(part, OfLedger):
            balances = self._legs.sums(first=asked.first(part.span), last=asked.last(part.span))
            sign = -sign if part.credit else sign
            lines = tuple(
                (code, sign * balances[code]) for code in part.accounts if code in balances
            )
            return Summed(part, total(amount for _, amount in lines), lines)
        if isinstance(part, OfItems):
            return Summed(part, sign * _items(part, self._aged[asked.on]))
        return Summed(part, sign * Decimal(self._counts[asked.on][part.name]))


def _items(part: OfItems, aged: Sequence[AgingRow]) -> Decimal:
    if part.older_than_days is None:
        return -total(row.credit for row in aged)
    first = sum(days <= part.older_than_days for days in LIMITS_DAYS)
    bands = slice(0, 1) if part.youngest else slice(first, None)
    return total(amount for row in aged for amount in row.bands[bands])


def countback_dso(asked: Asked, *, months: int = 36) -> Decimal | None:
    """Days of charges that the receivable stands for, counted back month by month; None: more than all charges of `months`.

    The month of the first charge has the days since it.
    """
    legs = AccountDays((*RECEIVABLE, *REVENUE), first=None, last=asked.on, known=asked.known)
    begin = legs.first_day(REVENUE)
    balances = legs.sums(first=None, last=asked.on)
    left = total(amount for code, amount in balances.items() if code in RECEIVABLE)
    days, last = Decimal(0), asked.on
    for _ in range(months):
        if left <= 0 or begin is None or last < begin:
            break
        first = max(last.replace(day=1), begin)
        length = (last - first).days + 1
        month = legs.sums(first=first, last=last)
        charges = -total(month.get(code, ZERO) for code in REVENUE)
        if charges >= left:
            return (days + length * left / charges).quantize(TENTH, ROUND_HALF_UP)
        left -= max(charges, ZERO)
        days += length
        last = first - timedelta(days=1)
    return days.quantize(TENTH) if left <= 0 else None

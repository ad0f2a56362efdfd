"""KPIs as of a day, as known at a moment: value, numerator, denominator, and what each is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from cleanclaim.apps.reports.aging.questions import AgingRow, View, aging
from cleanclaim.apps.reports.kpis.definitions import (
    BY_NAME,
    KPIS,
    VERSION,
    Kpi,
    OfItems,
    OfLedger,
    OfRemittances,
    Part,
    Span,
    Unit,
)
from cleanclaim.apps.reports.kpis.targets import targets
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total

PERIOD_DAYS = 90
LONGEST_DAYS = 3660
YEAR_DAYS = 365
TENTH = Decimal("0.1")
TAKEN_OVER = "taken over"  # the reason of legs that a trial balance brought
REMITTANCES = """
    SELECT coalesce(sum((remittance.posted_on - remittance.received_on)) FILTER (WHERE first), 0),
           count(*) FILTER (WHERE first),
           count(*) FILTER (WHERE remittance.posted_by IS NULL AND place.outcome <> 'held'),
           count(place.id), count(*) FILTER (WHERE place.outcome = 'denied')
      FROM remittances_remittance AS remittance
      LEFT JOIN remittances_remittanceclaim AS place ON place.remittance_id = remittance.id
      CROSS JOIN LATERAL (SELECT coalesce(place.position, 1) = 1) AS is_first (first)
     WHERE remittance.state = 'posted' AND remittance.posted_on BETWEEN %(first)s AND %(on)s
           AND (%(known)s::timestamptz IS NULL OR remittance.posted_at <= %(known)s)
"""


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
    def value(self) -> Decimal | None:
        """The quotient in the KPI's unit, to a tenth, halves away from zero."""
        if self.bottom <= 0:
            return None
        factor = {
            Unit.PERIOD_DAYS: self.asked.days,
            Unit.YEAR_DAYS: YEAR_DAYS,
            Unit.DAYS: 1,
            Unit.PERCENT: 100,
        }[self.kpi.unit]
        return (self.top * factor / self.bottom).quantize(TENTH, ROUND_HALF_UP)

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
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        raise InputError(f"KPI {unknown[0][:40]!r}: expected of {', '.join(BY_NAME)}")
    figures = _Figures(asked)
    wanted = targets(on=asked.on, known=asked.known)
    return [
        Found(
            kpi,
            asked,
            tuple(map(figures.summed, kpi.numerator)),
            tuple(map(figures.summed, kpi.denominator)),
            wanted.get(kpi.name),
        )
        for kpi in KPIS
        if not names or kpi.name in names
    ]


class _Figures:
    """What the parts of all KPIs need, each read once and only if it is needed."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._legs: dict[Span, dict[str, Decimal]] = {}
        self._aged: list[AgingRow] | None = None
        self._view = View(asked.on, asked.known)
        self._remittances: dict[str, int] | None = None

    def summed(self, part: Part) -> Summed:
        """The part with its amount."""
        sign = -1 if part.minus else 1
        if isinstance(part, OfLedger):
            balances = self._balances(part.span)
            sign = -sign if part.credit else sign
            lines = tuple(
                (code, sign * balances[code]) for code in part.accounts if code in balances
            )
            return Summed(part, total(amount for _, amount in lines), lines)
        if isinstance(part, OfItems):
            return Summed(part, sign * self._items(part))
        return Summed(part, sign * Decimal(self._counts()[part.name]))

    def _balances(self, span: Span) -> dict[str, Decimal]:
        if span not in self._legs:
            self._legs[span] = account_sums(self._asked, span)
        return self._legs[span]

    def _items(self, part: OfItems) -> Decimal:
        if self._aged is None:
            self._aged = aging(self._view)
        if part.older_than_days is None:
            return -total(row.credit for row in self._aged)
        first = sum(days <= part.older_than_days for days in self._view.limits_days)
        bands = slice(0, 1) if part.youngest else slice(first, None)
        return total(amount for row in self._aged for amount in row.bands[bands])

    def _counts(self) -> dict[str, int]:
        if self._remittances is None:
            values = {"on": self._asked.on, "known": self._asked.known, "first": self._asked.first(Span.PERIOD)}  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(REMITTANCES, values)
                row = cursor.fetchone()
            names = ("lag", "posted", "auto", "claims", "denied")
            self._remittances = dict(zip(names, map(int, row), strict=True))
        return self._remittances


def account_sums(asked: Asked, span: Span) -> dict[str, Decimal]:
    """{account: its legs' sum over the span's accounting days}, debits positive, as known at the moment.

    What a former system's trial balance brought stands in balances, and never moved in a period.
    """
    known = (
        "JOIN ledger_entry AS entry ON entry.id = leg.entry_id AND entry.recorded_at <= %(known)s"
    )
    sql = f"""
        SELECT leg.account, sum(leg.amount) FROM ledger_leg AS leg {known if asked.known else ""}
         WHERE leg.accounting_on <= %(last)s
               AND (%(first)s::date IS NULL OR leg.accounting_on >= %(first)s)
               AND (%(first)s::date IS NULL OR leg.reason <> %(taken_over)s) GROUP BY leg.account
    """
    values = {
        "known": asked.known,
        "first": asked.first(span),
        "last": asked.last(span),
        "taken_over": TAKEN_OVER,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def countback_dso(asked: Asked, *, months: int = 36) -> Decimal | None:
    """Days of charges that the receivable stands for, counted back month by month; None: more than `months`."""
    left = total(
        amount
        for code, amount in account_sums(asked, Span.END).items()
        if code.startswith("receivable:")
    )
    days, last = Decimal(0), asked.on
    for _ in range(months):
        if left <= 0:
            break
        first = last.replace(day=1)
        length = (last - first).days + 1
        month = account_sums(Asked(last, asked.known, length), Span.PERIOD)
        charges = -month.get("revenue:patient-services", ZERO)
        if charges >= left:
            return (days + length * left / charges).quantize(TENTH, ROUND_HALF_UP)
        left -= max(charges, ZERO)
        days += length
        last = first - timedelta(days=1)
    return days.quantize(TENTH) if left <= 0 else None


@dataclass(frozen=True, slots=True)
class DaysToPay:
    """How long a payer takes from the sending of a claim to its payment; days."""

    payer: str
    claims: int
    mean: Decimal
    median: int
    p90: int


def days_to_pay(asked: Asked) -> list[DaysToPay]:
    """By payer, slowest first: claims that it paid in the period, first answers alone."""
    sql = """
        WITH answered AS (
            SELECT claim.payer_name AS payer, min(remittance.paid_on) - claim.submitted_on AS days
              FROM remittances_remittanceclaim AS place
              JOIN remittances_remittance AS remittance ON remittance.id = place.remittance_id
              JOIN claims_claim AS claim ON claim.id = place.claim_id
             WHERE remittance.state = 'posted' AND claim.submitted_on IS NOT NULL AND place.paid > 0
                   AND (%(known)s::timestamptz IS NULL OR remittance.posted_at <= %(known)s)
             GROUP BY claim.id HAVING min(remittance.paid_on) BETWEEN %(first)s AND %(on)s
        )
        SELECT payer, count(*), sum(days), percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
               percentile_disc(0.9) WITHIN GROUP (ORDER BY days)
          FROM answered GROUP BY payer ORDER BY 4 DESC, payer
    """
    values = {"on": asked.on, "known": asked.known, "first": asked.first(Span.PERIOD)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            DaysToPay(
                payer, count, (Decimal(days) / count).quantize(TENTH, ROUND_HALF_UP), median, p90
            )
            for payer, count, days, median, p90 in cursor.fetchall()
        ]

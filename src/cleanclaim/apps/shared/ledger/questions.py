"""What the ledger's pages ask beyond the selectors: an account's legs, days, months."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, When
from django.urls import reverse

from cleanclaim.apps.shared.ledger.models import Entry, Leg, PeriodState
from cleanclaim.apps.shared.ledger.provers import registered_checks, registered_days
from cleanclaim.apps.shared.ledger.selectors import MonthState, Proof, closed_through, months
from cleanclaim.apps.shared.ledger.selectors.proof import CHECKS
from cleanclaim.apps.shared.pages.navigation import Hit
from cleanclaim.kernel.dates import next_month
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.accounts import OPENING_BALANCE, OPENING_SETTLED

TAKEN_OVER = "taken over"  # the reason of legs that a trial balance brought
OPENING = (OPENING_BALANCE.code, OPENING_SETTLED.code)
CHART_CHECK = "account is in the chart"
DAYS_SHOWN = 31


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """An account over a span of days: before it, its debits and credits (both positive), after it."""

    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """The balance at the end; debits are positive."""
        return self.opening + self.debit - self.credit


def legs_of(
    account: str, *, since: date | None, until: date | None, recorded_by: datetime | None
) -> QuerySet[Leg]:
    """The account's legs in these accounting days, with their entries."""
    found = _known(account, recorded_by).select_related("entry")
    if since is not None:
        found = found.filter(accounting_on__gte=since)
    if until is not None:
        found = found.filter(accounting_on__lte=until)
    return found


def _known(account: str, recorded_by: datetime | None) -> QuerySet[Leg]:
    found = Leg.objects.filter(account=account)
    return found if recorded_by is None else found.filter(entry__recorded_at__lte=recorded_by)


def moved(legs: QuerySet[Leg]) -> QuerySet[Leg]:
    """The legs without what a former system's trial balance brought: it stands in balances, and never moved in a period."""
    of_no_claim = Q(account__in=OPENING, claim_id=0)
    return legs.exclude(reason=TAKEN_OVER).exclude(of_no_claim)


def balance_before(account: str, *, since: date | None, recorded_by: datetime | None) -> Decimal:
    """Where the account stood before these days."""
    if since is None:
        return ZERO
    earlier = _known(account, recorded_by).filter(accounting_on__lt=since)
    return earlier.aggregate(sum=Sum("amount"))["sum"] or ZERO


def account_totals(legs: QuerySet[Leg], *, before: Decimal) -> AccountTotals:
    """What the account did in these legs, and where it stood before."""
    sums = legs.aggregate(
        debit=Sum(Case(When(amount__gt=0, then=F("amount")))),
        credit=Sum(Case(When(amount__lt=0, then=F("amount")))),
    )
    return AccountTotals(before, sums["debit"] or ZERO, -(sums["credit"] or ZERO))


@dataclass(frozen=True, slots=True)
class DayRow:
    """One accounting day: its entries, their debits and credits, and what a comparison expected and found.

    `faulty` counts entries of the day whose legs do not sum to zero.
    """

    day: date
    entries: int
    debit: Decimal
    credit: Decimal
    faulty: int
    expected: Decimal
    found: Decimal

    @property
    def difference(self) -> Decimal:
        """0.00, or what does not agree on this day, each kind counted as positive."""
        return abs(self.debit - self.credit) + abs(self.expected - self.found)


def days(*, limit: int = DAYS_SHOWN) -> list[DayRow]:
    """The newest accounting days with entries, newest first."""
    newest = list(
        Entry.objects.order_by("-accounting_on")
        .values_list("accounting_on", flat=True)
        .distinct()[:limit]
    )
    if not newest:
        return []
    compared = [compare(newest[-1]) for compare in registered_days().values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH entry AS (SELECT accounting_on, entry_id, sum(amount) AS left_over, "
            "sum(greatest(amount, 0)) AS debit, -sum(least(amount, 0)) AS credit "
            "FROM ledger_leg WHERE accounting_on >= %s GROUP BY accounting_on, entry_id) "
            "SELECT accounting_on, count(*), sum(debit), sum(credit), "
            "count(*) FILTER (WHERE left_over <> 0) FROM entry "
            "GROUP BY accounting_on ORDER BY accounting_on DESC",
            [newest[-1]],
        )
        return [
            DayRow(
                *row,
                expected=sum((one.get(row[0], (ZERO, ZERO))[0] for one in compared), ZERO),
                found=sum((one.get(row[0], (ZERO, ZERO))[1] for one in compared), ZERO),
            )
            for row in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of the proof: how many things it found, and their amounts, each counted as positive."""

    check: str
    found: int
    amount: Decimal


def check_rows(proof: Proof) -> list[CheckRow]:
    """Every check that the proof made, also those that found nothing."""
    names = dict.fromkeys((*CHECKS, CHART_CHECK, *registered_checks()))
    names |= dict.fromkeys(one.check for one in proof.differences)
    return [_check_row(name, proof) for name in names]


def _check_row(name: str, proof: Proof) -> CheckRow:
    found = [one for one in proof.differences if one.check == name]
    return CheckRow(name, len(found), sum((abs(one.amount) for one in found), ZERO))


@dataclass(frozen=True, slots=True)
class MonthRow:
    """An accounting month with its entries; `state` is None where it was never closed."""

    month: date
    entries: int
    state: MonthState | None

    @property
    def is_closed(self) -> bool:
        """Whether it takes no entries."""
        return self.state is not None and self.state.state == PeriodState.CLOSED


def month_rows(today: date) -> list[MonthRow]:
    """Every month from the first entry to this one, newest first; also later ones that were closed."""
    states = {one.month: one for one in months()}
    span = Entry.objects.aggregate(first=Min("accounting_on"), last=Max("accounting_on"))
    counts: dict[date, int] = {}
    rows = Entry.objects.values("accounting_on").annotate(number=Count("id"))
    for day, number in rows.values_list("accounting_on", "number"):
        counts[day.replace(day=1)] = counts.get(day.replace(day=1), 0) + number
    last = closed_through()
    firsts = [*states, today.replace(day=1)]
    firsts += [day.replace(day=1) for day in span.values() if day is not None]
    return [
        MonthRow(month, counts.get(month, 0), states.get(month) or _by_later(last, month))
        for month in _months(min(firsts), max(firsts))
    ][::-1]


def _by_later(last: MonthState | None, month: date) -> MonthState | None:
    """How a month that nobody closed is closed by a later one."""
    return replace(last, month=month) if last is not None and month < last.month else None


def _months(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def find_entries(text: str, limit: int) -> list[Hit]:
    """Entries by their number, for the palette."""
    number = text.lower().removeprefix("entry").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return []
    return [
        Hit(
            f"Entry {entry.pk}",
            f"{kind_words(entry.kind)} of {entry.effective_on:%b} {entry.effective_on.day}, "
            f"{entry.effective_on.year}",
            reverse("ledger:entry", args=[entry.pk]),
        )
        for entry in Entry.objects.filter(pk=int(number))[:limit]
    ]


def kind_words(kind: str) -> str:
    """An entry's kind as people say it."""
    return kind.replace("-", " ").replace("_", " ").capitalize()

"""A KPI's year: by a few statements however many months, and each month what it is when worked out alone from its legs."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.values.accounts import UNAPPLIED_CASH
from cleanclaim.values.entry import Entry, Leg
from tests.apps.reports.kpis.test_kpis import ACCOUNTS, LAST, ZERO, practices  # noqa: F401
from tests.apps.shared.ledger.cases import charged_item, new_item, services

pytestmark = pytest.mark.database_core
trends: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.kpis.trends"))
questions: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.kpis.questions"))
aged: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.questions"))
blocks: Any = SimpleLazyObject(lambda: import_module("cleanclaim.apps.reports.aging.services"))
steps = st.lists(
    st.tuples(
        st.sampled_from([*ACCOUNTS, "move", "taken over"]),
        st.integers(0, 2),  # of which item
        st.integers(1, 90_000),  # cents
        st.integers(0, 500),  # effective so many days before the last
        st.integers(0, 60),  # and booked so many days later
    ),
    min_size=1,
    max_size=10,
)  # fmt: skip


class Desk:
    """Three items, and steps upon them: charged, paid, moved to the patient, back-dated, taken over."""

    def __init__(self) -> None:
        self.items = [new_item("1.00", claim_id=claim, on=LAST) for claim in (7, 8, 9)]

    def do(self, number: int, kind: str, which: int, cents: int, back: int, late: int) -> None:
        amount, item = Decimal(cents) / 100, self.items[which]
        on = LAST - timedelta(days=back)
        booked = min(on + timedelta(days=late), LAST)
        if kind == "move":
            self._move(item, number, on, booked)
            return
        debit, credit = ACCOUNTS.get(kind, ("receivable:payer:1", UNAPPLIED_CASH.code))
        reason = "taken over" if kind == "taken over" else ""

        def leg(account: str, signed: Decimal) -> Leg:
            is_item = account.startswith("receivable:")
            where = {"item_id": item, "claim_id": 7 + which, "line_number": 1} if is_item else {}
            return Leg(account, signed, reason=reason, **where)

        legs = (leg(debit, amount), leg(credit, -amount))
        services.post_entries([Entry("step", f"step {number}", on, booked, legs)])

    def _move(self, item: int, number: int, on: date, booked: date) -> None:
        from cleanclaim.kernel.errors import StateError

        try:
            services.transfer(
                item, to_bucket="patient", key=f"move {number}", effective_on=on,
                accounting_on=booked,
            )  # fmt: skip
        except StateError:  # nothing is there to be moved
            return


def month_ends() -> Iterator[date]:
    """Twelve days from the last one back."""
    day = LAST
    for _ in range(12):
        yield day
        day = day.replace(day=1) - timedelta(days=1)


def by_hand(name: str, on: date, days: int) -> tuple[Decimal, Decimal]:
    """Numerator and denominator of one month: every leg looked at by itself, the aging asked for this day alone."""
    from cleanclaim.apps.reports.kpis.definitions import BY_NAME, OfItems, Span
    from cleanclaim.apps.shared.ledger.models import Leg as Row

    def part(one: Any) -> Decimal:
        sign = -1 if one.minus else 1
        if isinstance(one, OfItems):
            rows = aged.aging(aged.View(on))
            if one.older_than_days is None:
                return -sign * sum((row.credit for row in rows), ZERO)
            first = {0: 0, 90: 3, 120: 4}[one.older_than_days]
            places = [0] if one.youngest else range(first, 5)
            return sign * sum((row.bands[n] for row in rows for n in places), ZERO)
        since = {Span.PERIOD: days, Span.YEAR: 365}.get(one.span)
        last = on - timedelta(days=days) if one.span is Span.START else on
        found = ZERO
        for leg in Row.objects.all():
            is_inside = leg.accounting_on <= last and leg.account in one.accounts
            if since is not None:
                is_inside &= leg.accounting_on > on - timedelta(days=since)
                is_inside &= leg.reason != "taken over"
            found += leg.amount if is_inside else ZERO
        return -sign * found if one.credit else sign * found

    kpi = BY_NAME[name]
    return (
        sum((part(one) for one in kpi.numerator), ZERO),
        sum((part(one) for one in kpi.denominator), ZERO),
    )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=steps,
    days=st.integers(1, 200),
    packed_after=st.integers(0, 12),
    name=st.sampled_from(
        ["cei", "ar_over_90", "credit_days", "best_possible_dso", "days_in_ar_gross",
         "days_in_ar_net", "unapplied", "net_collection_rate"]
    ),
)  # fmt: skip
def test_the_year_is_its_months_to_the_cent(practices, steps, days, packed_after, name):  # noqa: F811
    from cleanclaim.apps.shared.tenancy.context import tenant

    practice = practices()
    with tenant(practice):
        desk = Desk()
    for number, step in enumerate(steps):
        with tenant(practice):
            desk.do(number, *step)
        if number == packed_after:
            with tenant(practice):
                blocks.refresh_blocks()
    with tenant(practice):
        year = trends.trend(questions.Asked(LAST, days=days), name)
        expected = {on: by_hand(name, on, days) for on in month_ends()}

    assert {one.asked.on: (one.top, one.bottom) for one in year} == expected


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("name", ["cei", "ar_over_120", "denial_rate", "days_in_ar_gross"])
def test_a_year_asks_no_more_than_a_day(practice, name, is_packed):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        charged_item("80.00", on=date(2026, 3, 1))
        if is_packed:
            blocks.refresh_blocks()
    with tenant(practice):
        asked = questions.Asked(LAST)
        with CaptureQueriesContext(connection) as of_the_day:
            questions.kpis(asked, [name])
        with CaptureQueriesContext(connection) as of_the_year:
            trends.trend(asked, name)

    assert len(of_the_year) == len(of_the_day) <= 8

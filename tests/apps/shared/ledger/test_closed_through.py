"""A closed month closes the books through it: what lies before takes no entry, and is opened again in order."""

from datetime import date

import pytest

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import StateError
from tests.apps.shared.ledger.cases import charged_item, payment_entry, selectors, services

pytestmark = pytest.mark.database_core
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


def pay(item: int, amount: str, on: date) -> None:
    services.post_entries([payment_entry(item, amount, on=on)])


def test_a_month_before_a_closed_one_takes_no_entry_nor_the_years_before_it(database, practice):
    with tenant(practice):
        item = charged_item("100.00", on=JANUARY)
        services.close_period(FEBRUARY, by=1)
    for day in (JANUARY, date(2003, 5, 1)):
        with (
            tenant(practice),
            pytest.raises(StateError, match=f"{day:%Y-%m} is closed, with 2026-02 after it"),
        ):
            pay(item, "10.00", day)
    with tenant(practice):
        pay(item, "10.00", MARCH)
        assert [selectors.is_closed(day) for day in (JANUARY, FEBRUARY, MARCH)] == [
            True,
            True,
            False,
        ]


def test_months_are_opened_again_from_the_last_one(database, practice):
    with tenant(practice):
        item = charged_item("100.00", on=JANUARY)
        services.close_period(JANUARY, by=1)
        services.close_period(FEBRUARY, by=1)
        with pytest.raises(StateError, match="2026-02 is closed, and closes 2026-01 as well"):
            services.open_period(JANUARY, by=2, reason="forgotten")
        services.open_period(FEBRUARY, by=2, reason="forgotten")
        services.open_period(JANUARY, by=2, reason="forgotten")
        pay(item, "10.00", JANUARY)
        services.close_period(FEBRUARY, by=3)

        states = [(one.month.month, one.state, one.changed_by) for one in selectors.months()]

    assert states == [
        (2, "closed", 3),
        (1, "closed", 3),
    ]  # opened again, then closed with the later one


def test_the_list_of_months_shows_what_a_later_one_closes(database, practice):
    from cleanclaim.apps.shared.ledger.questions import month_rows

    with tenant(practice):
        charged_item("100.00", on=JANUARY)
        services.close_period(FEBRUARY, by=1, reason="month end")
        rows = {one.month: one for one in month_rows(MARCH)}

    assert [rows[day].is_closed for day in (JANUARY, FEBRUARY, MARCH)] == [True, True, False]
    assert rows[JANUARY].state.changed_by == 1

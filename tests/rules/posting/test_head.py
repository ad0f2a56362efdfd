"""A day that cannot be meant and foreign money stop a payment; the last day allowed does not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.rules.posting.head import (
    before_its_charge,
    before_its_day,
    held_by_head,
    looked_at_by_head,
)
from cleanclaim.values.claim import Carried
from tests.apps.billing.world import remittance

ON = date(2026, 7, 8)
VALUE = remittance()


@pytest.mark.parametrize(
    ("paid_on", "words"),
    [
        (ON + timedelta(days=60), ""),
        (ON + timedelta(days=61), "2026-09-07, 61 days ahead"),
        (date(2099, 1, 1), "days ahead"),
        (date(1986, 1, 1), ""),
        (date(1985, 12, 31), "41 years ago"),
        (date(1, 1, 1), "2025 years ago"),
    ],
)
def test_the_day_of_the_payment(paid_on, words):
    found = held_by_head(replace(VALUE, paid_on=paid_on), on=ON)

    assert (words in found) if words else not found


@pytest.mark.parametrize(("year", "count"), [(2016, 0), (2015, 1), (1985, 0)])
def test_an_old_payment_is_looked_at_unless_it_is_held(year, count):
    found = looked_at_by_head(replace(VALUE, paid_on=date(year, 1, 1)), on=ON)

    assert len(found) == count


@pytest.mark.parametrize(("code", "is_held"), [("USD", False), ("", False), ("CAD", True)])
def test_the_currency(code, is_held):
    value = replace(VALUE, carried=(Carried("835", ("CUR", "PR", code)),))

    found = held_by_head(value, on=ON)

    assert bool(found) is is_held
    assert code in found or not is_held


@pytest.mark.parametrize(
    ("method", "paid", "is_told"),
    [("NON", "80.00", True), ("NON", "0.00", False), ("ACH", "80.00", False)],
)
def test_money_that_is_not_sent_is_looked_at(method, paid, is_told):
    value = replace(VALUE, method=method, paid=Decimal(paid))

    found = looked_at_by_head(value, on=ON)

    assert bool(found) is is_told
    assert not is_told or "pays 80.00 and says that no money is sent (BPR04 NON)" in found[0]


@pytest.mark.parametrize(
    ("paid", "received", "is_told"),
    [(1, 1, True), (1, 0, False), (0, 1, False), (-1, 1, False), (9, 3, True)],
)
def test_books_before_the_payments_day_are_looked_at_unless_it_came_ahead(paid, received, is_told):
    paid_on, received_on = ON + timedelta(days=paid), ON + timedelta(days=received)

    found = before_its_day(paid_on, received_on=received_on, on=ON)

    assert bool(found) is is_told
    assert (
        not is_told
        or f"posted on {ON}, before the day of the payment (BPR16), {paid_on}" in found[0]
    )


@pytest.mark.parametrize(("ahead", "is_told"), [(1, True), (0, False), (-1, False)])
def test_books_before_the_charges_are_looked_at(ahead, is_told):
    found = before_its_charge(ON + timedelta(days=ahead), on=ON)

    assert bool(found) is is_told
    assert not is_told or "in the books since 2026-07-09" in found[0]

"""Which charges a claim books, and how a newer version's differ."""

import pytest

from cleanclaim.apps.billing.charges.booking import (
    Booking,
    booking_entries,
    booking_legs,
    kept_places,
    unbookable,
)
from cleanclaim.values.claim import Subscriber
from tests.apps.billing.world import CHIDI, DAY, claim, dollars, line


def test_a_charge_entry_is_as_old_as_the_service_and_of_the_day_it_was_booked():
    one = claim("A1", line(1), line(2, "36415", "30.00"))
    booking = Booking(5, 1, 6, 7, one)

    [entry] = booking_entries(booking, booking_legs(booking, (10, 11)), booked_on=DAY)

    assert (entry.kind, entry.effective_on, entry.accounting_on) == (
        "charge",
        one.service_from,
        DAY,
    )
    assert entry.debit_total == dollars("150.00")


def test_only_lines_whose_money_is_the_same_are_kept():
    old = claim("A1", line(1), line(2, "36415", "30.00"))
    new = claim("A1", line(1), line(2, "36415", "31.00"), line(3, "80053", "15.00"))

    assert kept_places(old, new) == {0: 0}


def test_nothing_is_kept_when_another_payer_is_asked():
    old = claim("A1")
    new = claim("A1", subscriber=Subscriber(CHIDI, "S"))

    assert kept_places(old, new) == {}


@pytest.mark.parametrize("charge", ["-0.01", "10.005", "100000000.00", "100000000000000000000.00"])
def test_amounts_that_no_ledger_takes_cannot_be_booked(charge):
    assert f"line 1: charge {charge}" in unbookable(claim("A1", line(charge=charge)))


def test_a_free_service_books_nothing_but_can_be_booked():
    one = claim("A1", line(charge="0.00"))

    assert unbookable(one) == ""
    assert booking_legs(Booking(5, 1, 6, 7, one), (10,)) == ()

"""Days as they are written, bank holidays and business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.dates import (
    bank_holidays,
    business_days_between,
    is_business_day,
    read_day,
)
from cleanclaim.kernel.errors import InputError

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def test_the_holidays_of_2026():
    # July 4, 2026 is a Saturday, which the Reserve Banks do not move.
    assert sorted(bank_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19),
        date(2026, 7, 4), date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26),
        date(2026, 12, 25),
    ]  # fmt: skip


def test_a_sunday_is_kept_on_monday_and_juneteenth_is_new():
    assert date(2022, 6, 20) in bank_holidays(2022)
    assert date(2023, 1, 2) in bank_holidays(2023)
    assert len(bank_holidays(2020)) == 10


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 11, 10), date(2026, 11, 20), 7),  # without Veterans Day
        (date(2026, 11, 20), date(2026, 11, 10), -7),
        (date(2026, 11, 13), date(2026, 11, 15), 0),
        (date(2026, 11, 13), date(2026, 11, 13), 0),
    ],
)
def test_business_days_between(first, last, count):
    assert business_days_between(first, last) == count


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_business_days_add_up(first, one, more):
    middle, last = first + timedelta(one), first + timedelta(one + more)

    assert business_days_between(first, last) == business_days_between(first, middle) + (
        business_days_between(middle, last)
    )
    assert is_business_day(first) == (business_days_between(first - timedelta(1), first) == 1)


@pytest.mark.parametrize(
    "text", ["2026-06-30", "06/30/2026", "6/30/26", "20260630", " 06-30-2026 "]
)
def test_a_day_is_read_in_whichever_of_its_forms_it_was_written(text):
    assert read_day(text, "paid_on") == date(2026, 6, 30)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-04", "31.12.2026"])
def test_what_is_no_day_is_refused_in_one_sentence(text):
    with pytest.raises(InputError) as refused:
        read_day(text, "paid_on")

    assert refused.value.message == (
        f"paid_on {text!r}: expected a day like 2026-11-30 or 11/30/2026"
    )


def test_a_day_that_no_books_can_have_is_refused():
    with pytest.raises(InputError, match="paid_on 0001-01-01: expected a year from 1900"):
        read_day("0001-01-01", "paid_on")

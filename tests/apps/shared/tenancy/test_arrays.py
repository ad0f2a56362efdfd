"""Columns worded as PostgreSQL's array text: each value as it would be by itself, however often it comes."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.apps.shared.tenancy.arrays import array_text


@given(st.lists(st.integers(min_value=-3, max_value=2**62), min_size=1), st.integers(1, 5))
def test_numbers_that_come_again_are_worded_as_the_first_time(numbers, times):
    column = [number for number in numbers for _ in range(times)]

    assert array_text(column) == "{" + ",".join(str(number) for number in column) + "}"


@given(st.lists(st.dates(), min_size=1), st.integers(1, 5))
def test_so_are_days(days, times):
    column = [day for day in days for _ in range(times)]

    assert array_text(column) == "{" + ",".join(day.isoformat() for day in column) + "}"


def test_amounts_keep_their_cents_although_they_are_equal():
    assert array_text([Decimal("80"), Decimal("80.00"), Decimal("80.0")]) == "{80,80.00,80.0}"


def test_truth_is_no_number():
    assert array_text([1, True]) == [1, True]  # left to the driver


def test_nothing_is_null_and_text_is_quoted():
    assert array_text([1, None, date(2026, 1, 2)]) == "{1,NULL,2026-01-02}"
    assert array_text(['a "b\\', ""]) == '{"a \\"b\\\\",""}'

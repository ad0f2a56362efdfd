"""T10: money in whole cents, allocation and what counts as whole cents.

`CLEANCLAIM_ALLOCATIONS` raises the number of allocations (1,000,000 take half a minute).
"""

import os
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import (
    allocate,
    allocate_together,
    cents,
    is_whole_cents,
    percent,
    show,
    total,
    written_money,
)


@pytest.mark.parametrize(
    ("amount", "whole"),
    [
        ("1.00", True),
        ("1.005", False),
        ("0", True),
        ("1E+99", True),
        ("NaN", False),
        ("-0.10", True),
    ],
)
def test_whole_cents_are_told_from_parts_of_a_cent(amount, whole):
    assert is_whole_cents(Decimal(amount)) is whole


def test_half_a_cent_goes_up_and_away_from_zero():
    assert cents(Decimal("0.005")) == Decimal("0.01")
    assert cents(Decimal("-0.005")) == Decimal("-0.01")


def test_twenty_percent_of_eighty_two_is_sixteen_forty():
    assert percent(Decimal("82.00"), Decimal(20)) == Decimal("16.40")


def test_nothing_adds_up_to_zero_with_cents():
    assert str(total([])) == "0.00"
    assert show(Decimal("1234.5")) == "1,234.50"


@given(
    st.integers(min_value=0, max_value=9_999_999),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=50).filter(any),
)
def test_shares_add_up_to_the_whole_and_zero_weights_get_nothing(pot, weights):
    amount = Decimal(pot) / 100

    shares = allocate(amount, weights)

    assert sum(shares) == amount
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)
    assert all(is_whole_cents(share) and share >= 0 for share in shares)


def lost(split: Callable[[Decimal, Sequence[int]], list[Decimal]], runs: int) -> int:
    """How many of so many amounts, 0.01 to 99,999.99 over 1 to 50 lines, are not the sum of their parts."""
    random = Random(10)
    count = 0
    for _ in range(runs):
        amount = Decimal(random.randint(1, 9_999_999)) / 100
        weights = [random.randint(1, 500_000) for _ in range(random.randint(1, 50))]
        count += sum(split(amount, weights)) != amount
    return count


def test_no_cent_is_lost_or_made():
    assert lost(allocate, int(os.environ.get("CLEANCLAIM_ALLOCATIONS", "5000"))) == 0


@pytest.mark.parametrize(
    "rounding", [cents, lambda one: one.quantize(Decimal("0.01"), ROUND_HALF_EVEN)]
)
def test_shares_rounded_one_by_one_lose_cents(rounding):
    """The twin: most amounts are then not the sum of their parts, whichever way halves go."""

    def split(amount, weights):
        return [rounding(amount * weight / sum(weights)) for weight in weights]

    assert lost(split, 200) > 100


def test_a_percentage_and_its_rest_add_up():
    """Coinsurance: the patient's part is rounded half-up, the payer's is what is left."""
    random = Random(11)
    for _ in range(2_000):
        allowed = Decimal(random.randint(1, 9_999_999)) / 100
        patient = percent(allowed, Decimal(random.randint(0, 10_000)) / 100)

        assert is_whole_cents(patient)
        assert patient + (allowed - patient) == allowed
        assert 0 <= patient <= allowed


@pytest.mark.parametrize(
    ("amount", "weights"), [("-1.00", [1]), ("1.005", [1]), ("1.00", [0, 0]), ("1.00", [-1, 2])]
)
def test_what_cannot_be_split_is_refused(amount, weights):
    with pytest.raises(ValueError, match="expected"):
        allocate(Decimal(amount), weights)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"), (" $80 ", "80"), ("(12.00)", "-12.00"), ("-.5", "-0.5"), ("$1,000,000.05", "1000000.05"),
        ("12,50", None), ("1,2345.00", None), ("NaN", None), ("Infinity", None), ("1e9", None), ("", None), (".", None),
        ("(", None), ("١٢", None),
    ],
)  # fmt: skip
def test_what_people_write_as_dollars(text, amount):
    assert written_money(text) == (None if amount is None else Decimal(amount))


@given(
    st.lists(st.integers(min_value=-99_999, max_value=99_999), min_size=1, max_size=6),
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any),
)
def test_amounts_shared_together_lose_no_cent_either_way(pots, weights):
    amounts = [Decimal(pot) / 100 for pot in pots]

    shares = allocate_together(amounts, weights)

    assert [total(own) for own in shares] == amounts
    whole = total(amounts)
    at_each = [total(own[place] for own in shares) for place in range(len(weights))]
    alone = allocate(abs(whole), weights)
    assert at_each == [share if whole >= 0 else -share for share in alone]

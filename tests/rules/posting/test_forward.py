"""A payer's rolling balance after each of its movements."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.rules.posting.forward import Movement, rolling


def moved(*rows: tuple[str, str, str]) -> list[str]:
    movements = [Movement(n, *row[:2], Decimal(row[2])) for n, row in enumerate(rows)]
    return [str(one.balance) for one in rolling(movements)]


def test_what_is_carried_stands_until_it_is_given_back() -> None:
    rows = (("FB", "R1", "-80.00"), ("FB", "R1", "80.00"), ("FB", "R3", "-50.00"))

    assert moved(*rows) == ["80.00", "0.00", "50.00"]


def test_a_recovery_counts_only_under_a_reference_that_was_carried_before() -> None:
    assert moved(("WO", "R1", "20.00"), ("FB", "R1", "-80.00"), ("WO", "R1", "80.00")) == [
        "80.00",
        "0.00",
    ]
    assert moved(("FB", "", "-80.00"), ("WO", "", "80.00")) == ["80.00"]
    assert moved(("FB", "R1", "-80.00"), ("WO", "R1", "-5.00")) == ["80.00"]


@given(
    st.lists(st.tuples(st.sampled_from(["FB", "WO", "L6"]), st.integers(-9_999, 9_999)), max_size=9)
)
def test_it_is_the_negative_sum_of_what_moves_it(rows: list[tuple[str, int]]) -> None:
    movements = [
        Movement(n, code, "R", Decimal(cents) / 100) for n, (code, cents) in enumerate(rows)
    ]

    found = rolling(movements)

    if found:
        assert found[-1].balance == -sum(one.movement.amount for one in found)
    assert [one.movement for one in found if one.movement.reason == "FB"] == [
        one for one in movements if one.reason == "FB"
    ]
    assert all(one.movement.reason != "L6" for one in found)

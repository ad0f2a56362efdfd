"""True-ups by hand: a guarantee over generics, a fee on what was paid, and the periods they are worked out for."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.rules.variance.true_up import (
    TrueUpKind,
    TrueUpLine,
    TrueUpTerm,
    period_of,
    periods_of,
    true_up,
)


def line(paid: str, allowed: str, drug: str = "generic", awp: str | None = "100.00") -> TrueUpLine:
    return TrueUpLine(Decimal(paid), Decimal(allowed), drug, None if awp is None else Decimal(awp))


def term(kind: str, percent: str, fee: str = "0.00") -> TrueUpTerm:
    return TrueUpTerm(TrueUpKind(kind), Decimal(percent), Decimal(fee))


@pytest.mark.parametrize(
    ("asked", "lines", "amount", "count"),
    [
        # AWP 208.00 at 85 % off = 31.20, and 2 x 1.00 to dispense = 33.20; allowed 19.00 + 14.20
        (term("ger", "85", "1.00"), [line("14.00", "19.00", awp="120.00"), line("9.20", "14.20", awp="88.00")], "0.00", 2),
        # guaranteed 84 % off: 33.28 + 2.00 less 33.20
        (term("ger", "84", "1.00"), [line("14.00", "19.00", awp="120.00"), line("9.20", "14.20", awp="88.00")], "2.08", 2),
        (term("ger", "90"), [line("14.00", "19.00", awp="120.00")], "-7.00", 1),
        (term("ger", "85"), [line("9.00", "9.00", "brand"), line("9.00", "9.00", awp=None)], "0.00", 0),
        # a line paid 0.00 is a generic all the same: the patient paid it
        (term("ger", "85"), [line("0.00", "10.00")], "5.00", 1),
        # 3 % of 23.20 = 0.696, and 2 x 0.25
        (term("dir", "3", "0.25"), [line("14.00", "19.00"), line("9.20", "14.20"), line("0.00", "5.00")], "-1.20", 2),
        (term("dir", "3"), [], "0.00", 0),
        (term("dir", "1.5"), [line("387.15", "427.15", "brand", None)], "-5.81", 1),
    ],
)  # fmt: skip
def test_what_is_owed(asked, lines, amount, count):
    found = true_up(asked, lines)

    assert (found.amount, found.count) == (Decimal(amount), count)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("month", date(2026, 11, 1), date(2026, 11, 30)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_day(period, first, last):
    for day in (first, date(2026, 11, 7), last):
        assert period_of(period, day) == (first, last)


def test_every_period_of_a_span_once():
    found = periods_of("quarter", since=date(2025, 11, 15), until=date(2026, 4, 1))

    assert [first for first, _ in found] == [date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1)]
    assert periods_of("month", since=date(2026, 2, 1), until=date(2026, 1, 31)) == []

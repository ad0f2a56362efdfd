"""A day's proof: whatever happened, the named items are the whole difference."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation.day import (
    LineDay,
    RemittanceDay,
    bank_less_posted,
    left_over,
    posted_less_remitted,
)

cents = st.integers(1, 10**7).map(lambda n: Decimal(n) / 100)


@st.composite
def remittances(draw) -> RemittanceDay:
    """What can happen to one: received or not, posted today or before or taken back, its money today or not."""
    paid = draw(cents)
    is_received = draw(st.booleans())
    posted, by_then = draw(
        st.sampled_from([(paid, paid), (ZERO, ZERO)])
        if is_received
        else st.sampled_from([(paid, paid), (ZERO, paid), (ZERO, ZERO), (-paid, ZERO)])
    )
    money = draw(st.sampled_from(["", "today", "earlier"]))
    remitted = paid if is_received else ZERO
    return RemittanceDay(1, "T", "P", paid, remitted, posted, by_then, paid, money=money)


@given(
    st.lists(remittances(), max_size=8), st.lists(cents, max_size=4), st.lists(cents, max_size=3)
)
def test_every_difference_is_named(rows, unidentified, fees):
    banked = [row for row in rows if row.money == "today"]
    lines = [LineDay(n, row.paid, "in", "eft", (("P", row.paid),)) for n, row in enumerate(banked)]
    lines += [LineDay(n, amount, "in", "counter") for n, amount in enumerate(unidentified)]
    lines += [LineDay(n, -amount, "fee", "fee") for n, amount in enumerate(fees)]
    remitted, posted = total(r.remitted for r in rows), total(r.posted for r in rows)
    bank = total(line.amount for line in lines)

    assert left_over(posted - remitted, posted_less_remitted(rows)) == ZERO
    assert left_over(bank - posted, bank_less_posted(rows, lines)) == ZERO


def test_a_posting_of_another_amount_is_not_explained():
    row = RemittanceDay(
        1, "T", "P", Decimal("80.00"), Decimal("80.00"), Decimal("79.00"), Decimal("79.00"),
        Decimal("80.00"),
    )  # fmt: skip

    assert left_over(Decimal("-1.00"), posted_less_remitted([row])) == Decimal("-1.00")


def test_a_line_of_everything_adds_up():
    """100.00 came: a remittance of 60.00 of which 1.50 was kept back, a batch, another entity's, and the rest."""
    line = LineDay(
        1, Decimal("100.00"), "in", "lockbox",
        (("P", Decimal("60.00")),), (("Box 7", Decimal("20.00")),), (("Films", Decimal("12.50")),),
        short=Decimal("1.50"),
    )  # fmt: skip

    items = bank_less_posted([], [line])

    assert [(one.kind, one.amount) for one in items] == [
        ("batch of receipts", Decimal("20.00")),
        ("another entity's", Decimal("12.50")),
        ("kept back by the bank", Decimal("-1.50")),
        ("unidentified", Decimal("9.00")),
    ]

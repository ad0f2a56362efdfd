"""An answer without lines is shared out so that each charge is explained to the cent."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import total
from cleanclaim.rules.posting import OpenItem, default_policy, plan_posting
from cleanclaim.rules.posting.pieces import pieces_of
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.remittance import ClaimPayment

REASONS = ("45", "144", "172", "203")


def open_items(cents: list[int]) -> list[OpenItem]:
    charges = [Decimal(one) / 100 for one in cents]
    return [
        OpenItem(n, n, 1, 1, "99213", charge, balances={"payer:1": charge})
        for n, charge in enumerate(charges, 1)
    ]


def answer(paid: Decimal, *reductions: Decimal, status: str = "1") -> ClaimPayment:
    adjustments = tuple(
        Adjustment(Group.CONTRACTUAL, reason, amount)
        for reason, amount in zip(REASONS, reductions, strict=False)
        if amount
    )
    charge = paid + total(reductions)
    return ClaimPayment(
        "A1", status, charge, paid, Decimal("0.00"), "12", "ICN", adjustments=adjustments,
        service_from=date(2026, 6, 20),
    )  # fmt: skip


def test_three_alike_lines_are_explained_to_the_cent() -> None:
    items = open_items([3333, 3333, 3334])

    plan = plan_posting(answer(Decimal("80.00"), Decimal("20.00")), items, default_policy())

    assert plan.work == ()  # neither a credit nor an underpayment of a cent


@given(
    cents=st.lists(st.integers(0, 50_000), min_size=1, max_size=6).filter(any),
    cuts=st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4),
    sign=st.sampled_from([1, -1]),
)
def test_shares_explain_every_charge_and_keep_their_sign(
    cents: list[int], cuts: list[int], sign: int
) -> None:
    items = open_items(cents)
    places = sorted(one % (sum(cents) + 1) for one in cuts)
    parts = [b - a for a, b in zip([0, *places], [*places, sum(cents)], strict=True)]
    paid, *reductions = [sign * Decimal(one) / 100 for one in parts]
    payment = answer(paid, *reductions, status="22" if sign < 0 else "1")

    found = pieces_of(payment, items, spreads=True) or []

    by_item = {one.item.item_id: one.line for one in found}
    for item in items:
        line = by_item.get(item.item_id)
        explained = line.paid + total(a.amount for a in line.adjustments) if line else 0
        assert explained == sign * item.charge
        amounts = [line.paid, *(a.amount for a in line.adjustments)] if line else []
        assert all(amount * sign >= 0 for amount in amounts)
    assert total(one.line.paid for one in found) == paid

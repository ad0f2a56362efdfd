"""A later payer's answer without lines goes by what is open with it; a first payer's by charge."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.posting import default_policy, plan_posting
from cleanclaim.rules.posting.sharing import later_shares
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.adjustment import Adjustment, Group
from tests.rules import make


def items(*opened: tuple[str, str]) -> list[OpenItem]:
    return [
        OpenItem(
            place, place, 7, 8, "99213", Decimal(charge),
            bucket="payer:2", balances={"payer:2": Decimal(left)},
        )
        for place, (charge, left) in enumerate(opened, 1)
    ]  # fmt: skip


def said(*parts: tuple[str, str, str]) -> list[Adjustment]:
    return [Adjustment(Group(group), reason, Decimal(amount)) for group, reason, amount in parts]


@pytest.mark.parametrize(
    ("paid", "adjustments", "expected"),
    [
        # All that is open is accounted for: nothing stays open on any line.
        ("30.00", [("PR", "2", "70.00"), ("OA", "23", "300.00")], ["12.00 28.00 60.00", "18.00 42.00 240.00"]),
        ("30.00", [("PR", "2", "60.00"), ("CO", "45", "10.00"), ("OA", "23", "300.00")],
         ["12.00 24.00 4.00 60.00", "18.00 36.00 6.00 240.00"]),
        # It takes the first payer's reduction off once more: what is open first, the rest behind it.
        ("30.00", [("PR", "2", "60.00"), ("CO", "45", "310.00")], ["12.00 24.00 64.00", "18.00 36.00 246.00"]),
        # Denied whole.
        ("0.00", [("CO", "50", "100.00"), ("OA", "23", "300.00")], ["0.00 40.00 60.00", "0.00 60.00 240.00"]),
    ],
)  # fmt: skip
def test_shares_go_by_what_is_open(paid, adjustments, expected):
    opened = items(("100.00", "40.00"), ("300.00", "60.00"))

    shares = later_shares(opened, Decimal(paid), said(*adjustments))

    assert shares is not None
    assert [
        " ".join(f"{own[place]:.2f}" for own in shares) for place in range(len(opened))
    ] == expected


@pytest.mark.parametrize(
    ("opened", "paid", "adjustments"),
    [
        (items(("100.00", "0.00")), "0.00", [("OA", "23", "100.00")]),  # nothing is open
        (items(("100.00", "40.00")), "-40.00", [("OA", "23", "140.00")]),  # it takes back
        (items(("100.00", "40.00")), "30.00", [("PR", "2", "10.00")]),  # it explains not all
        (items(("100.00", "40.00"), ("10.00", "10.00")), "110.00", []),  # more than a charge
    ],
)
def test_others_go_by_charge(opened, paid, adjustments):
    assert later_shares(opened, Decimal(paid), said(*adjustments)) is None


def test_a_first_payers_answer_goes_by_charge():
    first = [replace(one, bucket="payer:1", balances={"payer:1": one.charge}) for one in items(("100.00", "40.00"))]  # fmt: skip

    assert later_shares(first, Decimal("100.00"), []) is None


cents = st.integers(0, 20_000)


@given(
    st.lists(st.tuples(cents, cents), min_size=1, max_size=6),
    st.lists(st.integers(1, 50), min_size=3, max_size=3),
    st.sampled_from(["exact", "less", "restated"]),
)
def test_an_answer_that_accounts_for_all_that_is_open_leaves_nothing_open(lines, parts, kind):
    claim = make.claim(
        {"lines": [{"code": "99213", "charge": f"{(a + b) / 100:.2f}"} for a, b in lines if a + b]}
        if any(a + b for a, b in lines)
        else {"lines": [{"code": "99213", "charge": "1.00"}]}
    )
    kept = [a for a, b in lines if a + b] or [100]
    opened = [
        replace(item, bucket="payer:2", balances={"payer:2": Decimal(left) / 100})
        for item, left in zip(make.items(claim, "payer:2"), kept, strict=True)
    ]
    due = total(item.open_with_payer for item in opened)
    charge = total(item.charge for item in opened)
    unit = due / sum(parts)
    paid, owed = (
        (unit * parts[0]).quantize(Decimal("0.01")),
        (unit * parts[1]).quantize(Decimal("0.01")),
    )
    off = due - paid - owed
    if kind == "less":  # it leaves some of it open
        off = ZERO
    rest = charge - paid - owed - off
    adjustments = [["PR", "2", f"{owed}"], ["CO", "45", f"{off}"], ["OA", "23", f"{rest}"]]
    if kind == "restated":
        adjustments = [["PR", "2", f"{owed}"], ["CO", "45", f"{off + rest}"]]
    answer = make.payment(
        {
            "status": "2",
            "charge": f"{charge}",
            "paid": f"{paid}",
            "adjustments": adjustments,
            "lines": [],
        }
    )

    plan = plan_posting(answer, opened, default_policy(), trace="1:T1")

    assert not plan.hold
    left = {item.item_id: item.open_with_payer for item in opened}
    for leg in plan.legs:
        if leg.account == "receivable:payer:2":
            left[leg.item_id] += leg.amount
    if kind == "less":
        assert total(left.values()) == due - paid - owed
    else:
        assert set(left.values()) == {ZERO}
    assert plan.patient_amount == owed

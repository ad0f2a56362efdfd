"""Lines that the payer answers for another day than was billed go by code and charge where there is one way to pair them."""

from decimal import Decimal

from cleanclaim.rules.posting import default_policy, plan_posting
from cleanclaim.rules.posting.match import match_lines
from tests.rules import make

CLAIM = {
    "lines": [
        {"code": "99213", "charge": "100.00", "day": "2026-03-02"},
        {"code": "85025", "charge": "50.00", "day": "2026-03-02"},
    ]
}


def answer(*lines: tuple[str, str, str]):
    return make.payment(
        {
            "lines": [
                {
                    "code": code, "charge": charge, "paid": paid, "day": "2026-03-05",
                    "adjustments": [["CO", "45", f"{Decimal(charge) - Decimal(paid)}"]],
                }
                for code, charge, paid in lines
            ]
        }
    )  # fmt: skip


def test_each_line_goes_where_its_code_and_charge_say():
    items = make.items(make.claim(CLAIM))
    payment = answer(("85025", "50.00", "15.00"), ("99213", "100.00", "70.00"))

    plan = plan_posting(payment, items, default_policy(), trace="1:T1")

    paid = {
        leg.line_number: leg.amount for leg in plan.legs if leg.account == "asset:remit-clearing"
    }
    assert paid == {1: Decimal("70.00"), 2: Decimal("15.00")}
    assert "line 1: answered for 2026-03-05, billed for 2026-03-02" in plan.notes


def test_two_charges_alike_are_not_told_apart():
    claim = {
        "lines": [
            {"code": "99213", "charge": "100.00", "day": "2026-03-02"},
            {"code": "99213", "charge": "100.00", "day": "2026-03-03"},
        ]
    }
    items = make.items(make.claim(claim))

    assert match_lines(
        answer(("99213", "100.00", "70.00"), ("99213", "100.00", "60.00")), items
    ) == [None, None]


def test_a_line_left_over_on_either_side_leaves_it_open():
    items = make.items(make.claim(CLAIM))

    assert match_lines(answer(("99213", "100.00", "70.00")), items) == [None]

"""What a payer behind the first writes off, and its reversal: the same legs with the other sign, whatever was capped."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.rules.posting import default_policy, plan_posting
from cleanclaim.rules.posting.reversal import mirrored
from tests.rules import make

ANSWERS = [
    # A bundle: what is only moved between the lines is taken back as it was moved.
    ({"100.00": "70.00", "50.00": "50.00"},
     [("99213", "100.00", "60.00", [["OA", "94", "-50.00"], ["CO", "45", "90.00"]]), ("85025", "50.00", "0.00", [["CO", "97", "50.00"]])]),
    # An adjustment of the other sign beside one that was capped.
    ({"100.00": "90.00"}, [("99213", "100.00", "60.00", [["CO", "45", "50.00"], ["CO", "253", "-10.00"]])]),
    ({"100.00": "16.00"}, [("99213", "100.00", "6.00", [["CO", "45", "30.00"], ["OA", "23", "64.00"]])]),
]  # fmt: skip


@pytest.mark.parametrize(("opened", "lines"), ANSWERS)
def test_a_later_payers_reversal_is_its_answers_mirror(opened: dict, lines: list) -> None:
    claim = make.claim({"lines": [{"code": code, "charge": charge} for code, charge, *_ in lines]})
    items = [
        replace(item, bucket="payer:2", balances={"payer:2": Decimal(opened[f"{item.charge:.2f}"])})
        for item in make.items(claim, "payer:2")
    ]
    answer = make.payment(
        {"status": "2", "lines": [{"code": c, "charge": ch, "paid": p, "adjustments": a} for c, ch, p, a in lines]}
    )  # fmt: skip
    given = plan_posting(answer, items, default_policy(), trace="1:T1")
    assert not given.hold, given.hold

    reduced: dict[int, dict[tuple[str, str], Decimal]] = {}
    for leg in given.legs:
        if leg.account.startswith("contra:"):
            own = reduced.setdefault(leg.item_id, {})
            own[leg.account, leg.reason] = (
                own.get((leg.account, leg.reason), Decimal(0)) + leg.amount
            )
    after = [
        replace(
            item, reduced_before=reduced.get(item.item_id, {}), balances={"payer:2": Decimal(0)}
        )
        for item in items
    ]
    reversal = mirrored(
        replace(answer, status_code="22", charge=-answer.charge, paid=-answer.paid), answer
    )
    back = plan_posting(reversal, after, default_policy(), trace="1:T2")

    sums: dict[tuple[int, str], Decimal] = {}
    for leg in (*given.legs, *back.legs):
        if leg.account.startswith(("contra:", "receivable:")):
            key = leg.item_id, leg.account
            sums[key] = sums.get(key, Decimal(0)) + leg.amount
    assert not back.hold, back.hold
    assert {key: amount for key, amount in sums.items() if amount} == {}

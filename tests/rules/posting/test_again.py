"""What a second answer says otherwise, and what of it posts where a person says that it is a further payment."""

from decimal import Decimal

from cleanclaim.rules.posting import OpenItem, default_policy, plan_posting
from cleanclaim.rules.posting.again import (
    answered_lines,
    cash_alone,
    change_words,
    changes,
    taken_lines,
)
from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.world import DENIED, TYPICAL, claim, line, pay

ONE = claim("A1")
TWO = claim("A1", line(1, "99213", "120.00"), line(2, "85025", "50.00"))
POLICY = default_policy()


def items(one, *open_amounts: str) -> list[OpenItem]:
    return [
        OpenItem(
            service.number,
            service.number,
            1,
            1,
            service.procedure.code,
            service.charge,
            balances={"payer:1": Decimal(amount)},
            control_number=service.control_number,
        )
        for service, amount in zip(one.lines, open_amounts, strict=True)
    ]


def taken(first: ClaimPayment, second: ClaimPayment, one, *open_amounts: str) -> list[int]:
    own = items(one, *open_amounts)
    plan = plan_posting(second, own, POLICY)
    return [item.line_number for item in taken_lines(plan, own, answered_lines(first, own, POLICY))]


def test_a_line_with_nothing_left_is_taken_and_one_with_enough_is_not() -> None:
    paid = pay(ONE, TYPICAL)

    assert taken(paid, paid, ONE, "0.00") == [1]
    assert taken(paid, paid, ONE, "119.99") == [1]  # one cent short
    assert taken(paid, paid, ONE, "120.00") == []


def test_what_it_denies_counts_as_told_of_the_line() -> None:
    first = pay(ONE, ("30.00", (("CO", "197", "90.00"),)))
    anew = pay(ONE, ("35.00", (("CO", "197", "85.00"),)))
    adds = pay(ONE, ("35.00", (("OA", "23", "30.00"), ("CO", "197", "55.00"))))

    assert taken(first, anew, ONE, "90.00") == [1]
    assert taken(first, adds, ONE, "90.00") == []


def test_a_line_that_was_only_denied_is_not_answered() -> None:
    """Also where somebody wrote it off since: the payment is a credit then, as ever."""
    assert answered_lines(pay(ONE, DENIED), items(ONE, "120.00"), POLICY) == frozenset()
    assert taken(pay(ONE, DENIED), pay(ONE, TYPICAL), ONE, "0.00") == []


def test_a_denial_left_to_the_patient_answers_the_line() -> None:
    left = pay(ONE, ("0.00", (("PR", "96", "120.00"),)))

    assert taken(left, pay(ONE, TYPICAL), ONE, "0.00") == [1]


def test_changes_are_told_line_by_line_paid_first() -> None:
    before = pay(TWO, TYPICAL, ("0.00", (("CO", "197", "50.00"),)))
    now = pay(TWO, TYPICAL, ("30.00", (("CO", "45", "20.00"),)))
    own = items(TWO, "0.00", "50.00")

    found = changes([(before, own)], (now, own))

    assert change_words(found) == (
        "line 2: paid 30.00, was nothing; CO-197 nothing, was 50.00; CO-45 20.00, was nothing"
    )
    assert changes([(before, own)], (before, own)) == []


def test_of_a_further_payment_the_cash_alone_is_posted_on_answered_lines() -> None:
    own = items(ONE, "0.00")
    plan = plan_posting(pay(ONE, TYPICAL), own, POLICY)

    found = cash_alone(plan, own, own)

    assert [(leg.account, leg.amount) for leg in found.legs] == [
        ("asset:remit-clearing", Decimal("80.00")),
        ("receivable:payer:1", Decimal("-80.00")),
    ]
    assert (found.patient_amount, found.denied, found.outcome) == (0, 0, "paid")
    assert [(one.kind, one.amount) for one in found.work] == [("credit", Decimal("80.00"))]

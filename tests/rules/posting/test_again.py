"""What a second answer says otherwise, and what of it posts where a person says that it is a further payment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cleanclaim.rules.posting import (
    OpenItem,
    PayerRule,
    PostingPolicy,
    RuleAction,
    default_policy,
    plan_posting,
)
from cleanclaim.rules.posting.again import (
    answered_lines,
    cash_alone,
    change_words,
    changes,
    taken_lines,
)
from cleanclaim.values.adjustment import Adjustment, Group
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


def taken(
    first: ClaimPayment, second: ClaimPayment, one, *open_amounts: str, policy=POLICY
) -> list[int]:
    own = items(one, *open_amounts)
    plan = plan_posting(second, own, policy)
    return [item.line_number for item in taken_lines(plan, own, answered_lines(first, own, policy))]


def under(pattern: str, action: RuleAction) -> PostingPolicy:
    return POLICY.with_rules([PayerRule(1, 0, pattern, action, date(2026, 1, 1))])


def of_the_claim(one, paid: str, *adjustments: tuple[str, str, str], lines=()) -> ClaimPayment:
    """An answer whose adjustments are the claim's as a whole; `lines` as `pay` takes them, or none."""
    made = pay(one, *lines) if lines else replace(pay(one, *[DENIED] * len(one.lines)), lines=())
    whole = tuple(Adjustment(Group(g), r, Decimal(a)) for g, r, a in adjustments)
    return replace(made, adjustments=whole, charge=one.charge, paid=Decimal(paid))


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


def test_one_answer_for_the_claim_and_one_by_lines_are_compared_in_all() -> None:
    own = items(TWO, "0.00", "0.00")
    whole = of_the_claim(TWO, "110.00", ("CO", "45", "50.00"), ("PR", "3", "10.00"))
    by_line = pay(TWO, ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00"))), ("30.00", (("CO", "45", "20.00"),)))  # fmt: skip
    levels = "in all (the claim as a whole in one answer, its lines in the other)"

    assert change_words(changes([(whole, own)], (by_line, own))) == (
        f"{levels}: paid 115.00, was 110.00; PR-3 5.00, was 10.00"
    )
    assert change_words(changes([(by_line, own)], (whole, own))) == (
        f"{levels}: paid 110.00, was 115.00; PR-3 10.00, was 5.00"
    )


def test_the_same_amounts_at_another_level_are_no_change() -> None:
    own = items(TWO, "0.00", "0.00")
    whole = of_the_claim(TWO, "110.00", ("CO", "45", "50.00"), ("PR", "3", "10.00"))
    by_line = pay(TWO, TYPICAL, ("30.00", (("CO", "45", "20.00"),)))

    assert changes([(whole, own)], (by_line, own)) == changes([(by_line, own)], (whole, own)) == []


def test_what_stands_at_one_level_in_both_is_told_by_line_beside() -> None:
    """Only the patient's part moved from the line to the claim; line 2 is paid otherwise."""
    own = items(TWO, "0.00", "0.00")
    before = pay(TWO, TYPICAL, ("30.00", (("CO", "45", "20.00"),)))
    now = of_the_claim(
        TWO,
        "115.00",
        ("PR", "3", "10.00"),
        lines=(("80.00", (("CO", "45", "30.00"),)), ("35.00", (("CO", "45", "15.00"),))),
    )

    assert change_words(changes([(before, own)], (now, own))) == (
        "line 2: paid 35.00, was 30.00; CO-45 15.00, was 20.00"
    )


def test_what_only_the_claim_as_a_whole_was_told_before_is_said_to_be_gone() -> None:
    own = items(ONE, "120.00")
    before = of_the_claim(ONE, "0.00", ("CO", "197", "120.00"))

    assert change_words(changes([(before, own)], (pay(ONE, TYPICAL), own))) == (
        "the claim: CO-197 nothing, was 120.00; "
        "line 1: paid 80.00, was nothing; CO-45 30.00, was nothing; PR-3 10.00, was nothing"
    )


def test_a_patients_amount_that_a_rule_denies_counts_as_denied() -> None:
    policy = under("PR-3", RuleAction.DENY)
    first = pay(ONE, ("30.00", (("PR", "3", "90.00"),)))
    anew = pay(ONE, ("35.00", (("PR", "3", "85.00"),)))

    assert taken(first, anew, ONE, "90.00", policy=policy) == [1]
    own = items(ONE, "90.00")
    plan = plan_posting(anew, own, policy)
    found = cash_alone(plan, own, own)
    assert plan.denied == Decimal("85.00")
    assert (found.denied, found.patient_amount, found.outcome) == (0, 0, "paid")
    assert [(leg.account, leg.amount) for leg in found.legs] == [
        ("asset:remit-clearing", Decimal("35.00")),
        ("receivable:payer:1", Decimal("-35.00")),
    ]


def test_a_denial_that_a_rule_leaves_to_the_patient_counts_as_theirs() -> None:
    """The rest of a line that was denied: it adds, and what is the patient's is not denied once more."""
    policy = under("CO-96", RuleAction.PATIENT)
    first = pay(ONE, ("30.00", (("CO", "197", "90.00"),)))
    rest = pay(ONE, ("0.00", (("OA", "23", "30.00"), ("CO", "96", "90.00"))))

    assert taken(first, rest, ONE, "90.00", policy=policy) == []
    own = items(ONE, "90.00")
    plan = plan_posting(rest, own, policy)
    found = cash_alone(plan, own, own)
    assert (plan.denied, plan.patient_amount) == (0, Decimal("90.00"))
    assert (found.denied, found.patient_amount, found.legs) == (0, 0, ())

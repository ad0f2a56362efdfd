"""The money that a PLB 72 gave back goes one way: to the payment that was stopped, or back to the payer as a refund."""

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.deposits.bank import balances
from tests.apps.billing.deposits.test_given_back import (
    ONE,
    TAKEBACK,
    TWO,
    choose,
    give_back,
)
from tests.apps.billing.deposits.test_reissues import LATER, awaited, reissue, row
from tests.apps.billing.world import TYPICAL, pay, remittance

pytestmark = pytest.mark.database_core
REFUND = "liability:refund-payable"
WAITS = [("", "80.00"), ("T5", "160.00")]


@pytest.fixture
def case(inside, desk):
    """80.00 that came back by PLB 72, identified as the payer's before anybody told the stop; (case, who, another)."""
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.billing.adjustments.services import identify_credit

    ana, lee = (person(inside, name, "Billing lead") for name in ("Ana", "Lee"))
    desk.take(ONE, TWO)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    give_back(desk)
    [credit] = credits(on=LATER)
    return identify_credit(credit.key, on=LATER, by=ana).pk, ana, lee


def approve(refund_id: int, ana: int, lee: int) -> None:
    from cleanclaim.apps.billing.adjustments.services import approve_refund, request_refund

    request_refund(refund_id, on=LATER, by=ana)
    approve_refund(refund_id, on=LATER, by=lee)


def test_what_was_approved_as_a_refund_settles_nothing(case, desk):
    approve(*case)

    reissue(row("T1").pk, "")

    assert awaited() == WAITS
    assert (balances()[REFUND], TAKEBACK in balances()) == ("-80.00", False)
    with pytest.raises(StateError, match=r"PLB-72 T1 of trace T5: 0\.00 of its payer's is free on"):
        choose(row("T1").pk)
    desk.prove()


def test_nor_what_a_case_speaks_for_until_it_is_closed(case, desk):
    from cleanclaim.apps.billing.adjustments.services import dismiss_credit

    refund_id, ana, _ = case
    reissue(row("T1").pk, "")
    assert awaited() == WAITS
    dismiss_credit(refund_id, words="the stopped check of July", on=LATER, by=ana)

    choose(row("T1").pk)

    assert awaited() == [("T5", "160.00")]
    assert TAKEBACK not in balances()
    desk.prove()


def test_what_settled_a_stopped_payment_is_no_credit_any_more(case):
    from cleanclaim.apps.billing.adjustments.services import dismiss_credit, identify_credit

    refund_id, ana, _ = case
    dismiss_credit(refund_id, words="the stopped check of July", on=LATER, by=ana)
    reissue(row("T1").pk, "")

    with pytest.raises(StateError, match="the credit is not there any more"):
        identify_credit(f"{TAKEBACK}|0|0|{row('T1').payer_id}|", on=LATER, by=ana)


def test_twin_without_the_promise_both_have_it(case, monkeypatch):
    """What the question of the refunds' desk keeps from happening."""
    from cleanclaim.apps.billing.deposits import given_back

    monkeypatch.setattr(given_back, "_spoken", [])

    reissue(row("T1").pk, "")

    assert awaited() == [("T5", "160.00")]
    with pytest.raises(StateError, match=r"the credit is 0\.00|payer has taken back"):
        approve(*case)

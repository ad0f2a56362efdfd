"""A reversal takes back what was posted, whatever the policies and rules of its day would post."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.rules.posting import PayerRule, RuleAction, default_policy
from tests.apps.billing.remittances.test_reversals import forward
from tests.apps.billing.world import PAID_ON, claim, pay, remittance

pytestmark = pytest.mark.database_core
OPEN = {"payer:1": Decimal("120.00")}
LATE = PayerRule(0, 0, "CO-29", RuleAction.WRITE_OFF, PAID_ON, account="contra:timely-filing")


def answer(one, sign=1):
    told = (f"{80 * sign}.00", (("CO", "29", f"{40 * sign}.00"),))
    return pay(one, told, status="1" if sign > 0 else "22")


def take_back(desk, one):
    return desk.post(remittance(answer(one, -1), trace="T2", plb=forward("-80.00")))


def test_a_rule_approved_later_on_the_day_of_the_answer_is_not_the_answers(desk):
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule, approve_rule

    one = claim("A1")
    desk.take(one)
    desk.post(remittance(answer(one), trace="T1"))
    rule = add_rule(LATE, on=PAID_ON, by=1)
    approve_rule(rule.pk, on=PAID_ON, by=2)

    [done] = take_back(desk, one)

    assert (done.posted, done.held, desk.buckets()) == (1, 0, OPEN)
    desk.prove()


def with_the_policy_of_then(desk, monkeypatch, one) -> None:
    """The answer as a policy posted it that writes CO-29 off; today's leaves it open."""
    from cleanclaim.apps.billing.remittances import laying

    with monkeypatch.context() as then:
        then.setattr(laying, "default_policy", lambda on: default_policy(on).with_rules([LATE]))
        desk.post(remittance(answer(one), trace="T1"))
    assert desk.buckets() == {}


def test_a_policy_of_before_is_taken_back_as_it_posted(desk, monkeypatch):
    one = claim("A1")
    [claim_id] = desk.take(one)
    with_the_policy_of_then(desk, monkeypatch, one)

    [done] = take_back(desk, one)

    assert (done.posted, done.held, desk.buckets()) == (1, 0, OPEN)
    row = desk.row(claim_id)
    assert (row.open_amount, row.other, row.contractual) == (Decimal(120), 0, 0)
    desk.prove()


def test_twin_planned_by_todays_policy_what_was_written_off_stays_off(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import laying

    one = claim("A1")
    desk.take(one)
    with_the_policy_of_then(desk, monkeypatch, one)
    monkeypatch.setattr(laying, "as_posted", lambda plan, *_, **__: plan)

    take_back(desk, one)

    assert desk.buckets() == {"payer:1": Decimal("80.00")}


def test_what_a_person_took_from_parked_cash_goes_back_through_the_payment(desk):
    """A held payment that a person applied: its entry took the parked cash, its reversal takes from the new payment."""
    from cleanclaim.apps.billing.remittances.services import apply_held

    one = claim("A1")
    [claim_id] = desk.take(one)
    stray = replace(answer(one), control_number="NOBODY", payer_control_number="ICN-1")
    [first] = desk.post(remittance(stray, trace="T1"))

    apply_held(first.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    back = replace(answer(one, -1), payer_control_number="ICN-1")

    [done] = desk.post(remittance(back, trace="T2", plb=forward("-80.00")))

    assert (done.posted, done.held, desk.buckets()) == (1, 0, OPEN)
    desk.prove()

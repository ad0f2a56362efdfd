"""Which further answer waits where several stand, where one payment answers twice, and where a line is told anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cleanclaim.rules.posting import PayerRule, RuleAction
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DAY,
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))  # of 120.00


def hold_of(remittance_id: int) -> str:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id).hold


def paid_twice_taken_back_once(desk: Desk, first: str) -> tuple[int, int]:
    """A claim on which two payments stand, and how many payments of a third wait: it takes one back, and answers anew."""
    from cleanclaim.apps.billing.remittances.services import apply_beside

    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [second] = desk.post(remittance(pay(ONE, TYPICAL), trace="T2"))
    apply_beside(second.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    both = [pay(ONE, TAKEN_BACK, status="22"), pay(ONE, OTHERWISE, number="ICN2")]
    [done] = desk.post(remittance(*(both if first == "reversal" else both[::-1]), trace="T3"))
    return claim_id, done.held


@pytest.mark.parametrize("first", ["reversal", "correction"])
def test_a_reversal_covers_one_of_two_answers_whether_it_comes_first_or_not(
    desk: Desk, first: str
) -> None:
    claim_id, held = paid_twice_taken_back_once(desk, first)

    assert held == 1
    assert desk.row(claim_id).paid == dollars("80.00")
    desk.prove()


@pytest.mark.parametrize("statuses", [("1", "19"), ("19", "1"), ("1", "4", "1")])
def test_one_payment_answers_a_line_once_as_the_same_payer(
    desk: Desk, statuses: tuple[str, ...]
) -> None:
    [claim_id] = desk.take(ONE)
    answers = [
        pay(ONE, DENIED if status == "4" else OTHERWISE if place else TYPICAL, status=status)
        for place, status in enumerate(statuses)
    ]

    [done] = desk.post(remittance(*answers, trace="T1"))

    assert done.held == 1
    assert desk.row(claim_id).paid == dollars("80.00")


def test_a_line_paid_in_part_and_told_anew_in_whole_waits(desk: Desk) -> None:
    """Enough is open for what it pays, but it denies the rest of the line once more: it adds nothing."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, ("30.00", (("CO", "197", "90.00"),))), trace="T1"))

    more = pay(ONE, ("35.00", (("CO", "197", "85.00"),)), number="ICN2")
    [second] = desk.post(remittance(more, trace="T2"))

    assert second.held == 1
    assert desk.row(claim_id).paid == dollars("30.00")
    assert "paid 35.00, was 30.00; CO-197 85.00, was 90.00" in hold_of(second.remittance_id)


def rule(pattern: str, action: str, *, since=DAY, until=None) -> None:
    from cleanclaim.apps.billing.remittances.services.posting_rules import add_rule, approve_rule

    row = add_rule(PayerRule(0, 0, pattern, RuleAction(action), since, until), on=since, by=1)
    approve_rule(row.pk, on=since, by=2)


def test_a_line_of_which_a_rule_denies_the_patients_part_is_told_anew_and_waits(desk: Desk) -> None:
    rule("PR-3", "deny")
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, ("30.00", (("PR", "3", "90.00"),))), trace="T1"))

    anew = pay(ONE, ("35.00", (("PR", "3", "85.00"),)), number="ICN2")
    [second] = desk.post(remittance(anew, trace="T2"))

    assert second.held == 1
    row = desk.row(claim_id)
    assert (row.paid, row.denied) == (dollars("30.00"), dollars("90.00"))
    assert "patient" not in desk.buckets()


def test_posted_beside_it_the_cash_alone_counts_and_nothing_is_denied_twice(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_beside
    from cleanclaim.apps.billing.remittances.services.settling import denied_totals

    rule("PR-3", "deny")
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))
    assert second.held == 1

    apply_beside(second.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)

    # 120.00 less 30.00 less 80.00 and 85.00; of the 10.00 that were denied once.
    assert desk.buckets() == {"payer:1": dollars("-75.00")}
    assert desk.row(claim_id).paid == dollars("165.00")
    assert denied_totals([claim_id]) == {claim_id: dollars("10.00")}
    desk.prove()


def test_a_line_was_answered_by_the_rules_of_its_day_not_by_those_that_came_since(
    desk: Desk,
) -> None:
    """All of it is the patient's; a rule that denies such amounts came later and changes nothing of that."""
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances

    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, ("0.00", (("PR", "3", "120.00"),))), trace="T1"))
    later = PAID_ON + timedelta(days=5)
    rule("PR-3", "deny", since=later)
    file = receive_835(remittance(pay(ONE, TYPICAL, number="ICN2"), trace="T2"))
    [pk] = receive_remittances(file, received_on=later).ids

    second = post_remittance(pk, posted_on=later)

    assert second.held == 1
    assert desk.buckets() == {"patient": dollars("120.00")}
    assert desk.row(claim_id).paid == 0


def test_a_line_was_answered_where_something_was_posted_whatever_the_rules_say(desk: Desk) -> None:
    """Held while a rule denied such amounts, and applied when it was over: all of it is the patient's."""
    from cleanclaim.apps.billing.remittances.services import apply_held

    rule("PR-3", "deny", until=PAID_ON + timedelta(days=2))
    [claim_id] = desk.take(ONE)
    unknown = replace(pay(ONE, ("0.00", (("PR", "3", "120.00"),))), control_number="CUT")
    [first] = desk.post(remittance(replace(unknown, payer_control_number="X1"), trace="T1"))
    later = PAID_ON + timedelta(days=5)
    apply_held(first.remittance_id, 1, claim_id=claim_id, on=later, by=1)
    assert desk.buckets() == {"patient": dollars("120.00")}

    [second] = desk.post(remittance(pay(ONE, TYPICAL, number="ICN2"), trace="T2"))

    assert second.held == 1
    assert desk.buckets() == {"patient": dollars("120.00")}

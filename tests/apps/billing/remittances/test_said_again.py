"""An answer that says again what one says that stands moves nothing twice; and what one payment settles is no work after it."""

from dataclasses import replace

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import TAKEN_BACK, TYPICAL, claim, dollars, line, pay, remittance

pytestmark = pytest.mark.database_core

CORRECTED = ("90.00", (("CO", "45", "30.00"),))
CARRIED = (("FB", "F1", "-80.00"),)


def patient_owes(desk: Desk):
    return desk.buckets().get("patient")


def test_the_same_answer_under_another_trace_is_held_and_the_patient_owes_it_once(
    desk: Desk,
) -> None:
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    [again] = desk.post(remittance(pay(one, TYPICAL), trace="T2"))

    assert again.held == 1
    assert patient_owes(desk) == dollars("10.00")
    assert desk.row(claim_id).paid == dollars("80.00")
    [work] = desk.work("match")
    assert "repeats the answer posted on 2026-07-08" in work.reason
    desk.prove()


def test_two_payments_of_one_file_with_the_same_answer_post_it_once(desk: Desk) -> None:
    one = claim("A1")
    desk.take(one)

    first, second = desk.post(
        remittance(pay(one, TYPICAL), trace="T1"), remittance(pay(one, TYPICAL), trace="T2")
    )

    assert (first.held, second.held) == (0, 1)
    assert patient_owes(desk) == dollars("10.00")


def test_after_it_was_taken_back_the_same_answer_is_posted(desk: Desk) -> None:
    one = claim("A1")
    desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    desk.post(remittance(pay(one, TAKEN_BACK, status="22"), trace="T2", plb=CARRIED))

    [again] = desk.post(remittance(pay(one, TYPICAL), trace="T3"))

    assert again.held == 0
    assert patient_owes(desk) == dollars("10.00")


def test_a_like_answer_to_another_line_is_posted(desk: Desk) -> None:
    two = claim("A1", line(1, "97110", "60.00"), line(2, "97110", "60.00"))
    [claim_id] = desk.take(two)
    paid = ("40.00", (("CO", "45", "20.00"),))
    for number in (1, 2):
        part = replace(two, lines=(two.lines[number - 1],), charge=dollars("60.00"))
        desk.post(remittance(pay(part, paid), trace=f"T{number}"))

    assert desk.work("match") == []
    assert desk.row(claim_id).paid == dollars("80.00")


def test_a_denial_that_is_said_again_posts_nothing_and_is_no_question(desk: Desk) -> None:
    one = claim("A1")
    desk.take(one)
    denied = ("0.00", (("CO", "197", "120.00"),))
    desk.post(remittance(pay(one, denied), trace="T1"))

    desk.post(remittance(pay(one, denied), trace="T2"))

    assert desk.work("match") == []
    assert len(desk.work("denial")) == 1


def test_a_correction_before_the_reversal_in_one_payment_leaves_no_credit_to_look_for(
    desk: Desk,
) -> None:
    one = claim("A1")
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL), trace="T1"))

    desk.post(
        remittance(
            pay(one, CORRECTED, number="ICN2"), pay(one, TAKEN_BACK, status="22"), trace="T2"
        )
    )

    assert desk.work("credit_balance") == []
    assert desk.row(claim_id).paid == dollars("90.00")
    desk.prove()

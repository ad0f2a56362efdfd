"""What one payer takes back or pays beside is its own, also where another payer has answered the claim alike."""

from dataclasses import replace

import pytest

from cleanclaim.values.adjustment import Adjustment, Group
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    MEDICAID,
    from_payer,
    negated,
    send_next,
    two_payers,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TYPICAL,
    claim,
    dollars,
    line,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core
ALL_PATIENTS = (("0.00", (("PR", "1", "185.00"),)), ("0.00", (("PR", "1", "210.00"),)))


def within(practice: int):
    from cleanclaim.apps.shared.tenancy.context import tenant

    return tenant(practice)  # a transaction for each posting: their order is told by their moments


def test_a_reversal_under_a_new_number_takes_its_own_payers_answer_back(practice: int) -> None:
    from cleanclaim.apps.billing.remittances.standing import Standing

    desk, one = Desk(), two_payers()
    with within(practice):
        [claim_id] = desk.take(one)
        desk.accept(claim_id, "ICN1")
        [first] = desk.post(remittance(pay(one, *ALL_PATIENTS), trace="T1"))
    with within(practice):
        send_next(claim_id)
        answer = pay(one, *ALL_PATIENTS, number="MCD1", status="2")
        [second] = desk.post(from_payer(MEDICAID, answer, "T2"))
    with within(practice):
        back = negated(pay(one, *ALL_PATIENTS, number="ICN9"))
        [third] = desk.post(remittance(back, trace="T3"))
        left = [one.remittance_id for one in Standing([claim_id]).of_claim(claim_id)]

    assert third.held == 0
    assert left == [second.remittance_id] != [first.remittance_id]


def test_a_payment_beside_needs_no_room(practice: int) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_beside

    desk = Desk()
    lines = (line(1, "99213", "100.00"), line(2, "85025", "100.00"))
    one = claim("A1", *lines, other_coverages=(AS_SECOND,))
    whole = replace(
        pay(one, ("0.00", ()), ("0.00", ())),
        lines=(),
        charge=dollars("200.00"),
        paid=dollars("100.00"),
        patient_responsibility=dollars("100.00"),
        adjustments=(Adjustment(Group.PATIENT, "2", dollars("100.00")),),
    )
    with within(practice):
        [claim_id] = desk.take(one)
        desk.accept(claim_id, "ICN1")
        desk.post(remittance(whole, trace="T1"))
        send_next(claim_id)
    part = replace(one, lines=one.lines[:1], charge=dollars("100.00"))
    with within(practice):
        answer = pay(part, ("50.00", (("OA", "23", "50.00"),)), number="MCD1", status="2")
        desk.post(from_payer(MEDICAID, answer, "T2"))
    both = (("20.00", (("OA", "23", "80.00"),)), ("40.00", (("OA", "23", "60.00"),)))
    with within(practice):
        answer = pay(one, *both, number="MCD2", status="2")
        [held] = desk.post(from_payer(MEDICAID, answer, "T3"))
        apply_beside(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)

    with within(practice):
        desk.prove()


def test_a_state_goes_by_what_was_posted_last_not_by_what_came_last(practice: int) -> None:
    """A denial that came after the payment was posted before it; taking its reversal back changes nothing."""
    from cleanclaim.apps.billing.remittances.services import (
        post_remittance,
        receive_remittances,
        reverse_posting,
    )

    desk, one = Desk(), claim("A1")
    both = (remittance(pay(one, TYPICAL), trace="T1"), remittance(pay(one, DENIED), trace="T2"))
    with within(practice):
        [claim_id] = desk.take(one)
        paid, denied = receive_remittances(receive_835(*both), received_on=PAID_ON).ids
    with within(practice):
        post_remittance(denied, posted_on=PAID_ON)
    with within(practice):
        post_remittance(paid, posted_on=PAID_ON)
        before = desk.row(claim_id).state
    with within(practice):
        [back] = desk.post(remittance(negated(pay(one, DENIED)), trace="T4"))
    with within(practice):
        reverse_posting(back.remittance_id, on=PAID_ON, reason="a mistake", by=1)
        assert (before, desk.row(claim_id).state) == ("paid", "paid")

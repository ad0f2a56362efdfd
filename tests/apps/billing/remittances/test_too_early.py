"""A second payer's answer that comes before the first's waits, so that the patient is not asked for what it paid."""

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.claims.payers import AS_SECOND, MEDICAID, from_payer
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1", other_coverages=(AS_SECOND,))
FIRST = ("50.00", (("CO", "45", "30.00"), ("PR", "2", "40.00")))  # of 120.00
SECOND = ("25.00", (("OA", "23", "80.00"), ("CO", "45", "15.00")))


def second_payers():
    return from_payer(MEDICAID, pay(ONE, SECOND, number="MC1", status="2"), "T2")


def apply(remittance_id: int, claim_id: int) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held

    apply_held(remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=7)


def test_the_second_payers_answer_waits_for_the_first_and_then_settles_the_patients_part(
    desk: Desk,
) -> None:
    [claim_id] = desk.take(ONE)

    [early] = desk.post(second_payers())

    assert (early.posted, early.held) == (0, 1)
    [work] = desk.work("match")
    assert "post the answer of Coastal Alliance Health Plan first, then apply this" in work.reason
    with pytest.raises(StateError, match="first, then apply this"):
        apply(early.remittance_id, claim_id)
    desk.post(remittance(pay(ONE, FIRST), trace="T1"))
    apply(early.remittance_id, claim_id)
    assert desk.buckets() == {}
    assert desk.row(claim_id).paid == dollars("75.00")
    assert desk.work("credit_balance") == []
    desk.prove()


def test_after_the_first_payers_answer_it_is_posted_as_ever(desk: Desk) -> None:
    desk.take(ONE)
    desk.post(remittance(pay(ONE, FIRST), trace="T1"))

    [posted] = desk.post(second_payers())

    assert (posted.posted, posted.held) == (1, 0)
    assert desk.buckets() == {}


def test_the_claims_own_payer_that_says_it_comes_second_is_posted(desk: Desk) -> None:
    desk.take(ONE)

    [posted] = desk.post(remittance(pay(ONE, FIRST, status="2"), trace="T1"))

    assert posted.held == 0

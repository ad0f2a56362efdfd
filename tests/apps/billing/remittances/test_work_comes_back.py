"""What a later answer closed is work again where that answer is taken back: nobody else would bring it up."""

from dataclasses import replace

import pytest

from tests.apps.billing.claims.payers import negated
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import DENIED, PAID_ON, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
TWO = claim("A1", line(1, "99213", "120.00"), line(2, "85025", "50.00"))
LINE_2_DENIED = ("0.00", (("CO", "197", "50.00"),))
LINE_2_PAID = ("30.00", (("CO", "45", "20.00"),))


def take_back(how: str, remittance_id: int) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    if how == "whole":
        reverse_posting(remittance_id, on=PAID_ON, reason="wrong", by=1)
    else:
        reverse_place(remittance_id, 1, on=PAID_ON, reason="wrong", by=1)


@pytest.mark.parametrize("how", ["whole", "claim"])
def test_a_denial_that_was_paid_is_work_again(desk: Desk, how: str) -> None:
    from cleanclaim.apps.shared.work.services import take

    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, DENIED), trace="T1"))
    [denial] = desk.work("denial")
    take(denial.pk, by=1)
    [paid] = desk.post(remittance(pay(ONE, TYPICAL), trace="T2"))
    assert desk.work("denial") == []

    take_back(how, paid.remittance_id)

    [again] = desk.work("denial")
    assert (again.pk, again.owner, again.outcome) == (denial.pk, 1, "")
    assert desk.row(claim_id).state == "denied"


def test_a_denial_that_the_payer_took_back_is_work_again_without_that(desk: Desk) -> None:
    desk.take(ONE)
    desk.post(remittance(pay(ONE, DENIED), trace="T1"))
    [back] = desk.post(remittance(negated(pay(ONE, DENIED)), trace="T2"))
    assert desk.work("denial") == []

    take_back("whole", back.remittance_id)

    assert len(desk.work("denial")) == 1


def test_what_a_person_finished_stays_finished(desk: Desk) -> None:
    from cleanclaim.apps.shared.work.services import finish

    desk.take(ONE)
    desk.post(remittance(pay(ONE, DENIED), trace="T1"))
    finish(desk.work("denial")[0].pk, outcome="appealed", by=1)
    [paid] = desk.post(remittance(pay(ONE, TYPICAL), trace="T2"))

    take_back("whole", paid.remittance_id)

    assert desk.work("denial") == []


def test_what_another_answer_settled_is_no_work(desk: Desk) -> None:
    """The answer to the other line is taken back: what was denied is paid all the same."""
    first, second = (replace(TWO, lines=(one,), charge=one.charge) for one in TWO.lines)
    desk.take(TWO)
    desk.post(remittance(pay(second, LINE_2_DENIED), trace="T1"))
    [paid] = desk.post(remittance(pay(second, LINE_2_PAID), trace="T2"))
    [other] = desk.post(remittance(pay(first, TYPICAL), trace="T3"))

    take_back("whole", other.remittance_id)
    assert desk.work("partial") == []

    take_back("whole", paid.remittance_id)
    assert len(desk.work("partial")) == 1

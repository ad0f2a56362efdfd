"""A denial of what the payer settled before, without taking that back."""

from dataclasses import replace

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import DENIED, TYPICAL, claim, dollars, line, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
TWO = claim("A1", line(1, "99213", "120.00"), line(2, "85025", "50.00"))
LINE_2_DENIED = ("0.00", (("CO", "197", "50.00"),))
LINE_2_PAID = ("30.00", (("CO", "45", "20.00"),))


def hold_of(remittance_id: int) -> str:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id).hold


def test_a_denial_of_what_was_paid_waits_for_its_reversal(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    [second] = desk.post(remittance(pay(ONE, DENIED), trace="T2"))

    row = desk.row(claim_id)
    assert (second.posted, second.held) == (0, 1)
    assert (row.state, row.denied, desk.work("denial")) == ("paid", dollars("0.00"), [])
    assert hold_of(second.remittance_id).startswith(
        "answered already on 2026-07-08 (trace T1), and that answer is not taken back; "
        "line 1: paid nothing, was 80.00"
    )
    desk.prove()


DUPLICATE = ("0.00", (("OA", "18", "120.00"),))
LINE_2_DUPLICATE = ("0.00", (("CO", "18", "50.00"),))


@pytest.mark.parametrize(
    "first", [(TYPICAL, LINE_2_DENIED), (DENIED, LINE_2_DENIED), (TYPICAL, LINE_2_PAID)]
)
def test_a_claim_sent_again_and_called_a_duplicate_stays_as_it_was(
    desk: Desk, first: tuple
) -> None:
    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, *first), trace="T1"))
    row, buckets = desk.row(claim_id), desk.buckets()
    denials = desk.work("denial")

    [second] = desk.post(remittance(pay(TWO, DUPLICATE, LINE_2_DUPLICATE), trace="T2"))

    now = desk.row(claim_id)
    assert (second.posted, second.held) == (1, 0)
    assert (now.state, now.denied, desk.buckets()) == (row.state, row.denied, buckets)
    assert desk.work("denial") == denials
    desk.prove()


def test_a_line_denied_again_beside_a_duplicate_stays_denied_once(desk: Desk) -> None:
    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, TYPICAL, LINE_2_DENIED), trace="T1"))

    desk.post(remittance(pay(TWO, DUPLICATE, LINE_2_DENIED), trace="T2"))

    row = desk.row(claim_id)
    assert (row.state, row.denied) == ("partial", dollars("50.00"))
    assert len(desk.work("denial")) == 1


def test_a_denied_line_that_is_denied_again_is_no_second_answer(desk: Desk) -> None:
    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, TYPICAL, LINE_2_DENIED), trace="T1"))

    again = pay(TWO, DENIED, LINE_2_DENIED)
    [second] = desk.post(
        remittance(replace(again, charge=dollars("50.00"), lines=again.lines[1:]), trace="T2")
    )

    assert (second.posted, second.held) == (1, 0)
    assert (desk.row(claim_id).state, desk.row(claim_id).denied) == ("partial", dollars("50.00"))

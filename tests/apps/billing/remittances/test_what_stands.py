"""What stands of a claim's answers after reversals and further payments, and what a reversal took back."""

from dataclasses import replace

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.claims.payers import negated
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, dollars, line, pay, remittance

pytestmark = pytest.mark.database_core
ONE = claim("A1")


def beside(desk: Desk, number: str = "N2"):
    from cleanclaim.apps.billing.remittances.services import apply_beside

    [claim_id] = desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL, number="N1"), trace="T1"))
    [more] = desk.post(remittance(pay(ONE, TYPICAL, number=number), trace="T2"))
    apply_beside(more.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    return claim_id, first.remittance_id, more.remittance_id


def test_what_a_reversal_under_a_new_number_took_back_is_not_taken_back_again(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place
    from cleanclaim.apps.billing.remittances.standing import Standing

    claim_id, _, more = beside(desk)
    third = negated(pay(ONE, TYPICAL, number="N3"))
    desk.post(remittance(third, trace="T3", plb=(("FB", "n", "-80.00"),)))
    assert desk.buckets() == {"patient": dollars("10.00")}  # laid on T2: T1 stands

    stands = [one.trace for one in Standing([claim_id]).of_claim(claim_id)]
    with pytest.raises(StateError):
        reverse_place(more, 1, on=PAID_ON, reason="x", by=1)
    assert stands == ["T1"]
    assert desk.buckets() == {"patient": dollars("10.00")}


@pytest.mark.parametrize("is_first", [True, False])
def test_half_a_claim_that_was_taken_back_is_waited_for(desk: Desk, is_first: bool) -> None:
    from cleanclaim.apps.billing.claims.states import WITH_PAYER

    two = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
    half, other = (replace(two, lines=(one,), charge=one.charge) for one in two.lines)
    [claim_id] = desk.take(two)
    p1 = pay(half, ("80.00", (("CO", "45", "20.00"),)), number="N1")
    p2 = pay(other, ("40.00", (("CO", "45", "10.00"),)), number="N2")
    desk.post(remittance(p1, trace="T1"))
    desk.post(remittance(p2, trace="T2"))
    gone = p1 if is_first else p2
    desk.post(remittance(negated(gone), trace="T3", plb=(("FB", "n", str(-gone.paid)),)))

    assert desk.row(claim_id).state in WITH_PAYER or desk.work("denial")


def test_both_taken_back_at_once_leave_nothing_to_look_into(desk: Desk) -> None:
    beside(desk)
    both = [negated(pay(ONE, TYPICAL, number=number)) for number in ("N1", "N2")]
    [back] = desk.post(remittance(*both, trace="T3", plb=(("FB", "n", "-160.00"),)))

    assert (back.held, back.findings, desk.work("other")) == (0, (), [])


def test_an_answer_that_an_early_reversal_took_back_does_not_tell_where_the_claim_is(
    desk: Desk,
) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    [claim_id] = desk.take(ONE)
    [early] = desk.post(remittance(negated(pay(ONE, TYPICAL, number="N1")), trace="T1", plb=(("FB", "n", "-80.00"),)))  # fmt: skip
    desk.post(remittance(pay(ONE, TYPICAL, number="N1"), trace="T2"))
    apply_held(early.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    assert desk.row(claim_id).state == "accepted"
    anew = pay(ONE, ("70.00", (("CO", "45", "50.00"),)), number="N2")
    [last] = desk.post(remittance(anew, trace="T3"))

    reverse_place(last.remittance_id, 1, on=PAID_ON, reason="x", by=1)

    assert desk.buckets() == {"payer:1": dollars("120.00")}
    assert desk.row(claim_id).state == "accepted"


def test_a_reversal_under_a_new_number_takes_back_the_half_that_it_names(desk: Desk) -> None:
    two = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
    half, other = (replace(two, lines=(one,), charge=one.charge) for one in two.lines)
    desk.take(two)
    p1 = pay(half, ("80.00", (("CO", "45", "20.00"),)), number="N1")
    desk.post(remittance(p1, trace="T1"))
    desk.post(remittance(pay(other, ("40.00", (("CO", "45", "10.00"),)), number="N2"), trace="T2"))
    back = negated(replace(p1, payer_control_number="N3"))
    [done] = desk.post(remittance(back, trace="T3", plb=(("FB", "n", "-80.00"),)))

    assert done.held == 0

"""A further payment says nothing of its own lines: the answer beside which it was posted is not taken back under it."""

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.claims.payers import negated
from tests.apps.billing.conftest import Desk
from tests.apps.billing.remittances.test_pairs import place
from tests.apps.billing.world import DENIED, PAID_ON, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
ANOTHER = pay(ONE, ("85.00", (("CO", "45", "25.00"), ("PR", "3", "10.00"))), number="ICN2")


def answered_and_paid_beside(desk: Desk) -> tuple[int, int, int]:
    """(claim, the remittance of its answer, the one of a further payment beside that)."""
    from cleanclaim.apps.billing.remittances.services import apply_beside

    [claim_id] = desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [more] = desk.post(remittance(ANOTHER, trace="T2"))
    apply_beside(more.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    return claim_id, first.remittance_id, more.remittance_id


@pytest.mark.parametrize("is_whole", [False, True])
def test_the_answer_is_taken_back_only_after_what_stands_beside_it(
    desk: Desk, is_whole: bool
) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    claim_id, first, more = answered_and_paid_beside(desk)
    said = {"on": PAID_ON, "reason": "wrong", "by": 1}

    def take_back() -> None:
        if is_whole:
            reverse_posting(first, **said)
        else:
            reverse_place(first, 1, **said)

    with pytest.raises(StateError, match="T2 was posted beside the answer that trace T1"):
        take_back()
    reverse_place(more, 1, **said)
    take_back()

    assert desk.row(claim_id).open_amount == dollars("120.00")
    assert desk.row(claim_id).paid == dollars("0.00")
    desk.prove()


def test_nothing_stands_in_the_way_once_the_payer_took_the_further_payment_back(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place

    claim_id, first, _ = answered_and_paid_beside(desk)
    [back] = desk.post(remittance(negated(ANOTHER), trace="T3", plb=(("FB", "n", "-85.00"),)))
    assert back.held == 0

    reverse_place(first, 1, on=PAID_ON, reason="wrong", by=1)

    assert desk.row(claim_id).paid == dollars("0.00")
    desk.prove()


def test_the_payers_reversal_of_the_answer_posts_and_says_what_to_do_with_the_other(
    desk: Desk,
) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    claim_id, _, more = answered_and_paid_beside(desk)
    taken = remittance(negated(pay(ONE, TYPICAL)), trace="T3", plb=(("FB", "n", "-80.00"),))
    [back] = desk.post(taken)

    assert back.held == 0
    assert "trace T2 was posted beside the answer that it takes back" in back.findings[0]
    assert (desk.row(claim_id).state, desk.row(claim_id).open_amount) == ("accepted", dollars("35.00"))  # fmt: skip

    reverse_place(more, 1, on=PAID_ON, reason="in its place", by=1)
    apply_held(more, 1, claim_id=claim_id, on=PAID_ON, by=1)

    row = desk.row(claim_id)
    assert (row.state, row.paid, row.patient_owes) == ("paid", dollars("85.00"), dollars("10.00"))
    assert row.open_amount == dollars("0.00")
    desk.prove()


def test_a_third_payment_takes_the_place_of_both(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, first, more = answered_and_paid_beside(desk)
    last = pay(ONE, ("90.00", (("CO", "45", "20.00"), ("PR", "3", "10.00"))), number="ICN3")
    [third] = desk.post(remittance(last, trace="T3"))

    apply_instead(third.remittance_id, 1, claim_id=claim_id, reason="right", on=PAID_ON, by=1)

    assert [place(one).outcome for one in (first, more)] == ["held", "held"]
    row = desk.row(claim_id)
    assert (row.paid, row.patient_owes) == (dollars("90.00"), dollars("10.00"))
    desk.prove()


def test_a_correction_is_taken_back_under_the_first_answers_number(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    corrected = pay(ONE, ("90.00", (("CO", "45", "30.00"),)), number="N2")
    desk.post(remittance(pay(ONE, TYPICAL, number="N1"), trace="T1"))
    desk.post(remittance(negated(pay(ONE, TYPICAL, number="N1")), corrected, trace="T2"))

    under_first = negated(pay(ONE, ("90.00", (("CO", "45", "30.00"),)), number="N1"))
    [back] = desk.post(remittance(under_first, trace="T3", plb=(("FB", "n", "-90.00"),)))

    assert back.held == 0
    assert desk.row(claim_id).paid == dollars("0.00")
    desk.prove()


def test_what_was_taken_back_is_not_taken_back_again_of_another_number(desk: Desk) -> None:
    """The second reversal repeats the first; the same amount was paid anew under another number, and stays."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL, number="N1"), trace="T1"))
    desk.post(remittance(negated(pay(ONE, TYPICAL, number="N1")), pay(ONE, TYPICAL, number="N2"), trace="T2"))  # fmt: skip

    again = negated(pay(ONE, TYPICAL, number="N1"))
    [back] = desk.post(remittance(again, trace="T3", plb=(("FB", "n", "-80.00"),)))

    assert back.held == 1
    assert desk.row(claim_id).paid == dollars("80.00")


def test_of_two_answers_the_one_that_stands_tells_where_the_claim_is(desk: Desk) -> None:
    """The payer split the claim: it denied one line, paid the other, and took the payment back."""
    from dataclasses import replace

    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from tests.apps.billing.world import line

    two = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
    half, other = (replace(two, lines=(one,), charge=one.charge) for one in two.lines)
    [claim_id] = desk.take(two)
    desk.post(remittance(pay(other, ("0.00", (("CO", "197", "50.00"),))), trace="T1"))
    paid = pay(half, ("80.00", (("CO", "45", "20.00"),)))
    desk.post(remittance(paid, trace="T2"))
    assert desk.row(claim_id).state == "partial"

    [back] = desk.post(remittance(negated(paid), trace="T3", plb=(("FB", "n", "-80.00"),)))

    row = desk.row(claim_id)
    assert (row.state, row.denied, row.paid) == ("denied", dollars("50.00"), dollars("0.00"))
    assert len(desk.work("denial") + desk.work("partial")) == 1

    reverse_posting(back.remittance_id, on=PAID_ON, reason="not theirs", by=1)
    assert desk.row(claim_id).state == "partial"
    desk.post(remittance(negated(paid), trace="T4", plb=(("FB", "n", "-80.00"),)))
    desk.post(remittance(negated(pay(other, ("0.00", (("CO", "197", "50.00"),)))), trace="T5"))
    assert desk.row(claim_id).state in ("sent", "accepted")


def test_without_another_answer_a_claim_waits_for_its_payer_again(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, DENIED), trace="T1"))

    desk.post(remittance(negated(pay(ONE, DENIED)), trace="T2"))

    assert desk.row(claim_id).state == "accepted"

"""A payer's further answer to a claim that it answered before, without taking the first one back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    dollars,
    line,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core

ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))  # of 120.00
TWO = claim("A1", line(1, "99213", "120.00"), line(2, "85025", "50.00"))
LINE_2_DENIED = ("0.00", (("CO", "197", "50.00"),))
LINE_2_PAID = ("30.00", (("CO", "45", "20.00"),))
FORWARD = (("FB", "F1", "-80.00"),)


def hold_of(remittance_id: int) -> str:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id).hold


def test_other_amounts_for_the_same_line_wait_with_what_differs(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))

    assert (second.posted, second.held) == (0, 1)
    assert desk.row(claim_id).paid == dollars("80.00")
    assert desk.buckets() == {"patient": dollars("10.00")}
    assert hold_of(second.remittance_id) == (
        "answered already on 2026-07-08 (trace T1), and that answer is not taken back; "
        "line 1: paid 85.00, was 80.00; PR-3 5.00, was 10.00"
    )
    assert desk.work("credit_balance") == []
    desk.prove()


def test_the_simulation_says_so_beforehand(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import receive_remittances, simulate_posting
    from tests.apps.billing.world import receive_835

    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    file = receive_835(remittance(pay(ONE, OTHERWISE), trace="T2"))
    [second] = receive_remittances(file, received_on=PAID_ON).ids

    plan = simulate_posting(second, posted_on=PAID_ON)

    assert "answered already on 2026-07-08 (trace T1)" in plan.held[0].plan.hold


def test_under_another_number_of_the_payer_it_waits_too(desk: Desk) -> None:
    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL, number="ICN1"), trace="T1"))

    [second] = desk.post(remittance(pay(ONE, OTHERWISE, number="ICN2"), trace="T2"))

    assert second.held == 1


def test_a_line_that_was_denied_is_paid_by_the_second_answer(desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.models import ClaimEvent

    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, TYPICAL, LINE_2_DENIED), trace="T1"))
    part = replace(TWO, lines=TWO.lines[1:], charge=dollars("50.00"))

    [second] = desk.post(remittance(pay(part, LINE_2_PAID), trace="T2"))

    assert second.held == 0
    assert desk.row(claim_id).paid == dollars("110.00")
    assert desk.work("denial") == desk.work("partial") == []
    told = ClaimEvent.objects.filter(claim_id=claim_id).order_by("-id")[0].words
    assert "Answered already on 2026-07-08 (trace T1); this adds to line 2" in told
    desk.prove()


def test_the_whole_claim_again_with_the_denied_line_paid_waits_for_its_reversal(
    desk: Desk,
) -> None:
    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, TYPICAL, LINE_2_DENIED), trace="T1"))

    [second] = desk.post(remittance(pay(TWO, TYPICAL, LINE_2_PAID), trace="T2"))

    assert second.held == 1
    assert desk.row(claim_id).paid == dollars("80.00")
    hold = hold_of(second.remittance_id)
    assert "line 2: paid 30.00, was nothing; CO-197 nothing, was 50.00; CO-45 20.00" in hold
    assert "line 1" not in hold


def test_a_denial_of_the_whole_claim_is_followed_by_its_payment(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, DENIED), trace="T1"))

    [second] = desk.post(remittance(pay(ONE, TYPICAL), trace="T2"))

    assert second.held == 0
    assert desk.row(claim_id).paid == dollars("80.00")


def test_a_payment_beside_the_charge_adds_to_the_first(desk: Desk) -> None:
    """Reprocessed by the difference alone: 5.00 more from the payer, 5.00 less of the patient."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    nothing = replace(ONE, lines=(line(1, "99213", "0.00"),), charge=dollars("0.00"))
    more = pay(nothing, ("5.00", (("PR", "3", "-5.00"),)))

    [second] = desk.post(remittance(more, trace="T2"))

    assert second.held == 0
    assert desk.row(claim_id).paid == dollars("85.00")
    assert desk.buckets() == {"patient": dollars("5.00")}
    desk.prove()


@pytest.mark.parametrize("first", ["reversal", "correction"])
def test_a_reversal_in_the_same_payment_lets_the_correction_through(desk: Desk, first: str) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    both = [pay(ONE, TAKEN_BACK, status="22"), pay(ONE, OTHERWISE, number="ICN2")]

    [done] = desk.post(remittance(*(both if first == "reversal" else both[::-1]), trace="T2"))

    assert done.held == 0
    assert desk.row(claim_id).paid == dollars("85.00")
    assert desk.buckets() == {"patient": dollars("5.00")}
    desk.prove()


def test_a_reversal_of_another_answer_does_not_cover_it(desk: Desk) -> None:
    """Two lines answered apart: the first answer is taken back, the second answered again."""
    desk.take(TWO)
    parts = [replace(TWO, lines=(one,), charge=one.charge) for one in TWO.lines]
    desk.post(remittance(pay(parts[0], TYPICAL), trace="T1"))
    desk.post(remittance(pay(parts[1], LINE_2_PAID), trace="T2"))
    again = pay(parts[1], ("35.00", (("CO", "45", "15.00"),)))

    [done] = desk.post(
        remittance(again, pay(parts[0], TAKEN_BACK, status="22"), trace="T3", plb=FORWARD)
    )

    assert (done.posted, done.held) == (1, 1)
    desk.prove()


def held_again(desk: Desk) -> tuple[int, int]:
    """A claim that was answered by trace T1, and the remittance of trace T2 with other amounts, held."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))
    assert second.held == 1
    return claim_id, second.remittance_id


def balances() -> dict:
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {name: amount for name, amount in account_balances().items() if amount}


def test_plain_applying_says_that_it_was_answered_already(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held

    claim_id, second = held_again(desk)

    with pytest.raises(StateError, match="answered already on 2026-07-08") as caught:
        apply_held(second, 1, claim_id=claim_id, on=PAID_ON, by=1)

    assert caught.value.hint == "Post it beside that answer, or in its place."


def test_posted_beside_its_cash_alone_is_a_credit_of_a_duplicate_payment(desk: Desk) -> None:
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import apply_beside

    claim_id, second = held_again(desk)

    apply_beside(second, 1, claim_id=claim_id, on=PAID_ON, by=1)

    assert desk.buckets() == {"payer:1": dollars("-85.00"), "patient": dollars("10.00")}
    assert desk.row(claim_id).contractual == dollars("30.00")
    [credit] = credits(on=PAID_ON)
    assert (credit.verdict.cause, credit.refund) == ("duplicate", dollars("85.00"))
    [work] = desk.work("credit_balance")
    assert work.amount == dollars("85.00")
    assert desk.work("match") == []
    place = RemittanceClaim.objects.get(remittance_id=second)
    assert RemittanceClaim.objects.get(pk=place.beside_id).remittance.trace_number == "T1"
    desk.prove()


def test_what_was_posted_beside_is_taken_back_by_its_own_reversal(desk: Desk) -> None:
    from cleanclaim.apps.billing.claims.answers import posted_answers
    from cleanclaim.apps.billing.remittances.services import apply_beside

    claim_id, second = held_again(desk)
    apply_beside(second, 1, claim_id=claim_id, on=PAID_ON, by=1)
    [before] = posted_answers(claim_id)
    back = ("-85.00", (("CO", "45", "-30.00"), ("PR", "3", "-5.00")))

    [done] = desk.post(
        remittance(pay(ONE, back, status="22"), trace="T3", plb=(("FB", "F1", "-85.00"),))
    )

    assert done.held == 0
    assert desk.buckets() == {"patient": dollars("10.00")}
    assert desk.row(claim_id).paid == dollars("80.00")
    [after] = posted_answers(claim_id)
    assert before.payment.paid == after.payment.paid == dollars("80.00")
    desk.prove()


def test_posted_beside_a_payment_still_answers_the_lines_that_were_open(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_beside

    [claim_id] = desk.take(TWO)
    desk.post(remittance(pay(TWO, TYPICAL, LINE_2_DENIED), trace="T1"))
    [second] = desk.post(remittance(pay(TWO, TYPICAL, LINE_2_PAID), trace="T2"))

    apply_beside(second.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)

    # Line 1 is paid twice; line 2 is paid 30.00 and reduced by 20.00.
    assert desk.buckets() == {"payer:1": dollars("-80.00"), "patient": dollars("10.00")}
    assert desk.row(claim_id).contractual == dollars("50.00")
    desk.prove()


def test_posted_in_its_place_the_first_answer_waits_as_cash_and_the_second_counts(
    desk: Desk,
) -> None:
    from cleanclaim.apps.billing.claims.models import ClaimEvent
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, second = held_again(desk)

    apply_instead(second, 1, claim_id=claim_id, reason="payer's letter", on=PAID_ON, by=1)

    assert desk.buckets() == {"patient": dollars("5.00")}
    assert desk.row(claim_id).paid == dollars("85.00")
    first = RemittanceClaim.objects.get(remittance__trace_number="T1")
    assert first.outcome == "held"
    assert first.hold == "taken back: replaced by payment 1 of trace T2: payer's letter"
    assert balances()["liability:unapplied-cash"] == dollars("-80.00")
    words = list(ClaimEvent.objects.filter(claim_id=claim_id).values_list("words", flat=True))
    assert any("replaced by payment 1 of trace T2" in one for one in words)
    desk.prove()


def test_as_of_a_day_between_only_the_first_answer_counts(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances

    claim_id, second = held_again(desk)
    later = PAID_ON + timedelta(days=10)

    apply_instead(second, 1, claim_id=claim_id, reason="letter", on=later, by=1)

    between = PAID_ON + timedelta(days=5)
    assert bucket_balances(effective_on=between) == {"patient": dollars("10.00")}
    assert bucket_balances(effective_on=later) == {"patient": dollars("5.00")}


def test_nothing_is_replaced_where_no_answer_stands_in_the_way(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import (
        apply_beside,
        apply_instead,
        reverse_place,
    )

    [claim_id] = desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    reverse_place(first.remittance_id, 1, on=PAID_ON, reason="wrong", by=1)

    with pytest.raises(StateError, match="no answer of its payer stands in its way"):
        apply_beside(first.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)
    with pytest.raises(StateError, match="no answer of its payer stands in its way"):
        apply_instead(first.remittance_id, 1, claim_id=claim_id, reason="x", on=PAID_ON, by=1)


def test_a_replacement_that_fails_takes_nothing_back(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, second = held_again(desk)

    with pytest.raises(InputError, match="no reason"):
        apply_instead(second, 1, claim_id=claim_id, reason=" ", on=PAID_ON, by=1)

    assert desk.row(claim_id).paid == dollars("80.00")


def test_a_posting_that_does_not_look_pays_it_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    from cleanclaim.apps.billing.remittances import laying

    monkeypatch.setattr(laying, "of_payer", lambda *_, **__: [])
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))

    assert second.held == 0
    assert desk.row(claim_id).paid == dollars("165.00")

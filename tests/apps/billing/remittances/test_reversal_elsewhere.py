"""A correction counts only where the reversal of the first answer is posted: not one that is still to come, or waits."""

from datetime import timedelta

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DAY,
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
WITHOUT_PR = ("90.00", (("CO", "45", "30.00"),))
FORWARD = (("FB", "F1", "-80.00"),)
NO_ACCOUNT = (
    ("FB", "F1", "-85.00"),
    ("B3", "allowance", "5.00"),
)  # held: no rule says where B3 goes


def place_of(remittance_id: int):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id, status_code="1")


def correction_then_reversal(desk: Desk, plb=FORWARD):
    """A claim, and what posting did of a file whose first payment corrects an answer that its second one takes back."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    done = desk.post(
        remittance(pay(ONE, OTHERWISE, number="ICN2"), trace="T2"),
        remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T3", plb=plb),
    )
    return claim_id, *done


def test_where_the_payment_with_the_reversal_is_held_later_the_claim_is_not_paid_twice(
    desk: Desk,
) -> None:
    claim_id, correction, reversal = correction_then_reversal(desk, NO_ACCOUNT)

    assert "B3" in reversal.hold
    assert correction.held == 1
    assert desk.row(claim_id).paid == dollars("80.00")
    assert desk.buckets() == {"patient": dollars("10.00")}
    hold = place_of(correction.remittance_id).hold
    assert "a reversal waits in trace T3 of its file: post that, then apply this" in hold
    assert "PR-3 5.00, was 10.00" in hold


def test_once_the_reversal_is_posted_the_correction_is_applied(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_held

    claim_id, correction, reversal = correction_then_reversal(desk)
    assert (correction.held, reversal.held) == (1, 0)
    assert desk.buckets() == {"payer:1": dollars("120.00")}

    apply_held(correction.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)

    assert desk.row(claim_id).paid == dollars("85.00")
    assert desk.buckets() == {"patient": dollars("5.00")}
    assert desk.work("match") == desk.work("credit_balance") == []
    desk.prove()


def test_very_many_of_them_are_posted_by_posting_their_payment_again(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    claim_id, correction, _ = correction_then_reversal(desk)
    reverse_posting(correction.remittance_id, on=PAID_ON, reason="its reversals came", by=1)

    done = post_remittance(correction.remittance_id, posted_on=PAID_ON, by=1)

    assert done.held == 0
    assert desk.row(claim_id).paid == dollars("85.00")
    desk.prove()


def test_a_reversal_in_an_earlier_payment_of_the_file_lets_it_through(desk: Desk) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    reversal, correction = desk.post(
        remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T2", plb=FORWARD),
        remittance(pay(ONE, OTHERWISE, number="ICN2"), trace="T3"),
    )

    assert (reversal.held, correction.held) == (0, 0)
    assert desk.row(claim_id).paid == dollars("85.00")
    desk.prove()


@pytest.mark.parametrize("first", ["reversal", "correction"])
def test_a_reversal_of_the_same_payment_that_a_rule_has_wait_lets_nothing_through(
    desk: Desk, first: str
) -> None:
    from cleanclaim.apps.billing.remittances.models import PostingRule

    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    PostingRule.objects.create(pattern="PR-3", action="ask", valid_from=DAY, state="alone")
    both = [pay(ONE, TAKEN_BACK, status="22"), pay(ONE, WITHOUT_PR, number="ICN2")]

    [done] = desk.post(remittance(*(both if first == "reversal" else both[::-1]), trace="T2"))

    assert (done.posted, done.held) == (0, 2)
    assert desk.row(claim_id).paid == dollars("80.00")
    desk.prove()


def test_a_reversal_that_is_laid_where_it_stands_leaves_the_correction_to_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: it is the laying beforehand that lets a correction through, nothing else."""
    from cleanclaim.apps.billing.remittances.laying import Desk as LayingDesk

    monkeypatch.setattr(LayingDesk, "takes_back_earlier", lambda *_: False)
    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))

    both = [pay(ONE, OTHERWISE, number="ICN2"), pay(ONE, TAKEN_BACK, status="22")]
    [done] = desk.post(remittance(*both, trace="T2"))

    assert (done.posted, done.held) == (1, 1)


@pytest.mark.parametrize("first", ["reversal", "correction"])
def test_the_claim_is_left_as_the_correction_leaves_it(desk: Desk, first: str) -> None:
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    both = [pay(ONE, TAKEN_BACK, status="22"), pay(ONE, WITHOUT_PR, number="ICN2")]

    desk.post(remittance(*(both if first == "reversal" else both[::-1]), trace="T2"))

    row = desk.row(claim_id)
    assert (row.state, row.payer_control_number) == ("closed", "ICN2")


def test_a_correction_before_its_reversal_is_itself_taken_back_later(desk: Desk) -> None:
    """The same payment under the same number, only the reasons differ: which of the two stands must be known."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    corrected = ("80.00", (("CO", "45", "35.00"), ("PR", "3", "5.00")))
    desk.post(
        remittance(pay(ONE, corrected), pay(ONE, TAKEN_BACK, status="22"), trace="T2", plb=FORWARD)
    )
    assert desk.buckets() == {"patient": dollars("5.00")}
    back = ("-80.00", (("CO", "45", "-35.00"), ("PR", "3", "-5.00")))

    [done] = desk.post(remittance(pay(ONE, back, status="22"), trace="T3", plb=FORWARD))

    assert done.held == 0
    assert desk.row(claim_id).paid == 0
    assert desk.buckets() == {"payer:1": dollars("120.00")}
    desk.prove()


def test_of_a_files_other_payments_only_the_claims_in_hand_are_asked_and_nothing_is_read(
    desk: Desk,
) -> None:
    from cleanclaim.apps.billing.remittances.again import awaited
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import (
        receive_remittances,
        simulate_posting,
    )

    ones = [claim(number) for number in ("A1", "B1", "C1")]
    first, *_ = desk.take(*ones)
    paid = [pay(one, TYPICAL, number=f"N{one.control_number}") for one in ones]
    desk.post(remittance(*paid, trace="T1"))
    back = [pay(one, TAKEN_BACK, number=f"N{one.control_number}", status="22") for one in ones]
    file = receive_835(
        remittance(pay(ones[0], OTHERWISE, number="N2"), trace="T2"),
        remittance(*back, trace="T3", plb=(("FB", "F1", "-240.00"),)),
    )
    second, third = receive_remittances(file, received_on=PAID_ON).ids
    RemittanceClaim.objects.filter(remittance_id=third).update(body="is not read")

    plan = simulate_posting(second, posted_on=PAID_ON + timedelta(days=1))

    assert len(plan.held) == 1
    assert awaited(Remittance.objects.get(pk=second), [first]) == {first: "T3"}


@pytest.mark.parametrize(("position", "is_reversal"), [(1, False), (2, True)])
def test_what_is_laid_first_is_still_shown_at_its_own_place(
    desk: Desk, position: int, is_reversal: bool
) -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.questions import plan_one
    from cleanclaim.apps.billing.remittances.services import (
        receive_remittances,
        simulate_posting,
    )
    from cleanclaim.apps.billing.remittances.views import _planned_postings

    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    both = [pay(ONE, OTHERWISE, number="ICN2"), pay(ONE, TAKEN_BACK, status="22")]
    [pk] = receive_remittances(receive_835(remittance(*both, trace="T2")), received_on=PAID_ON).ids
    row, plan = Remittance.objects.get(pk=pk), simulate_posting(pk, posted_on=PAID_ON)

    assert [place.position for place in plan.places] == [2, 1]
    assert plan_one(row, position, posted_on=PAID_ON).payment.is_reversal is is_reversal
    shown = _planned_postings(row, position, plan)["legs"]
    assert (dollars("85.00") in {amount for *_, amount in shown}) is not is_reversal

"""A payer's check is stopped and made anew under another number: its money finds it, its copy is never posted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.deposits.bank import balances, bring, eft, lines_of
from tests.apps.billing.deposits.test_placing import hand_out
from tests.apps.billing.world import (
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core
LATER = PAID_ON + timedelta(days=20)
ONE = claim("A1")


@pytest.fixture
def paid(desk):
    """One remittance of 80.00 under T1, posted; its id."""
    desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    return row("T1").pk


def row(trace: str):
    from cleanclaim.apps.billing.remittances.models import Remittance

    return Remittance.objects.get(trace_number=trace)


def reissue(remittance_id: int, number: str = "T2", **more):
    from cleanclaim.apps.billing.deposits.services import reissue_payment

    given = {"reissued_on": LATER, "reason": "lost in the mail", "on": LATER, "by": 7}
    return reissue_payment(remittance_id, number=number, **{**given, **more})


def undo(remittance_id: int):
    from cleanclaim.apps.billing.deposits.services import undo_reissue

    return undo_reissue(remittance_id, reason="wrong one", by=8)


def receive(payment) -> int:
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    [pk] = receive_remittances(receive_835(payment), received_on=LATER).ids
    hand_out()
    return pk


def post(remittance_id: int) -> str:
    """Post it; the words that held it, empty where it was posted."""
    from cleanclaim.apps.billing.remittances.services import post_remittance

    return post_remittance(remittance_id, posted_on=LATER).hold


def awaited() -> list[tuple[str, str]]:
    from cleanclaim.apps.billing.deposits.selectors import awaited_deposits

    return [(one.trace_number, f"{one.paid:.2f}") for one in awaited_deposits()]


def again(trace: str = "T2"):
    """The payer's second message of the same claims."""
    return remittance(pay(ONE, TYPICAL), trace=trace)


def test_the_line_of_the_new_number_pays_the_old_remittance(paid, desk):
    reissue(paid)
    assert awaited() == [("T2", "80.00")]

    received = bring(eft("T2", on=LATER), on=LATER)

    assert len(received.deposit_ids) == 1
    assert (awaited(), balances()["asset:bank"]) == ([], "80.00")
    assert "asset:remit-clearing" not in balances()
    desk.prove()


def test_a_line_that_waits_finds_its_payment_when_the_number_is_told(paid):
    [line_id] = bring(eft("T2", on=LATER), on=LATER).line_ids
    assert lines_of([line_id])[0].state == "open"

    reissue(paid)

    assert lines_of([line_id])[0].state == "placed"


def test_the_proof_of_the_day_names_both_numbers_once_the_new_one_is_known(paid):
    from django.utils import timezone

    from cleanclaim.apps.billing.deposits.daily import prove_day

    before = [one.shown for one in prove_day(PAID_ON).batches]
    day = timezone.localtime(reissue(paid).at).date()
    bring(eft("T2", on=day), on=day)

    found = prove_day(day)
    assert [one.shown for one in found.batches] == ["trace T1, reissued as T2"]
    assert found.as_answer()["beside"] == {"trace T1": "trace T1, reissued as T2"}
    assert [one.shown for one in prove_day(PAID_ON).batches] == before == ["trace T1"]


def test_the_old_number_no_longer_matches_by_itself(paid):
    """The stopped check was cashed after all: a person looks at it."""
    reissue(paid)

    received = bring(eft("T1", on=LATER), on=LATER)

    assert received.deposit_ids == ()


def test_its_second_message_is_held_as_a_copy_and_never_posted(paid, desk):
    reissue(paid)
    before = balances()

    hold = post(receive(again()))

    assert f"a copy of the stopped payment of trace T1 (remittance {paid})" in hold
    assert (row("T2").state, balances()) == ("held", before)
    assert awaited() == [("T2", "80.00")]  # the first one's, once
    bring(eft("T2", on=LATER), on=LATER)
    assert awaited() == []
    desk.prove()


def test_without_the_stop_the_copy_is_posted_twice(paid, monkeypatch):
    """The twin: what the stop keeps from happening."""
    from cleanclaim.apps.billing.remittances import known

    monkeypatch.setattr(known, "_stops", [])
    reissue(paid)

    assert post(receive(again())) == ""
    assert balances()["asset:remit-clearing"] == "160.00"


def test_banks_and_payers_fill_numbers_with_zeros(paid):
    reissue(paid, "0000778")

    assert "a copy of" in post(receive(again("778")))
    received = bring(eft("00778", on=LATER), on=LATER)
    assert len(received.deposit_ids) == 1


def test_a_copy_is_not_placed_by_hand(paid):
    from cleanclaim.apps.billing.deposits.services import pay_by_card, place_line

    reissue(paid)
    copy_id = receive(again())
    [line_id] = bring((LATER, "80.00", "COUNTER"), on=LATER).line_ids

    with pytest.raises(StateError, match="is a copy of a payment that was reissued"):
        place_line(line_id, remittance_ids=[copy_id], on=LATER, by=7)
    with pytest.raises(StateError, match="is a copy of a payment that was reissued"):
        pay_by_card(copy_id, fee=Decimal("0.00"), on=LATER, by=7)


def test_a_reversal_and_correction_under_the_new_trace_is_no_copy(paid, desk):
    """The payer takes the answer back and gives it anew, no money in it; the new check of 80.00 is the old payment's."""
    reissue(paid)
    correction = remittance(pay(ONE, TAKEN_BACK, status="22"), pay(ONE, TYPICAL), trace="T2")
    before = balances()

    hold = post(receive(correction))

    assert (hold, row("T2").state, balances()) == ("", "posted", before)
    assert awaited() == [("T2", "80.00")]
    bring(eft("T2", on=LATER), on=LATER)
    assert (awaited(), balances()["asset:bank"]) == ([], "80.00")
    desk.prove()


def test_a_reversal_and_correction_without_a_reissue_posts_as_ever(paid, desk):
    """5.00 less than before, which the payer carries forward."""
    changed = ("75.00", (("CO", "45", "35.00"), ("PR", "3", "10.00")))
    correction = remittance(
        pay(ONE, TAKEN_BACK, status="22"), pay(ONE, changed), trace="T2", plb=(("FB", "F1", "-5.00"),)
    )  # fmt: skip

    assert post(receive(correction)) == ""
    assert awaited() == [("T1", "80.00")]
    desk.prove()


def test_a_stopped_payment_awaits_its_number_and_holds_what_may_be_it(paid, desk):
    reissue(paid, "")
    assert awaited() == [("", "80.00")]

    hold = post(receive(again("T9")))

    assert "it may be the stopped payment of trace T1" in hold
    reissue(paid, "T9")
    assert "a copy of the stopped payment" in post(row("T9").pk)
    assert len(bring(eft("T9", on=LATER), on=LATER).deposit_ids) == 1
    desk.prove()


def test_a_later_payment_of_the_same_sum_for_other_claims_is_not_held_by_a_stop(paid, desk):
    two = claim("A2")
    desk.take(two)
    reissue(paid, "")

    assert post(receive(remittance(pay(two, TYPICAL), trace="T8"))) == ""


def test_a_reissue_is_stopped_in_its_turn_and_each_is_taken_back(paid, desk):
    from cleanclaim.apps.billing.deposits.models import Reissue

    reissue(paid, "T2")
    reissue(paid, "T3")
    assert awaited() == [("T3", "80.00")]
    assert "a copy of" in post(receive(again("T2")))  # of the number in between, too

    undo(paid)
    assert awaited() == [("T2", "80.00")]
    undo(paid)
    assert awaited() == [("T1", "80.00"), ("T2", "80.00")]
    with pytest.raises(StateError, match="no reissue that stands"):
        undo(paid)
    told = Reissue.objects.order_by("id").values_list("number", "undone_by", "undone_reason")
    assert list(told) == [("T2", 8, "wrong one"), ("T3", 8, "wrong one")]


def test_the_copy_is_posted_instead_where_the_first_was_taken_back(paid, desk):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    reissue(paid)
    copy_id = receive(again())
    assert post(copy_id)

    reverse_posting(paid, on=LATER, reason="posted as T2", by=7)
    assert post(copy_id) == ""

    assert awaited() == [("T2", "80.00")]
    assert f"remittance {copy_id} told this payment again" in post(paid)  # nor the first besides
    desk.prove()


def test_a_copy_that_is_posted_already_refuses_the_reissue(paid):
    copy_id = receive(again())
    assert post(copy_id) == ""

    with (
        pytest.raises(StateError, match=f"remittance {copy_id} under number T2 is posted"),
        transaction.atomic(),
    ):
        reissue(paid)

    assert awaited() == [("T1", "80.00"), ("T2", "80.00")]


@pytest.mark.parametrize(
    ("number", "more", "words"),
    [
        ("T1", {}, "number T1 is the stopped one's"),
        ("000T1", {}, "is the stopped one's"),
        ("000", {}, "expected that of the new check"),
        ("T2", {"reason": "  "}, "no reason"),
        ("T2", {"reissued_on": PAID_ON - timedelta(days=1)}, "expected from"),
        ("T2", {"reissued_on": LATER + timedelta(days=32)}, "expected from"),
    ],
)
def test_what_cannot_be_a_reissue_is_refused(paid, number, more, words):
    with pytest.raises(InputError, match=words):
        reissue(paid, number, **more)

    assert awaited() == [("T1", "80.00")]


def test_twice_the_same_reissue_is_refused_and_by_the_database_too(paid):
    from cleanclaim.apps.billing.deposits.models import Reissue

    reissue(paid)

    with pytest.raises(InputError, match="number T2 is the stopped one's"):
        reissue(paid)
    reissue(paid, "")
    with pytest.raises(InputError, match="it is stopped already"):
        reissue(paid, " ")
    with pytest.raises(IntegrityError, match="reissue_stands_once"), transaction.atomic():
        Reissue.objects.create(remittance_id=paid, number="T4", reissued_on=LATER, reason="x")


def test_what_has_its_money_is_not_reissued_nor_its_reissue_taken_back(paid):
    from cleanclaim.apps.billing.deposits.services import undo_deposit

    [deposit_id] = bring(eft("T1")).deposit_ids
    with pytest.raises(StateError, match=f"was paid by deposit {deposit_id}"):
        reissue(paid)

    undo_deposit(deposit_id, reason="the bank took it back", on=LATER, by=7)
    reissue(paid)
    [deposit_id] = bring(eft("T2", on=LATER), on=LATER, name="2").deposit_ids
    with pytest.raises(StateError, match=f"was paid by deposit {deposit_id}"):
        undo(paid)


def test_a_payment_that_is_not_posted_yet_is_reissued_and_posted_later(desk):
    desk.take(ONE)
    pk = receive(remittance(pay(ONE, TYPICAL), trace="T1"))
    reissue(pk)

    assert post(pk) == ""
    assert len(bring(eft("T2", on=LATER), on=LATER).deposit_ids) == 1
    assert balances()["asset:bank"] == "80.00"
    desk.prove()

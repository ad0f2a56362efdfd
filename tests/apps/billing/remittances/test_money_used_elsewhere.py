"""Money of a remittance that another desk has used since is neither applied nor taken back a second time."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, balance, person, visit
from tests.apps.billing.claims.payers import negated
from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def refund_unapplied(practice: int) -> None:
    """Give the only credit back, as the credits' desk does it."""
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.billing.adjustments.services import (
        approve_refund,
        identify_credit,
        request_refund,
    )

    ana = person(practice, "Ana")
    lee = person(practice, "Lee", "Billing lead")
    [credit] = credits(on=PAID_ON)
    row = identify_credit(credit.key, on=PAID_ON, by=ana)
    request_refund(row.pk, on=PAID_ON, by=ana)
    approve_refund(row.pk, on=PAID_ON, by=lee)


def test_parked_cash_that_was_refunded_is_not_applied_as_well(desk, inside):
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_posting
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    [held] = desk.post(remittance(pay(claim("A9"), TYPICAL), trace="T1"))
    [claim_id] = desk.take(claim("A1"))
    refund_unapplied(inside)

    with pytest.raises(StateError, match=r"80\.00 of it .* used"):
        apply_held(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)
    with pytest.raises(StateError, match=r"80\.00 of it .* used"):
        reverse_posting(held.remittance_id, on=PAID_ON, reason="wrong", by=None)

    assert "liability:unapplied-cash" not in account_balances()
    desk.prove()


def test_other_money_of_the_same_check_is_still_applied(desk, inside):
    """Of two held payments the one's cash is refunded in part: the other's is whole and can be applied."""
    from cleanclaim.apps.billing.remittances.services import apply_held

    [held] = desk.post(remittance(pay(claim("A8"), TYPICAL), pay(claim("A9"), TYPICAL), trace="T1"))
    [claim_id] = desk.take(claim("A1"))

    apply_held(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)

    desk.prove()


def test_a_payment_that_was_re_applied_is_not_taken_back_under_it(desk, inside):
    from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting
    from cleanclaim.apps.shared.ledger.models import Leg

    wrong = visit(desk, "A1", "120.00", ("80.00", (("CO", "45", "40.00"),)))
    short = visit(desk, "A2", "120.00", ("0.00", (("CO", "197", "120.00"),)))
    entry_id = Leg.objects.get(item_id=wrong, account="asset:remit-clearing").entry_id
    row = Remittance.objects.get(trace_number="TA1")
    off, onto = (
        Part(item, PAYER, Leg.objects.get(item_id=wrong, account="asset:remit-clearing").amount)
        for item in (wrong, short)
    )
    lee = person(inside, "Lee", "Billing lead")
    reapply_payment(entry_id, off=[off], onto=[onto], note="wrong", on=PAID_ON, by=lee)

    for take_back in (
        lambda: reverse_posting(row.pk, on=PAID_ON, reason="wrong", by=None),
        lambda: reverse_place(row.pk, 1, on=PAID_ON, reason="wrong", by=None),
    ):
        with pytest.raises(StateError, match="re-applied"):
            take_back()

    assert f"{balance(wrong, PAYER)} {balance(short, PAYER)}" == "80.00 40.00"


def test_nor_one_that_went_from_the_payers_part_of_an_item_to_the_patients(desk, inside):
    from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.ledger.models import Leg

    answer = ("80.00", (("CO", "45", "20.00"), ("PR", "3", "20.00")))
    item = visit(desk, "A1", "120.00", answer)
    [cash] = Leg.objects.filter(item_id=item, account="asset:remit-clearing")
    off, onto = (Part(item, account, Decimal("10.00")) for account in (PAYER, PATIENT))
    lee = person(inside, "Lee", "Billing lead")
    reapply_payment(cash.entry_id, off=[off], onto=[onto], note="wrong", on=PAID_ON, by=lee)

    for how in ("whole", "claim"):
        with pytest.raises(StateError, match="re-applied"):
            take_back(how, Remittance.objects.get(trace_number="TA1").pk)

    assert f"{balance(item, PAYER)} {balance(item, PATIENT)}" == "10.00 10.00"


def test_an_answer_that_the_payer_took_back_is_not_taken_back_again(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    one = claim("A1")
    desk.take(one)
    [first] = desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    back = pay(one, TAKEN_BACK, status="22")
    [second] = desk.post(remittance(back, trace="T2", plb=(("FB", "next", "-80.00"),)))

    with pytest.raises(StateError, match=r"trace T2 takes .* back"):
        reverse_posting(first.remittance_id, on=PAID_ON, reason="wrong", by=None)
    with pytest.raises(StateError, match=r"trace T2 takes .* back"):
        reverse_place(first.remittance_id, 1, on=PAID_ON, reason="wrong", by=None)

    reverse_posting(second.remittance_id, on=PAID_ON, reason="wrong", by=None)
    reverse_posting(first.remittance_id, on=PAID_ON, reason="wrong", by=None)
    assert desk.buckets() == {"payer:1": 120}
    desk.prove()


def answered_in_two(desk) -> tuple[int, int]:
    """Line 1 by T1, line 2 by T2; T3 takes the answer to line 1 back. The claim and T1."""
    two = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
    parts = [replace(two, lines=(one,), charge=one.charge) for one in two.lines]
    first = pay(parts[0], ("80.00", (("CO", "45", "20.00"),)))
    [claim_id] = desk.take(two)
    [done] = desk.post(remittance(first, trace="T1"))
    desk.post(remittance(pay(parts[1], ("30.00", (("CO", "45", "20.00"),))), trace="T2"))
    desk.post(remittance(negated(first), trace="T3", plb=(("FB", "next", "-80.00"),)))
    assert desk.buckets() == {"payer:1": 100}
    return claim_id, done.remittance_id


def take_back(how: str, remittance_id: int) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place, reverse_posting

    if how == "whole":
        reverse_posting(remittance_id, on=PAID_ON, reason="wrong", by=None)
    else:
        reverse_place(remittance_id, 1, on=PAID_ON, reason="wrong", by=None)


@pytest.mark.parametrize("how", ["whole", "claim"])
def test_nor_where_the_payers_answer_to_another_line_still_stands(desk, how):
    claim_id, first = answered_in_two(desk)

    with pytest.raises(StateError, match=r"trace T3 takes .* back"):
        take_back(how, first)

    assert (desk.buckets(), desk.row(claim_id).paid) == ({"payer:1": 100}, 30)
    desk.prove()


def test_without_looking_which_answer_was_taken_back_it_counts_twice(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances import guards

    claim_id, first = answered_in_two(desk)
    monkeypatch.setattr(guards, "Standing", lambda _: type("Blind", (), {"taken_by": {}}))

    take_back("claim", first)

    assert (desk.buckets(), desk.row(claim_id).paid) == ({"payer:1": 200}, -50)


def answered_anew(desk) -> tuple[int, int, int]:
    """T1 is taken back by T2 and answered otherwise by T3. The claim, T2 and T3."""
    one = claim("A1")
    first = pay(one, TYPICAL)
    [claim_id] = desk.take(one)
    desk.post(remittance(first, trace="T1"))
    [back] = desk.post(remittance(negated(first), trace="T2", plb=(("FB", "next", "-80.00"),)))
    corrected = pay(one, ("90.00", (("CO", "45", "25.00"), ("PR", "3", "5.00"))), number="ICN2")
    [anew] = desk.post(remittance(corrected, trace="T3"))
    return claim_id, back.remittance_id, anew.remittance_id


def test_a_reversal_is_not_taken_back_under_the_answer_that_came_after_it(desk):
    _, back, anew = answered_anew(desk)

    with pytest.raises(StateError, match="trace T3 answers anew what trace T2 takes back"):
        take_back("whole", back)
    assert desk.buckets() == {"patient": 5}

    take_back("whole", anew)
    take_back("whole", back)
    assert desk.buckets() == {"patient": 10}
    desk.prove()


def test_taken_back_under_it_both_answers_would_stand(desk, monkeypatch):
    from cleanclaim.apps.billing.remittances.services import reversing

    _, back, _ = answered_anew(desk)
    monkeypatch.setattr(reversing, "require_unreplaced", lambda *_: None)

    take_back("whole", back)

    assert desk.buckets() == {"patient": 15, "payer:1": -120}


def test_an_answer_to_another_line_is_no_answer_anew(desk):
    two = claim("A1", line(1, "99213", "100.00"), line(2, "85025", "50.00"))
    parts = [replace(two, lines=(one,), charge=one.charge) for one in two.lines]
    first = pay(parts[0], ("80.00", (("CO", "45", "20.00"),)))
    desk.take(two)
    desk.post(remittance(first, trace="T1"))
    [back] = desk.post(remittance(negated(first), trace="T2", plb=(("FB", "next", "-80.00"),)))
    desk.post(remittance(pay(parts[1], ("30.00", (("CO", "45", "20.00"),))), trace="T3"))

    take_back("whole", back.remittance_id)

    assert desk.buckets() == {}

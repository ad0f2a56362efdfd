"""The payer takes back an answer that a person has replaced: its cash, which waits here, settles the reversal."""

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
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core

ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
FORWARD = (("FB", "F1", "-80.00"),)


def replaced_and_taken_back(desk: Desk) -> tuple[int, int, int]:
    """Trace T1 answered, T2 put in its place, T3 takes T1 back; the claim, T1 and T3."""
    from cleanclaim.apps.billing.remittances.services import apply_instead

    [claim_id] = desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))
    apply_instead(second.remittance_id, 1, claim_id=claim_id, reason="x", on=PAID_ON, by=1)
    [back] = desk.post(remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T3", plb=FORWARD))
    assert back.held == 1
    return claim_id, first.remittance_id, back.remittance_id


def unapplied() -> dict[str, str]:
    from django.db.models import Sum

    from cleanclaim.apps.shared.ledger.models import Leg

    rows = Leg.objects.filter(account="liability:unapplied-cash").values_list("trace")
    return {
        trace.split()[-1]: str(amount) for trace, amount in rows.annotate(Sum("amount")) if amount
    }


def place(remittance_id: int):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    return RemittanceClaim.objects.get(remittance_id=remittance_id)


def test_the_reversal_says_what_it_takes_back_and_the_two_are_settled(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import settle_reversal

    claim_id, first, back = replaced_and_taken_back(desk)
    assert "a payment that is held here, of trace T1: settle the two" in place(back).hold
    assert unapplied() == {"T1": "-80.00", "T3": "80.00"}

    settle_reversal(back, 1, on=PAID_ON, by=1)

    assert unapplied() == {}
    assert (place(first).outcome, place(back).outcome) == ("settled", "settled")
    assert place(first).hold == "settled with payment 1 of trace T3"
    assert desk.row(claim_id).paid == dollars("85.00")
    assert desk.buckets() == {"patient": dollars("5.00")}
    assert desk.work("match") == []
    desk.prove()


def test_settled_payments_are_not_applied_or_taken_back_until_they_are_held_again(
    desk: Desk,
) -> None:
    from cleanclaim.apps.billing.remittances.services import (
        apply_held,
        reverse_posting,
        settle_reversal,
        unsettle_reversal,
    )

    claim_id, first, back = replaced_and_taken_back(desk)
    settle_reversal(back, 1, on=PAID_ON, by=1)

    with pytest.raises(StateError, match="is not held"):
        apply_held(first, 1, claim_id=claim_id, on=PAID_ON, by=1)
    for one in (first, back):
        with pytest.raises(StateError, match="is settled with payment 1 of trace"):
            reverse_posting(one, on=PAID_ON, reason="x", by=1)
    with pytest.raises(StateError, match="takes back no payment that is held"):
        settle_reversal(back, 1, on=PAID_ON, by=1)
    with pytest.raises(InputError, match="no reason"):
        unsettle_reversal(first, 1, reason="", on=PAID_ON, by=1)

    unsettle_reversal(first, 1, reason="another claim", on=PAID_ON, by=1)

    assert unapplied() == {"T1": "-80.00", "T3": "80.00"}
    assert (place(first).outcome, place(back).outcome) == ("held", "held")
    assert len(desk.work("match")) == 2
    settle_reversal(back, 1, on=PAID_ON, by=1)
    assert unapplied() == {}
    desk.prove()


def test_before_the_payers_day_has_come_the_two_are_held_again_from_that_day_on(desk: Desk) -> None:
    """The payer announces its payments some days ahead."""
    from cleanclaim.apps.billing.remittances.services import settle_reversal, unsettle_reversal
    from cleanclaim.apps.shared.ledger.models import Entry

    _, first, back = replaced_and_taken_back(desk)
    today = PAID_ON - timedelta(days=3)
    settle_reversal(back, 1, on=today, by=1)

    undone = unsettle_reversal(first, 1, reason="another claim", on=today, by=1)

    entry = Entry.objects.get(pk=undone)
    assert (entry.effective_on, entry.accounting_on) == (PAID_ON, today)
    assert (place(first).outcome, place(back).outcome) == ("held", "held")
    desk.prove()


def test_money_that_left_meanwhile_settles_nothing(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import settle_reversal
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    _, _, back = replaced_and_taken_back(desk)
    payer = place(back).remittance.payer_id
    legs = (
        Leg("liability:unapplied-cash", dollars("80.00"), payer_id=payer, trace="1330000002 T1"),
        Leg("liability:refund-payable", dollars("-80.00"), payer_id=payer),
    )
    post_entries([Entry("refund", "refund:9", PAID_ON, PAID_ON, legs)], by=1)

    with pytest.raises(StateError, match="used elsewhere"):
        settle_reversal(back, 1, on=PAID_ON, by=1)


def test_a_denial_that_was_replaced_is_settled_without_money(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place, settle_reversal

    desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, DENIED), trace="T1"))
    reverse_place(first.remittance_id, 1, on=PAID_ON, reason="x", by=1)
    denied_back = ("0.00", (("CO", "197", "-120.00"),))
    [back] = desk.post(remittance(pay(ONE, denied_back, status="22"), trace="T3"))

    assert settle_reversal(back.remittance_id, 1, on=PAID_ON, by=1) == 0
    assert place(first.remittance_id).outcome == "settled"
    desk.prove()


def test_a_reversal_with_other_amounts_settles_nothing(desk: Desk) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place, settle_reversal

    desk.take(ONE)
    [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    reverse_place(first.remittance_id, 1, on=PAID_ON, reason="x", by=1)
    part = ("-40.00", (("CO", "45", "-70.00"), ("PR", "3", "-10.00")))
    [back] = desk.post(
        remittance(pay(ONE, part, status="22"), trace="T3", plb=(("FB", "F1", "-40.00"),))
    )

    with pytest.raises(StateError, match="takes back no payment that is held"):
        settle_reversal(back.remittance_id, 1, on=PAID_ON, by=1)

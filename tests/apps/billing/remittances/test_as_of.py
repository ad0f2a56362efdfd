"""A payment taken back and posted again: as of a day between, each day has what stood on it, and no payment twice."""

from datetime import timedelta

import pytest

from tests.apps.billing.world import PAID_ON, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core
BACK, AGAIN = PAID_ON + timedelta(days=30), PAID_ON + timedelta(days=60)


def owed(claim_id: int, day) -> dict[str, object]:
    from cleanclaim.apps.shared.ledger.selectors import item_balances

    found = item_balances(claim_ids=[claim_id], effective_on=day)
    return {
        account: amount
        for (_, account), amount in found.items()
        if amount and "receivable" in account
    }


def bucket(claim_id: int, day) -> str:
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.ledger.selectors import responsible_buckets

    item = Item.objects.get(claim_id=claim_id).pk
    return responsible_buckets([item], effective_on=day)[item].bucket


def test_of_one_claim_taken_back_and_applied_again(desk):
    from cleanclaim.apps.billing.remittances.services import apply_held, reverse_place

    [claim_id] = desk.take(claim("A1"))
    [posted] = desk.post(remittance(pay(claim("A1"), TYPICAL)))
    reverse_place(posted.remittance_id, 1, on=BACK, reason="wrong claim", by=None)
    apply_held(posted.remittance_id, 1, claim_id=claim_id, on=AGAIN, by=None)

    patients = {"receivable:patient": dollars("10.00")}
    days = (PAID_ON, BACK - timedelta(days=1), BACK, BACK + timedelta(days=5), AGAIN)
    assert [owed(claim_id, day) for day in days] == [patients] * 5
    assert [bucket(claim_id, day) for day in days] == ["patient"] * 5
    desk.prove()


def test_of_a_payment_that_waited_for_its_claim_the_day_is_the_payers(desk):
    """Nothing was taken back: it counts from the day on which the payer paid."""
    from cleanclaim.apps.billing.remittances.services import apply_held

    [claim_id] = desk.take(claim("A1"))
    [posted] = desk.post(remittance(pay(claim("OTHER"), TYPICAL, number="X9")))
    apply_held(posted.remittance_id, 1, claim_id=claim_id, on=AGAIN, by=None)

    assert owed(claim_id, PAID_ON) == {"receivable:patient": dollars("10.00")}

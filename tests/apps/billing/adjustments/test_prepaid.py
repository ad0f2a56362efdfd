"""A prepayment for claims that payers have yet to answer is on hand: in its own class, without a clock, in no sum."""

from decimal import Decimal

import pytest

from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core


def facts_of(rows) -> dict[str, Decimal]:
    from cleanclaim.apps.billing.adjustments.credit_tables import list_facts

    return {fact.label: fact.value for fact in list_facts(rows, [], PAID_ON, short=[])}


@pytest.mark.parametrize("is_named", [True, False])
def test_a_copay_waits_for_its_claim_and_is_owed_back_only_after_the_answer(
    inside, desk, is_named
) -> None:
    from cleanclaim.apps.billing.adjustments.credit_tables import credit_table
    from cleanclaim.apps.billing.adjustments.credits import credits

    one = claim("A1")
    [claim_id] = desk.take(one)
    named = {"claim_id": claim_id} if is_named else {}
    take(desk.row(claim_id).patient_id, "30.00", kind="copay", method="cash", on=DAY, **named)

    [row] = credits(on=PAID_ON)
    assert (row.amount, row.to_give_back, row.waits_for) == (Decimal("30.00"), Decimal(0), "A1")
    assert row.verdict.words == "Paid in advance, waits for the answer to claim A1"
    found = facts_of([row])
    assert (found["Credits not identified"], found["Prepaid"]) == (Decimal(0), Decimal("30.00"))
    shown = {one.label: one.value(row) for one in credit_table([row], on=PAID_ON, foot="").columns}
    assert shown["Cause"] == "waits for claim"
    assert shown["Due if identified today"] is None

    desk.post(remittance(pay(one, TYPICAL)))
    [row] = credits(on=PAID_ON)

    assert (row.to_give_back, row.waits_for) == (Decimal("30.00"), "")
    assert facts_of([row])["Credits not identified"] == Decimal("30.00")

"""A file of claims comes in, is decided and paid: what goes out is read back and must balance."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.acknowledgement import Outcome
from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def test_file_is_answered_decided_and_paid_by_a_balanced_835():
    from cleanclaim.apps.payer.disbursements.selectors import plan_money
    from cleanclaim.edi import read_file

    file = world.deliver(
        world.claim("A", ["200.00", "40.00"]),
        world.claim("B", subscriber=world.DANIEL, benefits_assigned="N"),
        world.claim("C", subscriber=world.STRANGER),
    )

    taken = world.take_in(file)
    world.adjudicate()
    released = world.pay()

    assert (taken.outcome, taken.claims_in, taken.claims_accepted) == ("partial", 3, 2), (
        taken.reason
    )
    sent = world.sent_files()
    assert [f.kind for f in sent] == ["999", "277CA", "835"]
    [syntax] = [m.acknowledgement() for m in read_file(bytes(sent[0].content)).messages]
    assert syntax.outcome is Outcome.ACCEPTED
    [answer] = [m.claim_acknowledgement() for m in read_file(bytes(sent[1].content)).messages]
    statuses = {s.control_number: s for p in answer.providers for s in p.claims}
    assert (statuses["C"].category, statuses["C"].status, statuses["C"].entity) == (
        "A3",
        "33",
        "IL",
    )
    assert statuses["A"].payer_control_number == "20260790000001"
    [message] = read_file(bytes(sent[2].content)).messages
    assert message.is_accepted
    remittance = message.remittance()
    # 240.00 charged, 192.00 allowed, 100.00 deductible, 20 % of 92.00: 73.60 paid
    assert remittance.paid == Decimal("73.60")
    assert remittance.difference == 0
    assert [c.payer_control_number for c in remittance.claims] == [
        "20260790000001",
        "20260790000002",
    ]
    assert released.member_amount == Decimal("48.00")
    money = plan_money()
    assert (money.to_providers, money.to_members) == (Decimal("73.60"), Decimal("48.00"))
    assert (money.claims_amount, money.payable_differs) == (Decimal("73.60"), Decimal("0.00"))
    assert money.is_balanced


def test_reversal_and_correction_travel_in_one_835_and_what_is_owed_is_carried_forward():
    world.take_in(world.deliver(world.claim("A", ["500.00"])))
    world.adjudicate()
    world.pay()  # 400.00 allowed, 100.00 and 60.00 to the patient: 240.00 paid
    icn = world.remittances()[0].claims[0].payer_control_number
    correction = world.claim("A", ["150.00"], frequency_code="7", original_payer_number=icn)

    world.take_in(world.deliver(correction))
    world.adjudicate()
    world.pay(date(2026, 4, 5))

    second = world.remittances()[1]
    # 120.00 allowed, 100.00 and 4.00 to the patient: 16.00; less 240.00 is 224.00 owed
    assert [(c.status_code, c.paid) for c in second.claims] == [
        ("22", Decimal("-240.00")),
        ("1", Decimal("16.00")),
    ]
    assert second.claims[0].payer_control_number == icn
    assert (second.method, second.paid) == ("NON", Decimal("0.00"))
    assert [(p.reason, p.amount) for p in second.provider_adjustments] == [
        ("FB", Decimal("-224.00"))
    ]

    world.take_in(world.deliver(world.claim("B", ["500.00"], service_on=date(2026, 3, 9))))
    world.adjudicate()
    world.pay(date(2026, 4, 12))

    third = world.remittances()[2]
    assert [(p.reason, p.amount) for p in third.provider_adjustments] == [("FB", Decimal("224.00"))]
    assert third.paid == Decimal("96.00")  # 400.00 less 80.00 is 320.00, less 224.00 carried
    assert third.difference == 0

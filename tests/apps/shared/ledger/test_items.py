"""Transfers between buckets, reversals and refunds."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Leg
from tests.apps.shared.ledger.cases import (
    DAY,
    PATIENT,
    PAYER,
    at_once,
    charged_item,
    count,
    entry,
    payment_entry,
    selectors,
    services,
)

LATER = date(2026, 2, 10)
WHEN = {"effective_on": LATER, "accounting_on": LATER}


def test_a_transfer_moves_the_bucket_and_leaves_revenue_alone(database, practice):
    with tenant(practice):
        item_id = charged_item("100.00")
        services.post_entries([payment_entry(item_id, "80.00")])
        before = selectors.account_balances()

        services.transfer(item_id, to_bucket="patient", key="t1", **WHEN)

        after = selectors.account_balances()
        responsible = selectors.responsible_buckets([item_id])[item_id]
        earlier = selectors.responsible_buckets([item_id], effective_on=DAY)[item_id]

    assert after[PATIENT] == Decimal("20.00")
    assert PAYER not in after
    assert after["revenue:patient-services"] == before["revenue:patient-services"]
    assert (responsible.bucket, responsible.since) == ("patient", LATER)
    assert (earlier.bucket, earlier.since) == ("payer:1", DAY)


def test_the_same_transfer_again_moves_nothing(database, practice):
    with tenant(practice):
        item_id = charged_item("100.00")
        first = services.transfer(item_id, to_bucket="patient", key="t1", **WHEN)
        assert services.transfer(item_id, to_bucket="patient", key="t1", **WHEN) == first
        with pytest.raises(StateError, match="posted under the key t1"):
            services.transfer(item_id, to_bucket="agency", key="t1", **WHEN)
    assert count(database.app, practice, "ledger_itembucket") == 1


def test_more_than_the_balance_is_not_transferred(database, practice):
    with tenant(practice):
        item_id = charged_item("100.00")
        with pytest.raises(StateError, match=r"100\.01 to move, 100\.00 open in bucket payer:1"):
            services.transfer(
                item_id, to_bucket="patient", key="t1", amount=Decimal("100.01"), **WHEN
            )
        with pytest.raises(StateError, match="sits in bucket payer:1 already"):
            services.transfer(item_id, to_bucket="payer:1", key="t1", **WHEN)
        with pytest.raises(InputError, match="no such item or bucket"):
            services.transfer(item_id, to_bucket="nobody", key="t1", **WHEN)


def test_twenty_transfers_of_one_item_at_once_move_it_once(database, practice):
    with tenant(practice):
        item_id = charged_item("100.00")

    def move(number: int) -> int:
        with tenant(practice):
            return services.transfer(item_id, to_bucket="patient", key=f"t{number}", **WHEN)

    answers = at_once([lambda number=number: move(number) for number in range(20)])

    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, StateError) for answer in answers) == 19
    with tenant(practice):
        assert selectors.item_balances([item_id]) == {
            (item_id, PATIENT): Decimal("100.00"),
            (item_id, "revenue:patient-services"): Decimal("-100.00"),
        }


def test_a_reversed_transfer_gives_the_item_its_old_age_back(database, practice):
    with tenant(practice):
        item_id = charged_item("100.00")
        moved = services.transfer(item_id, to_bucket="patient", key="t1", **WHEN)

        services.reverse_entry(moved, key="r1", **WHEN)

        responsible = selectors.responsible_buckets([item_id])[item_id]
        balances = selectors.item_balances([item_id])

    assert (responsible.bucket, responsible.since) == ("payer:1", DAY)
    assert balances[item_id, PAYER] == Decimal("100.00")
    assert (item_id, PATIENT) not in balances


def test_an_entry_is_reversed_once_and_both_name_each_other(database, practice):
    with tenant(practice):
        item_id = charged_item()
        [paid] = services.post_entries([payment_entry(item_id, "80.00")])

        back = services.reverse_entry(paid, key="r1", **WHEN)

        assert services.reverse_entry(paid, key="r1", **WHEN) == back
        with pytest.raises(StateError, match=f"entry {paid} is already reversed by entry {back}"):
            services.reverse_entry(paid, key="r2", **WHEN)
        with pytest.raises(StateError, match=f"entry {back} is itself a reversal"):
            services.reverse_entry(back, key="r3", **WHEN)
        story = selectors.entries_of_claim(7)

    assert [(view.id, view.reverses, view.reversed_by) for view in story[1:]] == [
        (paid, None, back),
        (back, paid, None),
    ]


def test_fifty_reversals_of_one_entry_at_once_make_one(database, practice):
    with tenant(practice):
        item_id = charged_item()
        [paid] = services.post_entries([payment_entry(item_id, "80.00")])

    def reverse(number: int) -> int:
        with tenant(practice):
            return services.reverse_entry(paid, key=f"r{number}", **WHEN)

    answers = at_once([lambda number=number: reverse(number) for number in range(50)])

    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert sum(isinstance(answer, StateError) for answer in answers) == 49, answers


def test_a_reversal_does_not_count_before_its_entry(database, practice):
    with tenant(practice):
        item_id = charged_item()
        [paid] = services.post_entries([payment_entry(item_id, "80.00")])
        early = date(2026, 1, 14)
        with pytest.raises(InputError, match="effective 2026-01-14, expected 2026-01-15 or later"):
            services.reverse_entry(paid, key="r", effective_on=early, accounting_on=early)
        with pytest.raises(InputError, match="entry 999999: not found"):
            services.reverse_entry(999999, key="r", **WHEN)


def overpaid_item() -> int:
    """An item whose patient paid 30.00 on 20.00."""
    item_id = charged_item("100.00")
    services.transfer(item_id, to_bucket="patient", key="t", **WHEN)
    services.post_entries(
        [
            entry(
                Leg("asset:bank", Decimal("130.00"), claim_id=7, patient_id=3),
                Leg(PATIENT, Decimal("-130.00"), item_id=item_id, claim_id=7, patient_id=3),
                key="paid",
                on=LATER,
            )
        ]
    )
    return item_id


def credit_of(item_id: int):
    return services.Credit(PATIENT, item_id=item_id, claim_id=7, line_number=1, patient_id=3)


def test_a_credit_is_refunded_once_and_never_beyond_itself(database, practice):
    with tenant(practice):
        item_id = overpaid_item()
        credit = credit_of(item_id)
        with pytest.raises(StateError, match=r"refund of 30\.01 .* the credit is 30\.00"):
            services.approve_refund(credit, amount=Decimal("30.01"), key="a0", **WHEN)

        approval = services.approve_refund(credit, amount=Decimal("30.00"), key="a1", **WHEN)
        services.pay_refund(approval, **WHEN)

        with pytest.raises(StateError, match=f"refund {approval} is paid already"):
            services.pay_refund(approval, **WHEN)
        with pytest.raises(StateError, match=f"refund {approval} was paid"):
            services.reverse_entry(approval, key="r", **WHEN)
        with pytest.raises(StateError, match=r"the credit is 0\.00"):
            services.approve_refund(credit, amount=Decimal("0.01"), key="a2", **WHEN)
        balances = selectors.account_balances()
    assert balances["asset:bank"] == Decimal("100.00")
    assert PATIENT not in balances
    assert "liability:refund-payable" not in balances


def test_a_voided_refund_check_is_paid_again(database, practice):
    with tenant(practice):
        approval = services.approve_refund(
            credit_of(overpaid_item()), amount=Decimal("30.00"), key="a1", **WHEN
        )
        check = services.pay_refund(approval, **WHEN)
        services.reverse_entry(check, key="void", **WHEN)

        second = services.pay_refund(approval, **WHEN)

        assert second != check
        assert selectors.account_balances()["asset:bank"] == Decimal("100.00")


def test_twenty_refunds_of_one_credit_at_once_give_back_no_more_than_it(database, practice):
    with tenant(practice):
        credit = credit_of(overpaid_item())

    def refund(number: int) -> int:
        with tenant(practice):
            return services.approve_refund(
                credit, amount=Decimal("20.00"), key=f"a{number}", **WHEN
            )

    answers = at_once([lambda number=number: refund(number) for number in range(20)])

    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    with tenant(practice):
        assert selectors.account_balances()["liability:refund-payable"] == Decimal("-20.00")


def test_a_move_that_is_recorded_late_counts_from_its_own_day(database, practice):
    march = date(2026, 3, 10)
    with tenant(practice):
        item_id = charged_item("100.00")
        services.move_items([services.BucketMove(item_id, "patient", march, march)])
        services.move_items([services.BucketMove(item_id, "payer:2", LATER, LATER)])

        by_day = {
            day: selectors.responsible_buckets([item_id], effective_on=day)[item_id].bucket
            for day in (DAY, LATER, march)
        }

    assert by_day == {DAY: "payer:1", LATER: "payer:2", march: "patient"}

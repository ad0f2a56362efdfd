"""Batches of receipts: they close when their cover agrees, and a bank line pays them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.deposits.bank import balances, bring
from tests.apps.billing.world import PAID_ON

pytestmark = pytest.mark.database_core


def test_a_batch_closes_when_its_cover_agrees_and_is_paid_by_a_line(desk):
    from cleanclaim.apps.billing.deposits.models import BatchKind, DepositBatch
    from cleanclaim.apps.billing.deposits.services import (
        NewItem,
        add_items,
        close_batch,
        open_batch,
        place_line,
        remove_item,
    )

    batch = open_batch(
        kind=BatchKind.LOCKBOX, name="Lockbox 7", batch_on=PAID_ON, count=2,
        total=Decimal("75.00"), by=7,
    )  # fmt: skip
    add_items(batch.pk, [NewItem(Decimal("50.00"), "1001", "Okafor")])
    with pytest.raises(StateError, match=r"1 item of 50\.00, its cover says 2 of 75\.00, -25\.00"):
        close_batch(batch.pk, on=PAID_ON, by=7)
    add_items(batch.pk, [NewItem(Decimal("52.00"), "1002")])
    remove_item(batch.pk, 2)
    add_items(batch.pk, [NewItem(Decimal("25.00"), "1002")])
    close_batch(batch.pk, on=PAID_ON, by=7)
    assert balances()["asset:deposits-in-transit"] == "75.00"
    assert balances()["liability:unapplied-cash"] == "-75.00"
    with pytest.raises(StateError, match="awaiting its deposit"):
        add_items(batch.pk, [NewItem(Decimal("1.00"))])

    [line_id] = bring((PAID_ON + timedelta(days=1), "75.00", "LOCKBOX")).line_ids
    place_line(line_id, batch_ids=[batch.pk], on=PAID_ON, by=7)

    assert DepositBatch.objects.get(pk=batch.pk).state == "deposited"
    assert balances() == {"asset:bank": "75.00", "liability:unapplied-cash": "-75.00"}
    desk.prove()


def closed(kind: str, *items: tuple[str, str, str]):
    """A batch of these items (amount, number, payer), closed."""
    from cleanclaim.apps.billing.deposits.services import (
        NewItem,
        add_items,
        close_batch,
        open_batch,
    )

    rows = [NewItem(Decimal(amount), number, payer) for amount, number, payer in items]
    total = sum((one.amount for one in rows), Decimal("0.00"))
    batch = open_batch(
        kind=kind, name="B", batch_on=PAID_ON, count=len(rows), total=total, by=7
    )  # fmt: skip
    add_items(batch.pk, rows)
    return close_batch(batch.pk, on=PAID_ON, by=7)


def test_a_check_that_lies_in_a_closed_batch_is_not_booked_again(desk):
    first = closed("lockbox", ("50.00", "1001", "Okafor"), ("25.00", "1002", "Lee"))

    words = f"check 01001 of 50.00 from  okafor is item 1 of batch {first.pk}, which is closed"
    with pytest.raises(StateError, match=words):
        closed("counter", ("9.00", "1", "Lee"), ("50.00", "01001", " okafor"))

    assert balances()["liability:unapplied-cash"] == "-75.00"
    desk.prove()


def test_what_may_be_another_check_is_booked(desk):
    closed("lockbox", ("50.00", "1001", "Okafor"), ("25.00", "", "Lee"), ("25.00", "7", ""))

    closed("lockbox", ("50.00", "1001", "Lee"), ("51.00", "1001", "Okafor"), ("25.00", "7", ""))
    closed("lockbox", ("50.00", "1001 again", "Okafor"), ("25.00", "", "Lee"))
    closed("card", ("50.00", "1001", "Okafor"))

    assert balances()["liability:unapplied-cash"] == "-351.00"

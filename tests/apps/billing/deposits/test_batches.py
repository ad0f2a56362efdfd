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

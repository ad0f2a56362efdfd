"""Receipts that went to the bank, came back after a refund, or whose form came twice."""

from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import books, refund, take
from tests.apps.billing.world import DAY, PAID_ON, claim

pytestmark = pytest.mark.database_core


def test_a_receipt_at_the_bank_is_not_voided(owing, desk) -> None:
    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import close_batch, open_batch, take_receipts
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, _ = owing
    row = take(patient_id, "12.00", reference="1021")
    take(patient_id, "3.00", method="card")
    batch = open_batch(
        kind=BatchKind.COUNTER, name="Counter", batch_on=PAID_ON, count=1, total=Decimal("12.00"), by=1
    )  # fmt: skip
    before = books()

    assert take_receipts(batch.pk) == 1
    assert take_receipts(batch.pk) == 0
    with pytest.raises(StateError, match=rf"receipt {row.pk} lies in batch {batch.pk}, open"):
        void(row.pk, on=PAID_ON, by=1, reason="keyed twice")
    close_batch(batch.pk, on=PAID_ON, by=1)
    with pytest.raises(StateError, match="awaiting its deposit"):
        void(row.pk, on=PAID_ON, by=1, reason="keyed twice")

    # The batch booked nothing again: the receipt had put its money on its way.
    assert books() == before
    [item] = batch.items.all()
    assert (item.number, item.payer_name) == ("1021", item.payer_name)
    assert item.payer_name
    desk.prove()


def test_without_asking_the_bank_desk_a_deposited_receipt_is_voided(owing, monkeypatch) -> None:
    """The twin: nobody asked, so money that the bank has is taken off the drawer."""
    from cleanclaim.apps.billing.deposits.models import BatchKind
    from cleanclaim.apps.billing.deposits.services import open_batch, take_receipts
    from cleanclaim.apps.billing.receipts import banked
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, _ = owing
    row = take(patient_id, "12.00", reference="1021")
    batch = open_batch(
        kind=BatchKind.COUNTER, name="Counter", batch_on=PAID_ON, count=1, total=Decimal("12.00"), by=1
    )  # fmt: skip
    take_receipts(batch.pk)
    monkeypatch.setattr(banked, "_questions", [])

    assert void(row.pk, on=PAID_ON, by=1, reason="keyed twice").state == "voided"


def test_a_form_sent_twice_takes_the_money_once(practice) -> None:
    import re

    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        patient_id = _somebody()
    clerk = browser(practice, "Practice biller")
    address = f"/receipts/patients/{patient_id}/"
    form = {"amount": "10.00", "kind": "prepayment", "method": "cash"}
    with demo():
        page = clerk.get(address).content.decode()
        token = re.search(r'name="once" value="([0-9a-f]+)"', page)
        assert token
        form["once"] = token[1]
        first = clerk.post(address, form)
        again = clerk.post(address, form)
        other = clerk.post(address, {**form, "amount": "11.00"})
        wrong = clerk.post(address, {**form, "once": "x" * 80})
        refused = clerk.post(address, {**form, "once": "b" * 32, "amount": "none"})
        after = clerk.post(address, {**form, "once": "b" * 32, "amount": "4.00"})

    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert (other.status_code, wrong.status_code) == (409, 400)
    assert (refused.status_code, after.status_code) == (422, 302)
    with tenant(practice):
        amounts = Receipt.objects.order_by("id").values_list("amount", flat=True)
        assert list(amounts) == [Decimal("10.00"), Decimal("4.00")]


def _somebody() -> int:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import import_claims

    [claim_id] = import_claims([claim("A1")], source_file_id=1, received_on=DAY).claim_ids
    return Claim.objects.get(pk=claim_id).patient_id


def test_a_check_comes_back_while_its_refund_waits_the_refund_is_cancelled_first(owing) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt

    patient_id, _ = owing
    row = take(patient_id, "15.00", kind="prepayment")
    refund(patient_id, row.pk, "5.00")

    with pytest.raises(StateError, match=r"a refund of 5\.00 of it is approved and not yet paid"):
        return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)


def test_a_check_that_comes_back_after_its_refund_was_paid_is_asked_for_with_it(
    owing, desk
) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    patient_id, _ = owing
    row = take(patient_id, "15.00", kind="prepayment")
    refund(patient_id, row.pk, "5.00")
    paid = (
        Leg("liability:refund-payable", Decimal("5.00"), patient_id=patient_id, trace="refund:1"),
        Leg("asset:bank", Decimal("-5.00"), patient_id=patient_id, trace="refund:1"),
    )
    post_entries([Entry("refund", "refund-issue:1:1", PAID_ON, PAID_ON, paid)], by=1)

    return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)

    # The patient has 5.00 of ours: it stands against them, and somebody asks for it.
    assert books()["liability:patient-prepayment"] == Decimal("5.00")
    [work] = desk.work("returned_payment")
    assert work.reason.startswith("5.00 of it was refunded before it came back")
    desk.prove()

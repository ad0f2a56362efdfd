"""A return that was wrong is taken back: the receipt pays what it paid, as of every day, and the bank's line is open again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.deposits.bank import bring, lines_of
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.locks import BANK, touching
from tests.apps.billing.receipts.money import books, refund, take
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, remittance

pytestmark = pytest.mark.database_core
BACK_ON = PAID_ON + timedelta(days=3)
BETWEEN = BACK_ON + timedelta(days=2)
UNDONE_ON = BACK_ON + timedelta(days=6)
WRONG = "it was the check of another patient"


def come_back(row, on: date = BACK_ON, **more):
    from cleanclaim.apps.billing.receipts.services import return_receipt

    return return_receipt(row.pk, **({"kind": "nsf", "by": 1, "on": on} | more))


def undo(row, on: date = UNDONE_ON, reason: str = WRONG, by: int = 7):
    from cleanclaim.apps.billing.receipts.services import undo_return

    return undo_return(row.pk, reason=reason, on=on, by=by)


def test_the_receipt_pays_again_what_it_paid_and_the_fee_is_ours_no_more(owing, desk):
    patient_id, (first, second) = owing
    row = take(patient_id, "25.00", reference="1021")
    before = books()
    come_back(row, fee=Decimal("12.00"))

    kept = undo(row)

    assert books() == before
    assert (kept.state, kept.fee, kept.return_kind, kept.ended_on, kept.end_entry_id) == (
        "kept", 0, "", None, 0,
    )  # fmt: skip
    assert [desk.row(one).patient_owes for one in (first, second)] == [0, 0]
    assert desk.work("returned_payment") == []
    desk.prove()


def test_as_of_the_days_between_nothing_is_owed_that_was_paid(owing, desk):
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    name = "receivable:patient"
    paid = account_balances(effective_on=BETWEEN).get(name, Decimal("0.00"))
    come_back(row)
    assert account_balances(effective_on=BETWEEN)[name] == paid + Decimal("20.00")

    undo(row)

    for day in (BACK_ON - timedelta(days=1), BACK_ON, BETWEEN, UNDONE_ON):
        found = account_balances(effective_on=day)
        assert found.get(name, Decimal("0.00")) == paid, day
        assert found.get("asset:bank", Decimal("0.00")) == 0, day
    desk.prove()


def test_what_was_applied_later_is_applied_again(inside, desk):
    from cleanclaim.apps.billing.receipts.selectors import live_applications, unapplied_of
    from cleanclaim.apps.billing.receipts.services import apply

    one = claim("A1")
    [claim_id] = desk.take(one)
    row = take(desk.row(claim_id).patient_id, "15.00", kind="prepayment", reference="7")
    desk.post(remittance(pay(one, TYPICAL)))
    apply(row.pk, on=PAID_ON, by=1)
    before = books()

    for _ in range(2):  # it may happen twice
        come_back(row, fee=Decimal("12.00"))
        undo(row)
        row.refresh_from_db()

        assert books() == before
        assert unapplied_of([row])[row.pk] == Decimal("5.00")
        assert len(live_applications(row)) == 1
        assert desk.row(claim_id).patient_owes == 0
    assert row.undone_returns.count() == 2
    come_back(row)  # and come back in truth then
    assert desk.row(claim_id).patient_owes == Decimal("10.00")
    assert len(desk.work("returned_payment")) == 1
    desk.prove()


def test_the_receipt_lists_every_entry_that_moved_its_money(inside, desk):
    from cleanclaim.apps.billing.receipts.selectors import entries_of
    from cleanclaim.apps.billing.receipts.services import apply
    from cleanclaim.apps.shared.ledger.models import Entry

    one = claim("A1")
    [claim_id] = desk.take(one)
    row = take(desk.row(claim_id).patient_id, "15.00", kind="prepayment", reference="7")
    desk.post(remittance(pay(one, TYPICAL)))
    apply(row.pk, on=PAID_ON, by=1)

    def booked() -> list[int]:
        own = Entry.objects.filter(idempotency_key__regex=rf"^receipt:{row.pk}(:|$)")
        return sorted(own.values_list("pk", flat=True))

    for _ in range(2):
        come_back(row, fee=Decimal("12.00"))
        row.refresh_from_db()
        assert entries_of(row) == booked()
        undo(row)
        row.refresh_from_db()
        assert entries_of(row) == booked()
    assert len(booked()) > 10


def test_a_return_from_transit_is_taken_back_too(owing, desk):
    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    before = books()
    come_back(row, was_deposited=False)

    undo(row)

    assert books() == before
    desk.prove()


def test_the_banks_line_that_it_explained_is_open_again(owing, desk):
    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    come_back(row, fee=Decimal("12.00"))
    [line] = lines_of(bring((BACK_ON, "-32.00", "RETURNED 1021 AND FEE"), on=BACK_ON).line_ids)
    assert line.state == "settled"

    undo(row)

    [line] = lines_of([line.pk])
    assert (line.state, line.left) == ("open", Decimal("-32.00"))
    said = list(line.explanations.values_list("stands", "undone_by", "undone_reason"))
    assert said == [(False, 7, WRONG)] * 2
    desk.prove()


def test_twin_without_reopening_the_proof_tells_the_line(owing, desk, monkeypatch):
    from cleanclaim.apps.billing.receipts import banked
    from cleanclaim.apps.shared.ledger.selectors import prove

    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    come_back(row)
    [line] = lines_of(bring((BACK_ON, "-20.00", "RETURNED 1021"), on=BACK_ON).line_ids)
    monkeypatch.setattr(banked, "_reopenings", [])

    undo(row)

    assert [one.subject for one in prove().differences] == [f"bank line {line.pk} left the bank"]


def test_what_was_paid_anew_since_is_not_paid_twice(owing, desk):
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, (first, _) = owing
    row = take(patient_id, "10.00", reference="1021")
    come_back(row)
    other = take(patient_id, "10.00", reference="1022", on=BETWEEN)
    before = books()

    with pytest.raises(
        StateError,
        match=rf"it paid 10\.00 of claim {first}, line 1, of which the patient owes 0\.00",
    ):
        undo(row)

    assert books() == before
    void(other.pk, on=BETWEEN, by=1, reason="keyed twice")
    assert undo(row).state == "kept"
    desk.prove()


def test_a_refund_that_another_payment_made_good_since_is_told(owing, desk):
    patient_id, _ = owing
    given = take(patient_id, "15.00", kind="prepayment", reference="1")
    refund(patient_id, given.pk, "15.00")
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    legs = (Leg("liability:refund-payable", Decimal("15.00"), patient_id=patient_id, trace="refund:1"), Leg("asset:bank", Decimal("-15.00")))  # fmt: skip
    post_entries([Entry("refund", "refund-payment:1:1", PAID_ON, PAID_ON, legs)], by=1)
    come_back(given)
    take(patient_id, "20.00", reference="2", on=BETWEEN)  # what is owed on visits
    first = take(patient_id, "15.00", reference="3", on=BETWEEN)
    come_back(first, on=BETWEEN)
    take(patient_id, "15.00", reference="4", on=BETWEEN)

    with pytest.raises(
        StateError, match=rf"made good 15\.00 of receipt {given.pk}, of which 0\.00 is owed"
    ):
        undo(first)


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason_and_a_receipt_that_came_back(owing, reason):
    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    with pytest.raises(StateError, match="is kept, expected one that came back"):
        undo(row)
    come_back(row)
    with pytest.raises(InputError, match="no reason"):
        undo(row, reason=reason)


LOW, HIGH = {"limit": Decimal("25.00")}, {"limit": Decimal("250.00")}


def test_a_fee_above_the_persons_limit_is_neither_booked_nor_taken_back(owing, desk):
    from cleanclaim.apps.billing.receipts.services import undo_return

    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    fee, given = Decimal("40.00"), {"reason": WRONG, "on": UNDONE_ON, "by": 7}
    with pytest.raises(PermissionRefusedError, match="above your limit"):
        come_back(row, fee=fee, **LOW)
    come_back(row, fee=fee, **HIGH)
    before = books()

    with pytest.raises(PermissionRefusedError, match="above your limit"):
        undo_return(row.pk, **given, **LOW)

    assert books() == before
    assert undo_return(row.pk, **given, **HIGH).state == "kept"


def test_a_fee_above_the_persons_limit_is_not_taken_back_with_the_act_for_the_banks_line(
    owing, desk
):
    from cleanclaim.apps.billing.deposits.debit_sources import Act
    from cleanclaim.apps.billing.deposits.services import settle_by_act, take_act_back

    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    [line] = lines_of(bring((BACK_ON, "-60.00", "RETURNED CHECK 1021"), on=BACK_ON).line_ids)
    act = Act(row.pk, kind="nsf", fee=Decimal("40.00"))
    settle_by_act(line.pk, desk="receipt", act=act, on=BACK_ON, by=7, **HIGH)
    before = books()
    given = {"reason": WRONG, "on": UNDONE_ON, "by": 7, "may": lambda permission: None}

    with pytest.raises(PermissionRefusedError, match="above your limit"):
        take_act_back(line.pk, **given, **LOW)

    assert books() == before
    take_act_back(line.pk, **given, **HIGH)
    row.refresh_from_db()
    assert row.state == "kept"
    desk.prove()


def test_the_page_asks_the_persons_limit_for_the_fee(practice):
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(claim("A1"))
        row = take(desk.row(claim_id).patient_id, "10.00", reference="1021")
    found, form = [], {"return_kind": "nsf", "fee": "300.00", "where": "bank"}
    with demo():
        biller, lead = (browser(practice, role) for role in ("Practice biller", "Billing lead"))
        for verb, given in (("return", form), ("undo-return", {"reason": WRONG})):
            for one in (biller, lead):  # the biller's limit is 250.00
                one.post(f"/receipts/{row.pk}/{verb}/", given)
                with tenant(practice):
                    found.append(Receipt.objects.get(pk=row.pk).state)

    assert found == ["kept", "returned", "returned", "kept"]


def test_it_is_noted_with_whom_it_concerns(owing):
    from cleanclaim.apps.shared.audit.models import AuditEvent

    patient_id, _ = owing
    row = take(patient_id, "20.00", reference="1021")
    come_back(row)
    undo(row)

    last = AuditEvent.objects.filter(what="receipt").order_by("-id").first()
    assert last is not None
    assert (last.action, last.patient_id, last.by) == ("change", patient_id, 7)


def test_the_page_takes_it_back_and_tells_both(practice):
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        [claim_id] = desk.take(one)
        desk.post(remittance(pay(one, TYPICAL)))
        row = take(desk.row(claim_id).patient_id, "10.00", reference="1021")
        come_back(row)
    with demo():
        client = browser(practice, "Billing lead")
        shown = client.get(f"/receipts/{row.pk}/").content.decode()
        refused = client.post(f"/receipts/{row.pk}/undo-return/", {"reason": ""})
        client.post(f"/receipts/{row.pk}/undo-return/", {"reason": WRONG})
        after = client.get(f"/receipts/{row.pk}/").content.decode()

    assert "Take the return back <kbd>u</kbd>" in shown
    assert refused.status_code in (400, 422)
    assert WRONG in after
    assert "Check without funds" in after
    with tenant(practice):
        assert Receipt.objects.get(pk=row.pk).state == "kept"


def test_the_bank_is_locked_before_the_receipt_is_read(owing):
    """As `settle_by_act` does, which has a return booked for a line: in two orders each would wait for the other."""
    row = take(owing[0], "25.00", reference="1021")
    come_back(row, fee=Decimal("12.00"))

    with touching("receipts_receipt") as found:
        undo(row)

    assert found[0] == BANK
    assert "receipts_receipt" in found

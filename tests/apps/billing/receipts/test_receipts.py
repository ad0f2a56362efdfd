"""Patients' money: taken, applied, returned, voided; the books balance whatever happens in which order."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import books, refund, take
from tests.apps.billing.world import DAY, PAID_ON, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
ZERO = Decimal("0.00")


def test_a_payment_goes_on_the_oldest_service_and_the_rest_stays_theirs(owing, desk) -> None:
    patient_id, (first, second) = owing

    row = take(patient_id, "25.00", reference="1021")

    assert books() == {
        "asset:deposits-in-transit": Decimal("25.00"),
        "liability:patient-prepayment": Decimal("-5.00"),
    }
    assert [(desk.row(one).patient_owes, desk.row(one).patient_paid) for one in (first, second)] == [
        (ZERO, Decimal("10.00")), (ZERO, Decimal("10.00")),
    ]  # fmt: skip
    assert row.entry_id
    desk.prove()


def test_part_of_what_is_owed_is_taken_off_the_older_visit(owing, desk) -> None:
    patient_id, (first, second) = owing

    take(patient_id, "12.50", method="card")

    assert [desk.row(one).patient_owes for one in (first, second)] == [ZERO, Decimal("7.50")]
    assert books()["asset:card-clearing"] == Decimal("12.50")
    desk.prove()


def test_a_copay_before_the_claim_waits_for_its_answer_and_is_applied_to_it(inside, desk) -> None:
    from cleanclaim.apps.billing.receipts.services import apply

    older, one = claim("A0", line(service_from=date(2026, 6, 1))), claim("A1")
    older_id, claim_id = desk.take(older, one)
    patient_id = desk.row(claim_id).patient_id
    copay = take(patient_id, "10.00", kind="copay", method="cash", claim_id=claim_id, on=DAY)
    assert desk.row(claim_id).patient_paid == ZERO
    assert apply(copay.pk, on=DAY, by=1) == ZERO

    desk.post(remittance(pay(older, TYPICAL), pay(one, TYPICAL)))
    put = apply(copay.pk, on=PAID_ON, by=1)

    assert put == Decimal("10.00")
    assert (desk.row(claim_id).patient_owes, desk.row(claim_id).patient_paid) == (
        ZERO,
        Decimal("10.00"),
    )
    assert desk.row(older_id).patient_owes == Decimal("10.00")
    assert apply(copay.pk, on=PAID_ON, by=1) == ZERO
    desk.prove()


def test_a_check_without_funds_is_owed_again_as_old_as_before(owing, desk) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.reports.aging.questions import View, aging

    patient_id, (first, _) = owing
    before = aging(View(on=date(2026, 12, 1), by=("bucket",)))
    row = take(patient_id, "10.00", reference="1021")

    back = return_receipt(row.pk, kind="nsf", fee=Decimal("12.00"), on=date(2026, 7, 20), by=1)

    assert aging(View(on=date(2026, 12, 1), by=("bucket",))) == before
    assert desk.row(first).patient_owes == Decimal("10.00")
    assert books() == {
        "asset:bank": Decimal(
            "-22.00"
        ),  # the check and the fee; its deposit had come in through transit
        "asset:deposits-in-transit": Decimal("10.00"),
        "expense:bank-fees": Decimal("12.00"),
        "receivable:patient": Decimal("20.00"),
    }
    assert back.end_entry_id
    assert [one.amount for one in desk.work("returned_payment")] == [Decimal("10.00")]
    desk.prove()


def test_a_chargeback_takes_back_what_was_applied_later_too(inside, desk) -> None:
    from cleanclaim.apps.billing.receipts.services import apply, return_receipt

    one = claim("A1")
    [claim_id] = desk.take(one)
    patient_id = desk.row(claim_id).patient_id
    row = take(patient_id, "10.00", kind="prepayment", method="card", on=DAY)
    desk.post(remittance(pay(one, TYPICAL)))
    apply(row.pk, on=PAID_ON, by=1)

    return_receipt(row.pk, kind="chargeback", fee=Decimal("15.00"), on=PAID_ON, by=1)

    found = books()
    assert found["expense:card-fees"] == Decimal("15.00")
    assert "liability:patient-prepayment" not in found
    assert desk.row(claim_id).patient_owes == Decimal("10.00")
    desk.prove()


def test_a_slip_of_the_pen_is_voided_and_may_come_again(owing, desk) -> None:
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, _ = owing
    before = books()
    row = take(patient_id, "10.00", reference="1021")
    with pytest.raises(StateError, match=f"is receipt {row.pk} of"):
        take(patient_id, "10.00", reference="1021")

    void(row.pk, on=PAID_ON, by=1, reason="wrong patient")

    assert books() == before
    with pytest.raises(StateError, match=f"receipt {row.pk} is voided since"):
        void(row.pk, on=PAID_ON, by=1, reason="again")
    take(patient_id, "10.00", reference="1021")
    desk.prove()


def test_the_database_takes_a_check_once_by_itself(owing) -> None:
    """The twin of the service's own question: without it the constraint refuses."""
    from django.db import IntegrityError

    from cleanclaim.apps.billing.receipts.models import Receipt

    patient_id, _ = owing
    row = take(patient_id, "10.00", reference="1021")
    row.pk = None

    with pytest.raises(IntegrityError, match="receipt_once"):
        row.save(force_insert=True)
    assert Receipt is not None


@pytest.mark.parametrize(
    ("amount", "more", "message"),
    [
        ("0.00", {}, "above zero"),
        ("-1.00", {}, "above zero"),
        ("0.005", {}, "whole cents"),
        ("1000000000.00", {}, "below"),
        ("1.00", {"kind": "gift"}, "no such kind"),
        ("1.00", {"method": "shell"}, "no such kind or method"),
        ("50.00", {"parts": "over"}, "the patient owes 10.00 on it"),
        ("5.00", {"parts": "more"}, "10.00 to apply, 5.00 there"),
        ("50.00", {"parts": "twice"}, "is named twice"),
    ],
)
def test_what_cannot_be_taken_is_told_and_moves_nothing(owing, amount, more, message) -> None:
    from cleanclaim.apps.billing.receipts.selectors import owed_by
    from cleanclaim.apps.billing.receipts.services import Part

    patient_id, _ = owing
    item = owed_by(patient_id)[0].item_id
    ten = Part(item, Decimal("10.00"))
    shapes = {"over": [Part(item, Decimal("10.01"))], "more": [ten], "twice": [ten, ten]}
    given = {**more, "parts": shapes[more["parts"]]} if "parts" in more else more
    before = books()

    with pytest.raises(InputError, match=message):
        take(patient_id, amount, **given)

    assert books() == before


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "prepay", "apply", "return", "unreturn", "void"]),
        st.integers(1, 3000),
        st.integers(0, 5),
    ),
    max_size=10,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
def test_any_order_of_events_leaves_the_books_whole(owing, desk, steps) -> None:
    from django.db import transaction

    from cleanclaim.apps.billing.receipts import services
    from cleanclaim.apps.billing.receipts.models import Receipt

    patient_id, claim_ids = owing
    savepoint = transaction.savepoint()
    for verb, cents, which in steps:
        rows = list(Receipt.objects.filter(state="kept").order_by("id"))
        if verb in ("take", "prepay"):
            kind = "payment" if verb == "take" else "prepayment"
            take(patient_id, str(Decimal(cents) / 100), kind=kind)
        elif verb == "unreturn":
            back = list(Receipt.objects.filter(state="returned").order_by("id"))
            with suppress(StateError), transaction.atomic():  # what it paid may be paid otherwise
                for one in back[which % len(back) : which % len(back) + 1] if back else ():
                    services.undo_return(one.pk, on=PAID_ON, by=1, reason="property")
        elif rows:
            row = rows[which % len(rows)]
            if verb == "apply":
                services.apply(row.pk, on=PAID_ON, by=1)
            elif verb == "return":
                services.return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)
            else:
                services.void(row.pk, on=PAID_ON, by=1, reason="property")
    kept = sum((row.amount for row in Receipt.objects.filter(state="kept")), ZERO)
    found = books()
    owed, unapplied = (
        found.get("receivable:patient", ZERO),
        found.get("liability:patient-prepayment", ZERO),
    )
    rows = [desk.row(one) for one in claim_ids]
    desk.prove()
    transaction.savepoint_rollback(savepoint)

    assert ZERO <= owed <= Decimal("20.00")
    assert owed == Decimal("20.00") - kept - unapplied  # unapplied is a credit, below zero
    assert sum((row.patient_owes for row in rows), ZERO) == owed


def test_a_payment_is_taken_at_the_account_and_prints(practice) -> None:
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        import_claims([claim("A1")], source_file_id=7, received_on=DAY)
        from cleanclaim.apps.billing.patients.models import Patient

        patient_id = Patient.objects.get().pk
    with demo():
        client = browser(practice, "Practice biller")
        wrong = client.post(
            f"/receipts/patients/{patient_id}/",
            {"amount": "ten", "kind": "payment", "method": "cash"},
        )
        done = client.post(
            f"/receipts/patients/{patient_id}/",
            {"amount": "25.00", "kind": "copay", "method": "check", "reference": "1021"},
            follow=True,
        )
        listed = client.get("/receipts/?q=1021").content.decode()
        pk = done.redirect_chain[-1][0].strip("/").split("/")[-1]
        back = client.post(
            f"/receipts/{pk}/return/", {"return_kind": "nsf", "fee": "5"}, follow=True
        )
        sheet = client.get("/receipts/?xlsx=1")

    assert wrong.status_code == 422
    assert "expected dollars and cents" in wrong.content.decode()
    assert "25.00" in done.content.decode() and "Okafor" in done.content.decode()
    assert "1021" in listed and "Kept" in listed
    assert "Check without funds" in back.content.decode()
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")


def test_what_was_refunded_is_not_applied_as_well(owing) -> None:
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.billing.receipts.selectors import unapplied_of
    from cleanclaim.apps.billing.receipts.services import apply

    patient_id, _ = owing
    row = take(patient_id, "15.00", kind="prepayment")
    refund(patient_id, row.pk, "15.00")

    assert unapplied_of([Receipt.objects.get(pk=row.pk)])[row.pk] == ZERO
    assert apply(row.pk, on=PAID_ON, by=1) == ZERO
    assert "liability:patient-prepayment" not in books()


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "12,50", "1,2", "--5", "1e99999999"])
def test_an_amount_that_is_none_is_refused(database, typed) -> None:
    from cleanclaim.apps.billing.receipts.views import _money

    with pytest.raises(InputError):
        _money(typed)


def test_money_is_taken_with_everybody_else_kept_off_its_claims(owing, desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    patient_id, (first, _) = owing

    with CaptureQueriesContext(
        connection,
    ) as asked:
        take(patient_id, "10.00")

    said = [one["sql"] for one in asked.captured_queries]
    locked = next(n for n, sql in enumerate(said) if "advisory" in sql and f"claim {first}" in sql)
    assert any("ledger_item" in sql and "receivable:patient" in sql for sql in said[locked:])


def test_a_receipt_that_was_refunded_is_not_voided(owing) -> None:
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, _ = owing
    row = take(patient_id, "15.00", kind="prepayment")
    refund(patient_id, row.pk, "5.00")

    with pytest.raises(StateError, match=r"5\.00 of it was given back"):
        void(row.pk, on=PAID_ON, by=1, reason="keyed twice")


def bounced_after_its_refund(patient_id: int) -> None:
    """15.00 taken by check, 15.00 given back and paid, then the check comes back."""
    from cleanclaim.apps.billing.receipts.services import return_receipt
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.values.entry import Entry, Leg

    row = take(patient_id, "15.00", kind="prepayment")
    refund(patient_id, row.pk, "15.00")
    paid = Decimal("15.00")
    legs = (
        Leg("liability:refund-payable", paid, patient_id=patient_id, trace="refund:1"),
        Leg("asset:bank", -paid, patient_id=patient_id, trace="refund:1"),
    )
    post_entries([Entry("refund", "refund:1", PAID_ON, PAID_ON, legs)], by=1)
    return_receipt(row.pk, kind="nsf", on=PAID_ON, by=1)


def test_what_bounced_after_its_refund_is_told_and_made_good_by_the_next_payment(owing) -> None:
    from cleanclaim.apps.billing.receipts.selectors import short_of
    from cleanclaim.apps.billing.receipts.services import void

    patient_id, _ = owing
    bounced_after_its_refund(patient_id)
    assert [short for _, _, short in short_of()] == [Decimal("15.00")]
    owed_first = take(patient_id, "28.00", reference="1")
    between = [short for _, _, short in short_of(patient_id)]
    rest = take(patient_id, "10.00", reference="2")
    after = [short for _, _, short in short_of(patient_id)]

    assert (between, after) == (
        [Decimal("7.00")],
        [],
    )  # 20.00 on visits, 8.00 on it; 7.00, 3.00 ahead
    assert books()["liability:patient-prepayment"] == Decimal("-3.00")
    void(rest.pk, on=PAID_ON, by=1, reason="keyed twice")
    void(owed_first.pk, on=PAID_ON, by=1, reason="keyed twice")
    assert [short for _, _, short in short_of()] == [Decimal("15.00")]
    assert books()["liability:patient-prepayment"] == Decimal("15.00")


def test_a_prepayment_stays_for_its_visit_where_something_bounced(owing) -> None:
    from cleanclaim.apps.billing.receipts.selectors import short_of, unapplied_of

    patient_id, _ = owing
    bounced_after_its_refund(patient_id)
    ahead = take(patient_id, "12.00", kind="prepayment", reference="9")

    assert unapplied_of([ahead])[ahead.pk] == Decimal("12.00")
    assert [short for _, _, short in short_of()] == [Decimal("15.00")]

"""The same request twice is one receipt: by its key, on the page, and two at once."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cleanclaim.kernel.errors import InputError, StateError
from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import books, take
from tests.apps.billing.world import PAID_ON, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
CASH = {"kind": "prepayment", "method": "cash"}


@pytest.fixture
def patient_id(desk) -> int:
    [claim_id] = desk.take(claim("A1"))
    return desk.row(claim_id).patient_id


def test_the_same_key_gives_the_first_receipt_and_books_nothing(patient_id, desk):
    first = take(patient_id, "20.00", key="front-desk-1", **CASH)
    before = books()

    again = take(patient_id, "20.00", key="front-desk-1", **CASH)

    assert (again.pk, again.is_repeat, first.is_repeat) == (first.pk, True, False)
    assert books() == before == {
        "asset:deposits-in-transit": Decimal("20.00"), "liability:patient-prepayment": Decimal("-20.00"),
    }  # fmt: skip
    take(patient_id, "20.00", **CASH)  # the twin: without a key it is money again
    assert books()["asset:deposits-in-transit"] == Decimal("40.00")
    desk.prove()


def test_something_else_under_a_key_is_refused(patient_id):
    first = take(patient_id, "20.00", key="k1", **CASH)

    with pytest.raises(StateError, match=f"receipt {first.pk} was taken under this key"):
        take(patient_id, "21.00", key="k1", **CASH)


@pytest.mark.parametrize(
    ("again", "what"),
    [
        ({"note": "for the wheelchair"}, "note"),
        ({"on": PAID_ON + timedelta(days=1)}, "day"),
        ({"reference": "77", "note": "x"}, "number, note"),
        ({"parts": []}, "items"),
    ],
)
def test_another_note_day_or_item_is_another_request(patient_id, again, what):
    first = take(patient_id, "20.00", key="k1", **CASH)
    before = books()

    with pytest.raises(
        StateError,
        match=rf"receipt {first.pk} was taken under this key; this one differs in {what}\.",
    ):
        take(patient_id, "20.00", key="k1", **{**CASH, **again})
    assert books() == before


def test_a_payment_put_on_other_items_is_another_request(desk):
    from cleanclaim.apps.billing.receipts.selectors import owed_by
    from cleanclaim.apps.billing.receipts.services import Part

    one, two = claim("A1", line(charge="90.00")), claim("A2", line(charge="90.00"))
    for place, each in enumerate((one, two)):
        desk.take(each, source_file_id=20 + place)
        desk.post(remittance(pay(each, ("40.00", (("PR", "1", "50.00"),)), number=f"I{place}"), trace=f"T{place}"))  # fmt: skip
    patient = desk.row(1).patient_id
    first, second = (one.item_id for one in owed_by(patient))

    def pay_on(item: int):
        return take(patient, "20.00", key="k1", parts=[Part(item, Decimal("20.00"))])

    row = pay_on(first)
    assert pay_on(first).is_repeat
    with pytest.raises(StateError, match=f"receipt {row.pk} .* differs in items"):
        pay_on(second)


def test_a_key_or_number_without_room_is_refused_not_cut(patient_id):
    long = "k" * 299
    first = take(patient_id, "20.00", key=long + "1", **CASH)
    assert take(patient_id, "20.00", key=long + "2", **CASH).pk != first.pk

    with pytest.raises(InputError, match="key of 301 characters, expected 300 at most"):
        take(patient_id, "20.00", key=long + "12", **CASH)
    with pytest.raises(InputError, match="of 41 characters, expected 40 at most"):
        take(patient_id, "20.00", reference="9" * 41, **CASH)


def test_a_receipt_of_before_is_known_by_what_its_row_says(patient_id):
    """Receipts that were taken before the digest was kept have none."""
    from cleanclaim.apps.billing.receipts.models import Receipt

    first = take(patient_id, "20.00", key="k1", **CASH)
    Receipt.objects.filter(pk=first.pk).update(request_sha256="")

    assert take(patient_id, "20.00", key="k1", **CASH).pk == first.pk


def test_a_voided_receipt_keeps_its_key(patient_id):
    from cleanclaim.apps.billing.receipts.services import void

    first = take(patient_id, "20.00", key="k1", **CASH)
    void(first.pk, on=PAID_ON, by=1, reason="slip")

    assert take(patient_id, "20.00", key="k1", **CASH).pk == first.pk


def test_the_database_itself_keeps_a_key_once(patient_id):
    """The twin: past the look beforehand the constraint still refuses."""
    from cleanclaim.apps.billing.receipts.models import Receipt

    first = take(patient_id, "20.00", key="k1", **CASH)

    with pytest.raises(IntegrityError, match="receipt_key_once"), transaction.atomic():
        Receipt.objects.create(
            patient_id=patient_id, amount=first.amount, kind="prepayment", method="cash",
            received_on=PAID_ON, key="k1",
        )  # fmt: skip


def test_a_claim_of_somebody_else_is_refused(patient_id, desk):
    with pytest.raises(InputError, match="not one of this patient"):
        take(patient_id, "20.00", claim_id=10**9, **CASH)


def test_the_forms_token_is_the_receipts_key(database, practice):
    """The form's store is emptied, as old keys are: its receipt is known still."""
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.api.models import IdempotencyRecord
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [claim_id] = Desk().take(claim("A1"))
        patient = Desk().row(claim_id).patient_id
    with demo():
        clerk = browser(practice, "Practice biller", name="Cy")
        where = f"/receipts/patients/{patient}/"
        found = re.search(r'name="once" value="([0-9a-f]+)"', clerk.get(where).content.decode())
        assert found
        form = {"amount": "20.00", **CASH, "once": found[1]}
        clerk.post(where, form)
        with tenant(practice):
            IdempotencyRecord.objects.all().delete()
        again = clerk.post(where, form, follow=True).content.decode()

    assert "was taken before, once." in again
    with tenant(practice):
        assert Receipt.objects.count() == 1

"""What the front desk sees of a patient: found by the name that lists show, money on hand, ways to take more."""

from datetime import date

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import take
from tests.apps.billing.world import DAY, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
AS_TYPED = ("Brandt, Kofi K", "brandt, kofi k.", "Brandt, Kofi", "brandt, ko", "Brandt,", "brandt")


@pytest.fixture
def kofi(inside) -> int:
    from cleanclaim.apps.billing.patients.services import register_patient
    from cleanclaim.values.party import Person

    register_patient(Person("Brandt", "Kofi", "T"), by=None)
    register_patient(Person("Brandt", "Mary Ann", "Bell"), by=None)
    return register_patient(Person("Brandt", "Kofi", "K"), by=None)


@pytest.mark.parametrize("text", AS_TYPED)
def test_a_patient_is_found_by_the_name_that_every_list_shows(kofi, text) -> None:
    from cleanclaim.apps.billing.accounts import questions as accounts
    from cleanclaim.apps.billing.claims import questions as claims
    from cleanclaim.apps.billing.claims.search import find_patients as in_palette
    from cleanclaim.apps.billing.patients.selectors import find_patients

    found = [
        {row.pk for row in claims.patients(text)},
        {row.pk for row in accounts.patients(text=text)},
        {row.pk for row in find_patients(text=text)},
        {hit.patient_id for hit in in_palette(text, 9)},
    ]

    assert all(kofi in each for each in found)
    if text.casefold().startswith("brandt, kofi k"):
        assert found == [{kofi}] * 4


@pytest.mark.parametrize("text", ["Brandt, Mary Ann Bell", "Brandt, Mary Ann B", "Brandt, Mary A"])
def test_a_first_name_of_two_words_is_found_with_its_middle_name(kofi, text) -> None:
    from cleanclaim.apps.billing.claims.questions import patients

    assert [row.full_name for row in patients(text)] == ["Brandt, Mary Ann Bell"]


def test_money_on_hand_is_told_on_account_form_and_receipt(practice) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        older, open_one = claim("A0", line(service_from=date(2026, 6, 1))), claim("A1")
        _, claim_id = desk.take(older, open_one)
        desk.post(remittance(pay(older, TYPICAL)))
        patient_id = Claim.objects.get(pk=claim_id).patient_id
        copay = take(patient_id, "30.00", kind="copay", method="cash", claim_id=claim_id, on=DAY)
    with demo():
        client = browser(practice, "Practice biller")
        account = client.get(f"/accounts/{patient_id}/").content.decode()
        form = client.get(f"/receipts/patients/{patient_id}/").content.decode()
        receipt = client.get(f"/receipts/{copay.pk}/").content.decode()

    head = account[account.index("On hand") :][:200]
    assert "30.00" in head and "paid for claim A1" in head
    assert "On hand 30.00" in form and "for claim A1" in form
    assert "A0" in form[form.index("<h2>Owed</h2>") :]
    assert 'data-key="F9">Take it <kbd>F9</kbd>' in form
    assert "for claim" in receipt and ">A1</a>" in receipt


def test_a_fee_above_the_limit_gives_the_form_back_with_the_reason(practice) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.receipts.models import Receipt
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        [claim_id] = Desk().take(claim("A1"))
        row = take(Claim.objects.get(pk=claim_id).patient_id, "30.00", kind="copay")
    with demo():
        client = browser(practice, "Practice biller")  # up to 250.00
        refused = client.post(f"/receipts/{row.pk}/return/", {"return_kind": "nsf", "fee": "300"})

    told = refused.content.decode()
    assert refused.status_code == 403
    assert 'data-refused="You may not do this. fee of 300.00 is above your limit of 250.00.' in told
    with tenant(practice):
        assert Receipt.objects.get(pk=row.pk).state == "kept"


def test_a_patients_page_and_receipts_lead_to_a_payment(practice) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        [claim_id] = Desk().take(claim("A1"))
        patient_id = Claim.objects.get(pk=claim_id).patient_id
    with demo():
        client = browser(practice, "Practice biller")
        patient = client.get(f"/patients/{patient_id}/").content.decode()
        receipts = client.get("/receipts/").content.decode()

    assert f'href="/accounts/{patient_id}/">Account <kbd>a</kbd>' in patient
    assert f'href="/receipts/patients/{patient_id}/">Take a payment <kbd>t</kbd>' in patient
    assert 'data-key="t" href="/accounts/"' in receipts


def test_a_payment_that_was_keyed_again_is_called_by_its_whole_number() -> None:
    from cleanclaim.apps.billing.accounts.story import _number_in

    assert _number_in("1512345678 77001 #2") == "77001 #2"
    assert (_number_in("receipt 5"), _number_in("refund:1"), _number_in("")) == (
        "5",
        "refund:1",
        "",
    )


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("courtesy", "10.01 to take off, 10.00 open (receivable, patients)"),
        ("to_patient", "cannot be taken from receivable, patients"),
    ],
)
def test_what_posting_refuses_is_refused_before_in_the_same_words(practice, reason, told) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.models import Item
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        [claim_id] = desk.take(one)
        desk.post(remittance(pay(one, TYPICAL)))
        patient_id = Claim.objects.get(pk=claim_id).patient_id
        key = f"{Item.objects.get(claim_id=claim_id).pk}|receivable:patient"
    with demo():
        client = browser(practice, "Billing lead")
        given = {"reason": reason, "note": "asked kindly", key: "10.01"}
        pages = [
            client.post(f"/adjustments/account/{patient_id}/", {**given, "step": step})
            for step in ("preview", "post")
        ]

    for page in pages:
        words = page.content.decode()
        assert "line 1 of claim A1: " in words
        assert (page.status_code, told in words) == (422, True), words
        assert "posts at once" not in words and "Somebody may have posted" not in words

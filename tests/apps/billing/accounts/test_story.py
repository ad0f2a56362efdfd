"""An account's ledger: a prepayment is money on hand, beside what is owed, until it is applied."""

from datetime import date

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import refund, take
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
DAY = date(2026, 7, 2)
Told = tuple[str, str, str, str]  # words, moved, balance, on hand


@pytest.fixture
def waiting(inside, desk) -> tuple[int, int]:
    """A patient whose claim A1 is not answered yet; (patient, claim)."""
    [claim_id] = desk.take(claim("A1", line(service_from=DAY)))
    return desk.row(claim_id).patient_id, claim_id


@pytest.fixture
def owing(inside, desk) -> int:
    """A patient who owes 10.00 on each of two answered visits."""
    visits = [claim("A1", line(service_from=DAY)), claim("A2", line(service_from=DAY))]
    ids = desk.take(*visits)
    desk.post(remittance(*(pay(one, TYPICAL) for one in visits)))
    return desk.row(ids[0]).patient_id


def story(patient_id: int, **dates: object) -> list[Told]:
    from cleanclaim.apps.billing.accounts.story import ledger_of

    rows = ledger_of(patient_id, **dates)
    return [(row.words, str(row.moved), str(row.balance), str(row.on_hand)) for row in rows]


def reasons(patient_id: int) -> list[str]:
    from cleanclaim.apps.billing.accounts.story import ledger_of

    return [row.reason for row in ledger_of(patient_id)]


def test_a_prepayment_is_one_line_that_waits_for_its_claim(waiting) -> None:
    patient_id, claim_id = waiting

    row = take(patient_id, "30.00", kind="prepayment", claim_id=claim_id, on=DAY)

    assert story(patient_id)[-1] == ("Prepayment received", "0.00", "120.00", "30.00")
    assert reasons(patient_id)[-1] == f"receipt {row.pk}: 30.00 waits for claim A1"
    assert len(story(patient_id)) == 2


def test_one_for_no_claim_yet_is_on_the_account_too(waiting) -> None:
    patient_id, _ = waiting

    row = take(patient_id, "30.00", kind="prepayment", on=DAY)

    assert story(patient_id)[-1] == ("Prepayment received", "0.00", "120.00", "30.00")
    assert reasons(patient_id)[-1] == f"receipt {row.pk}: 30.00 waits for a claim"


def test_applied_it_lowers_what_is_owed_and_what_is_on_hand(waiting, desk) -> None:
    from cleanclaim.apps.billing.receipts.services import apply

    patient_id, claim_id = waiting
    row = take(patient_id, "30.00", kind="prepayment", claim_id=claim_id, on=DAY)
    desk.post(remittance(pay(claim("A1", line(service_from=DAY)), TYPICAL)))
    apply(row.pk, on=PAID_ON, by=1)

    told = story(patient_id)

    assert told[-1] == ("Prepayment applied", "-10.00", "0.00", "20.00")
    assert "20.00 waits for claim A1" in " ".join(reasons(patient_id))
    assert story(patient_id, effective_on=DAY)[-1][3] == "30.00"


def test_a_payment_of_more_than_is_owed_has_both(owing) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt

    patient_id = owing
    row = take(patient_id, "25.00", method="card")

    paid = story(patient_id)[-2:]
    return_receipt(row.pk, kind="chargeback", on=PAID_ON, by=1)
    back = story(patient_id)[-2:]

    assert paid == [
        ("Patient paid", "-20.00", "0.00", "5.00"),
        ("Prepayment received", "0.00", "0.00", "5.00"),
    ]
    assert [one[0] for one in back] == [
        "Patient paid, taken back",
        "Prepayment received, taken back",
    ]
    assert back[-1][1:] == ("0.00", "20.00", "0.00")
    assert "waits" not in " ".join(reasons(patient_id))


def test_given_back_it_is_on_hand_no_more(waiting) -> None:
    patient_id, _ = waiting
    row = take(patient_id, "30.00", kind="prepayment", on=DAY)

    refund(patient_id, row.pk, "30.00")

    assert story(patient_id)[-1] == ("Prepayment given back", "0.00", "120.00", "0.00")


def test_the_account_ties_to_its_figures(practice: int) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        [claim_id] = Desk().take(claim("A1"))
        patient_id = Claim.objects.get(pk=claim_id).patient_id
        take(patient_id, "30.00", kind="prepayment", claim_id=claim_id, on=DAY)
        entry_id = _last_entry(patient_id)
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/accounts/{patient_id}/").content.decode()
        side = client.get(f"/accounts/{patient_id}/entries/{entry_id}/")

    assert page.count(">Prepayment received<") == 1 and "Patient prepayments" not in page
    assert "30.00 waits for claim A1" in page and ">On hand</th>" in page
    assert "30.00" in page[page.index("On hand") :][:200]
    assert (side.status_code, "line 0" in side.content.decode()) == (200, False)


def _last_entry(patient_id: int) -> int:
    from cleanclaim.apps.billing.accounts.story import ledger_of

    last = ledger_of(patient_id)[-1].entry
    assert last is not None
    return last.id

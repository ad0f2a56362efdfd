"""Pages of the ledger call records as people do, lead on to re-applying, and back to where one came from."""

import re

import pytest

from tests.apps.billing.adjustments.people import owed, visit
from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.receipts.money import take

pytestmark = pytest.mark.database_core


@pytest.fixture
def paid(practice):
    """The entry by which Chidi Okafor paid 25.00 on claim A1."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        visit(Desk(), "A1", answer=owed("120.00", "40.00"))
        entry_id = take(Claim.objects.get().patient_id, "25.00").entry_id
    with demo():
        yield entry_id


def text_of(client, path: str, **more) -> str:
    response = client.get(path, **more)
    assert response.status_code == 200
    return response.content.decode()


def test_an_accounts_legs_name_claims_by_their_numbers(practice, paid):
    text = text_of(browser(practice, "Billing lead"), "/ledger/accounts/receivable:patient/")

    assert re.search(r"<td[^>]*>\s*A1\s*<", text)


def test_an_entry_names_its_claim_and_patient(practice, paid):
    client = browser(practice, "Billing lead")
    page, pane = (text_of(client, f"/ledger/entries/{paid}/{more}") for more in ("", "about/"))

    assert "claim A1</a>" in page and "patient Okafor, Chidi</a>" in page
    assert "claim A1 · line 1" in pane


def test_r_re_applies_a_payment_from_its_entry_where_the_person_may(practice, paid):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import Role

    with tenant(practice):
        patient = Claim.objects.get().patient_id
        charge = Entry.objects.get(kind="charge").pk
    lead, reader = browser(practice, "Billing lead"), browser(practice, "Practice biller")
    role = Role.objects.get(name="Practice biller")
    role.permissions = [one for one in role.permissions if one != "accounts.adjust"]
    role.save()
    link = f'data-key="r" href="/adjustments/payment/{patient}/{paid}/"'

    assert link in text_of(lead, f"/ledger/entries/{paid}/")
    assert 'data-key="r"' not in text_of(lead, f"/ledger/entries/{charge}/")
    assert 'data-key="r"' not in text_of(reader, f"/ledger/entries/{paid}/")


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://testserver/ledger/accounts/asset:bank/?from=2026-06-01", "/ledger/accounts/asset:bank/?from=2026-06-01"),
        ("http://testserver/ledger/entries/1/", "/ledger/"),
        ("http://elsewhere.example/aging/", "/ledger/"),
        ("", "/ledger/"),
    ],
)  # fmt: skip
def test_esc_leads_back_to_the_page_of_ours_that_led_here(practice, paid, came, back):
    client = browser(practice, "Billing lead")
    text = text_of(client, f"/ledger/entries/{paid}/", headers={"referer": came} if came else {})

    assert f'data-back href="{back}"' in text

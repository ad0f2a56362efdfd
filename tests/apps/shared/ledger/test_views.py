"""Ledger pages: balances as of, legs, entries, months."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.entry import Entry, Leg
from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core
MAY, JUNE = date(2026, 5, 5), date(2026, 6, 5)


@pytest.fixture
def books(practice: int):
    """Two payments that no claim explains: 50.00 in May, 20.00 in June."""
    from cleanclaim.apps.shared.ledger.services import post_entries
    from cleanclaim.apps.shared.tenancy.context import tenant

    def entry(day: date, amount: str) -> Entry:
        legs = (
            Leg("asset:bank", Decimal(amount)),
            Leg("liability:unapplied-cash", -Decimal(amount)),
        )
        return Entry("payment", f"test:{day}", day, day, legs)

    with tenant(practice):
        ids = post_entries([entry(MAY, "50.00"), entry(JUNE, "20.00")])
    with demo():
        yield ids


def test_the_trial_balance_is_of_the_as_of_day(practice, books):
    client = browser(practice, "Practice biller")

    now = client.get("/ledger/").content.decode()
    client.post("/as-of/", {"effective_on": "2026-05-31"})
    then = client.get("/ledger/").content.decode()

    assert "70.00" in now
    assert "70.00" not in then
    assert "50.00" in then


def test_an_account_brings_forward_what_came_before(practice, books):
    page = browser(practice, "Practice biller").get("/ledger/accounts/asset:bank/?from=2026-06-01")

    text = page.content.decode()
    assert "Brought forward" in text
    assert "70.00" in text
    assert text.count("<tr data-row") == 1


def test_an_account_or_entry_that_is_not_there_is_404(practice, books):
    client = browser(practice, "Practice biller")

    paths = ("/ledger/accounts/asset:gold/", "/ledger/entries/999999/", "/ledger/entries/0/about/")

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_a_month_tells_its_entries_and_where_it_is_closed(practice, books):
    page = browser(practice, "Practice biller").get("/ledger/months/2026-5/").content.decode()

    assert "1 entry in its books" in page
    assert 'href="/close/2026-5/"' in page


def test_the_proof_page_has_the_figures_of_the_command_line(practice, books):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    text = browser(practice, "Practice biller").get("/ledger/proof/result/").content.decode()

    with tenant(practice):
        proof = prove()
    assert (proof.entries, proof.legs, proof.debit) == (2, 4, Decimal("70.00"))
    assert "Every entry is zero" in text
    assert "70.00" in text


def test_months_run_from_the_first_entry_to_today_without_gaps(practice, books):
    from cleanclaim.apps.shared.ledger.questions import month_rows
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        rows = month_rows(date(2026, 7, 9))

    assert [(row.month, row.entries) for row in rows] == [
        (date(2026, 7, 1), 0),
        (date(2026, 6, 1), 1),
        (date(2026, 5, 1), 1),
    ]

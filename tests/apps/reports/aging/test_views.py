"""Aging pages: groups by age as of the header's dates, the items behind a group, export and audit."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from cleanclaim.values.entry import Entry
from tests.apps.billing.desks import browser, demo
from tests.apps.shared.ledger.cases import charged_item, payment_entry, services

pytestmark = pytest.mark.database_core


@pytest.fixture
def books(practice):
    """100.00 owed by a payer since December; 12.00 paid on 10.00 in January, booked in February."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        charged_item("100.00", claim_id=1, on=date(2025, 12, 1))
        over = charged_item("10.00", claim_id=2, on=date(2026, 1, 1))
        late = payment_entry(over, "12.00", claim_id=2, on=date(2026, 1, 5))
        services.post_entries(
            [Entry(late.kind, late.idempotency_key, late.effective_on, date(2026, 2, 1), late.legs)]
        )
    with demo():
        yield practice


def test_aging_is_of_the_headers_day_and_names_what_is_booked_elsewhere(books):
    client = browser(books, "Practice biller")
    client.post("/as-of/", {"effective_on": "2026-01-31"})

    text = client.get("/aging/?by=bucket&by=payer").content.decode()

    assert "First payer" in text and "61-90 days" in text
    assert "100.00" in text and "110.00" in text and "Booked elsewhere" in text
    assert "aging ties to the books" in text
    assert text.count("<tr data-row") == 2  # the group, and the entry booked elsewhere


def test_nothing_open_is_said(practice):
    with demo():
        text = browser(practice, "Practice biller").get("/aging/").content.decode()

    assert "Nobody owes anything on this day." in text


def test_a_day_before_anything_was_recorded_says_so(books):
    client = browser(books, "Practice biller")
    client.post("/as-of/", {"effective_on": "2026-01-31", "recorded_by": "2026-02-01"})

    text = client.get("/aging/").content.decode()

    assert "Nothing was recorded here by the end of Feb 1, 2026" in text
    assert "the first entry was recorded" in text and "Nobody owes anything" not in text


def test_a_file_of_a_day_before_anything_was_recorded_says_so_as_well(books):
    client = browser(books, "Practice biller")
    client.post("/as-of/", {"effective_on": "2026-01-31", "recorded_by": "2026-02-01"})

    text = client.get("/aging/?csv=1").content.decode()
    with ZipFile(BytesIO(client.get("/aging/?xlsx=1").content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()

    assert "Nothing was recorded here by the end of 2026-02-01" in text.splitlines()[1]
    assert "Nothing was recorded here by the end of 2026-02-01" in words


def test_a_spreadsheet_adds_the_ages_of_a_row_up(books):
    client = browser(books, "Practice biller")
    client.post("/as-of/", {"effective_on": "2026-01-31"})

    with ZipFile(BytesIO(client.get("/aging/?xlsx=1").content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert re.findall(r"<f>(SUM\(B[^<]*)</f><v>([^<]*)</v>", sheet)[0] == ("SUM(B2:F2)", "100.00")


def test_a_group_opens_its_items_and_its_credits(books):
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    client = browser(books, "Practice biller")
    client.post("/as-of/", {"effective_on": "2026-01-31"})

    owed = client.get("/aging/items/?by=bucket&is_bucket=payer%3A1").content.decode()
    back = client.get("/aging/items/?by=bucket&is_bucket=payer%3A1&credits=1").content.decode()

    assert "100.00" in owed and "-2.00" not in owed.replace("−", "-")
    assert "2.00" in back and "100.00" not in back
    with tenant(books):
        said = AuditEvent.objects.filter(what="aging").values_list("patient_id", "action")
        assert set(said) == {(3, "read")}


@pytest.mark.parametrize("asked", ["?by=weather", "?measure=moon", "items/?is_bucket=moon"])
def test_an_unknown_group_or_measure_is_refused(books, asked):
    answer = browser(books, "Practice biller").get(f"/aging/{asked}")

    assert answer.status_code == 400
    assert "expected one" in answer.content.decode()


def test_a_value_of_what_is_not_grouped_by_is_not_asked(books):
    answer = browser(books, "Practice biller").get("/aging/items/?by=bucket&is_entity=x")

    assert answer.status_code == 200


def test_aging_is_exported(books):
    answer = browser(books, "Billing lead").get("/aging/?xlsx=1")

    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_other_tenants_items_are_not_counted(books, database):
    from cleanclaim.apps.reports.aging.questions import View, aging
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    other = Organization.objects.create(kind="practice", name="B", slug="b", tin="9")
    with tenant(other.pk):
        assert aging(View(date(2026, 6, 1))) == []
    with tenant(books):
        (row,) = aging(View(date(2026, 6, 1)))
        assert (row.open, row.credit) == (Decimal("100.00"), Decimal("-2.00"))


def test_a_past_day_says_which_groups_are_as_they_are_now(books):
    client = browser(books, "Billing lead")

    def page(**as_of: str) -> str:
        client.post("/as-of/", as_of)
        return client.get("/aging/?by=payer&by=facility&by=collector").content.decode()

    assert "collector of today" not in page()
    assert "facility and collector of today" in page(effective_on="2026-01-31")

"""Aging and KPIs: by keyboard from figure to legs, no fault of access in light or dark, and never too wide."""

from datetime import date, timedelta

import pytest

from tests.apps.shared.ledger.cases import charged_item, payment_entry, services
from tests.browser.billing_desk import press
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def owed(practice: int, demo_people) -> date:
    """One item of 100.00 from today, one of 250.00 for 200 days, of which 50.00 are paid; today."""
    from django.utils import timezone

    from cleanclaim.apps.shared.tenancy.context import tenant

    today = timezone.localdate()
    with tenant(practice):
        charged_item("100.00", claim_id=1, on=today)
        old = charged_item("250.00", claim_id=2, on=today - timedelta(days=200))
        paid = payment_entry(old, "50.00", claim_id=2, on=today - timedelta(days=5))
        services.post_entries([paid])
    return today


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_report_of_money_has_an_axe_violation(
    page, workbench: Workbench, owed: date, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    workbench.sign_in(page, "Practice biller")
    found = {}
    for name, address in (
        ("aging", "/aging/?by=payer&by=bucket"),
        ("aging-beside", f"/aging/?by=bucket&beside={owed - timedelta(days=30)}"),
        ("aging-items", "/aging/items/?by=bucket"),
        ("kpis", "/kpis/"),
        ("kpi", "/kpis/dso/"),
        ("kpi-counted", "/kpis/denial_rate/"),
    ):
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        found[name] = axe_violations(page)
        page.screenshot(path=ARTIFACTS / f"report-{name}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name}: the page is {wide} pixels too wide"

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_from_a_measure_to_its_legs_by_keyboard(page, workbench: Workbench, owed: date) -> None:
    workbench.sign_in(page, "Practice biller")
    page.locator("main").wait_for()
    press(page, "g")
    press(page, "n")
    page.get_by_role("heading", name="KPIs", exact=True).wait_for()
    assert "270.0 days" in page.locator("main").inner_text()  # 300.00 / 100.00 × 90 days
    press(page, "Enter")
    page.get_by_role("heading", name="Days sales outstanding").wait_for()
    assert "300.00 over 100.00 is 270.0 days" in page.locator("main").inner_text()
    press(page, "Enter")
    page.wait_for_url("**/ledger/**")
    assert "250.00" in page.locator("main").inner_text()


def test_from_an_age_to_its_items_by_keyboard(page, workbench: Workbench, owed: date) -> None:
    workbench.sign_in(page, "Practice biller")
    page.locator("main").wait_for()
    press(page, "g")
    press(page, "b")
    page.get_by_role("heading", name="Aging", exact=True).wait_for()
    assert "200.00" in page.locator("table.grid").first.inner_text()
    press(page, "Enter")
    page.wait_for_url("**/aging/items/**")
    assert "200.00" in page.locator("table.grid").first.inner_text()


def test_a_large_ledgers_checklist_takes_the_place_of_its_frame(
    page, workbench: Workbench, owed: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleanclaim.apps.reports.closing.views.SHOWN_AT_ONCE", 0)
    workbench.sign_in(page, "Billing lead")
    page.goto(f"{workbench.url}/close/{owed:%Y-%m}/")

    page.get_by_role("heading", name="Checklist").wait_for()

    assert page.locator("main").count() == 1
    assert page.get_by_label("Why it is closed").is_visible()
    assert axe_violations(page) == []


def test_a_months_tasks_are_ticked_by_keyboard(page, workbench: Workbench, owed: date) -> None:
    workbench.sign_in(page, "Billing lead")
    page.goto(f"{workbench.url}/close/calendar/")
    assert axe_violations(page) == []
    press(page, "F9")
    page.get_by_text("The calendar is yours").wait_for()
    press(page, "n")
    page.get_by_label("What is to be done").wait_for()
    assert axe_violations(page) == []
    page.goto(f"{workbench.url}/close/{owed:%Y-%m}/")
    page.get_by_role("heading", name="Checklist").wait_for()
    press(page, "i")
    page.get_by_role("heading", name="What stands out").wait_for()
    assert axe_violations(page) == []
    press(page, "Escape")
    page.get_by_role("heading", name="Checklist").wait_for()
    press(page, "t")
    page.get_by_role("heading", name="Tasks of").first.wait_for()
    assert axe_violations(page) == []
    press(page, "Enter")
    page.get_by_role("heading", name="Work on or refuse every received file").wait_for()
    assert axe_violations(page) == []
    press(page, "F9")
    page.get_by_text("every received file: done.").wait_for()
    assert "1 of 10" in page.locator("main").inner_text()


def test_an_aging_is_looked_through_by_keyboard(page, workbench: Workbench, owed: date) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/aging/")
    press(page, "v")
    page.get_by_role("heading", name="Aging reviews").wait_for()
    assert axe_violations(page) == []
    page.get_by_label("Open items on").fill(f"{owed:%Y-%m-%d}")
    press(page, "F9")
    page.get_by_text("is kept, to be looked through").wait_for()
    assert axe_violations(page) == []
    page.get_by_label("Why it is old").fill("appeal sent")
    press(page, "F8")
    page.get_by_text("appeal sent").first.wait_for()
    assert axe_violations(page) == []
    press(page, "d")  # says that the reason is missing, and asks for it
    page.get_by_label("Why it is not to be signed").fill("wrong groups")
    page.keyboard.press("Enter")
    page.get_by_text("Put aside.").wait_for()
    assert axe_violations(page) == []
    press(page, "u")
    page.get_by_text("Brought back: it waits to be signed.").wait_for()
    assert axe_violations(page) == []

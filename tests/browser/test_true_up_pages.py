"""True-ups and recoverability, filled: no fault of access in light or dark, never too wide; settled and posted by keyboard."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing import world as billing
from tests.browser.billing_desk import press
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations
from tests.project.api import worlds

pytestmark = pytest.mark.browser


@pytest.fixture
def fee(practice: int, demo_people) -> tuple[int, date]:
    """A fee of a contract with an answered line behind it, and a settlement that waits: (agreement, the line's month)."""
    from cleanclaim.apps.billing.contracts.models import Contract
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.billing.variances.settlements import prepare_settlement
    from cleanclaim.apps.billing.variances.true_ups import agree, true_ups
    from cleanclaim.apps.shared.tenancy.context import tenant

    ids = worlds.fill_practice(practice)
    with tenant(practice):
        post_remittance(ids["remittance_id"], posted_on=billing.PAID_ON)
    with tenant(practice):
        row = agree(
            Contract.objects.get().pk, "dir", percent=Decimal(3), fee=Decimal("0.25"), period="month",
            clause="DIR 7", valid_from=date(2026, 1, 1), by=1,
        )  # fmt: skip
        found = true_ups(on=billing.PAID_ON + timedelta(days=90), agreement_id=row.pk)
        [month] = [one.first for one in found if one.found.count]
        prepare_settlement(
            row.pk, period_from=date(2026, 2, 1), amount=Decimal("-5.00"), account="liability:payer-takeback",
            settled_on=date(2026, 3, 20), words="letter of March", on=date(2026, 3, 20), by=1,
        )  # fmt: skip
    return row.pk, month


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_true_ups_or_recoverability_has_an_axe_violation(
    page, workbench: Workbench, fee: tuple[int, date], scheme: str
) -> None:
    agreement, month = fee
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    workbench.sign_in(page, "Billing lead")
    found = {}
    for name, address in (
        ("true-ups", "/variances/true-ups/?from=2026-01-01"),
        ("true-up", f"/variances/true-ups/{agreement}/{month.year}/{month.month}/"),
        ("true-up-waits", f"/variances/true-ups/{agreement}/2026/2/"),
        ("recoverability", "/variances/recoverability/"),
    ):
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        assert page.locator("table tbody tr").count() or name == "true-up-waits", name
        found[name] = axe_violations(page)
        page.screenshot(path=ARTIFACTS / f"{name}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name}: the page is {wide} pixels too wide"

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_what_a_period_came_to_is_entered_and_posted_by_two_persons(
    page, workbench: Workbench, fee: tuple[int, date]
) -> None:
    agreement, month = fee
    workbench.sign_in(page, "Billing lead")
    page.goto(f"{workbench.url}/variances/true-ups/{agreement}/2026/2/")
    page.get_by_text("Entered by").wait_for()

    press(page, "p")

    page.get_by_text("Nothing is accrued for the period any more").wait_for()
    page.goto(f"{workbench.url}/variances/true-ups/{agreement}/{month.year}/{month.month}/")
    page.get_by_label("Amount").fill("3.10")
    page.get_by_label("Where its money stands").select_option(label="Owed back to payers: 5.00")
    page.get_by_label("Payer's letter or payment").fill("letter of the payer")
    page.keyboard.press("F9")
    page.get_by_text("A second person posts it.").first.wait_for()
    assert page.get_by_text("You entered it. A second person must post it.").is_visible()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("Withdrawn.").wait_for()

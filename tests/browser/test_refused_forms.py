"""A form that the server refuses comes back as it was typed, with the reason in it."""

import pytest

from tests.apps.billing.world import TYPICAL, claim, pay, remittance
from tests.browser.billing_desk import press
from tests.browser.conftest import Workbench, axe_violations

pytestmark = pytest.mark.browser
KEPT = "sessionStorage.getItem('refused-form')"


@pytest.fixture
def posted(practice: int, demo_people) -> int:
    """A payment that waits for its cash, and one that waits for its claim, in one remittance."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    paid, unpaid = claim("H-1001"), claim("H-1002")
    with tenant(practice):
        desk = Desk()
        desk.take(paid, unpaid)
        message = remittance(
            pay(paid, TYPICAL, number="ICN1"), pay(claim("ELSEWHERE-9"), TYPICAL, number="ICN2")
        )
        return desk.post(message)[0].remittance_id


def test_a_wrong_claim_number_is_mended_where_it_was_typed_by_keyboard(
    page, workbench: Workbench, posted: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/remittances/{posted}/")
    page.locator("tr.cur").wait_for()
    press(page, "j")
    field = page.get_by_label("Post it on our claim number")
    field.wait_for()

    field.focus()
    page.keyboard.type("NOBODY")
    page.keyboard.press("Enter")
    alert = page.locator("form [role=alert]")
    alert.wait_for()

    assert "This was not accepted. claim 'NOBODY': not found" in alert.inner_text()
    assert page.evaluate("document.activeElement.name") == "claim"
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("NOBODY", "true")
    assert "ELSEWHERE-9" in page.locator("tr.cur").inner_text()
    assert page.evaluate(KEPT) is None
    assert axe_violations(page) == []

    page.keyboard.type("H-1002")  # the wrong one is selected: typing replaces it
    page.keyboard.press("Enter")
    page.get_by_text("is posted on claim H-1002").wait_for()


def test_every_field_of_a_closed_panel_is_as_typed_and_the_meant_one_has_the_cursor(
    page, workbench: Workbench, posted: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/deposits/awaited/{posted}/")
    press(page, "v")
    page.get_by_label("Authorization number").fill("A-77")
    page.get_by_label("Fee the processor keeps").fill("abc")
    token = page.locator("form:has(#fee) [name=once]").input_value()

    page.get_by_role("button", name="It was charged").click()
    page.locator("form [role=alert]").wait_for()

    assert page.get_by_label("Fee the processor keeps").input_value() == "abc"
    assert page.get_by_label("Authorization number").input_value() == "A-77"
    assert page.evaluate("document.activeElement.id") == "fee"
    assert page.locator("form:has(#fee) [name=once]").input_value() != token
    assert page.evaluate(KEPT) is None
    assert axe_violations(page) == []


def test_what_was_typed_is_gone_at_the_next_page(page, workbench: Workbench, posted: int) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/deposits/awaited/{posted}/")
    page.evaluate(
        "sessionStorage.setItem('refused-form', JSON.stringify({page: location.pathname, path: '/elsewhere/', fields: []}))"
    )

    page.reload()
    page.locator("h1").wait_for()

    assert page.evaluate(KEPT) is None
    assert page.get_by_role("alert").count() == 0


def test_without_script_the_error_leads_back(chromium, workbench: Workbench, posted: int) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        workbench.sign_in(page, "Practice biller")
        page.goto(f"{workbench.url}/remittances/{posted}/?claim=2")
        page.get_by_label("Post it on our claim number").fill("NOBODY")
        page.get_by_role("button", name="Apply 80.00").click()

        page.get_by_role("link", name="Back to the page you came from").click()

        assert page.url.endswith(f"/remittances/{posted}/?claim=2")

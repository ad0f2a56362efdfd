"""The bank by keyboard: a statement dropped, matches accepted, one undone, a deposit placed by hand, the day signed by two."""

from pathlib import Path

import pytest

from tests.apps.billing.deposits.bank import eft, statement
from tests.apps.billing.world import PAID_ON, claim, pay, remittance
from tests.browser.billing_desk import press
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def banked(practice: int, demo_people, tmp_path: Path) -> Path:
    """Four payments posted; the bank's file: one by trace, one by its name only, one sum of two, a stranger."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    amounts = {"T1": "80.00", "T2": "81.00", "T3": "70.00", "T4": "65.00"}
    with tenant(practice):
        desk = Desk()
        for trace, paid in amounts.items():
            one = claim(f"A{trace}")
            desk.take(one)
            rest = f"{120 - float(paid):.2f}"
            desk.post(remittance(pay(one, (paid, (("CO", "45", rest),))), trace=trace))
    path = tmp_path / "monday.csv"
    path.write_bytes(
        statement(
            eft("T1"),
            (PAID_ON, "81.00", "COASTAL ALLIANCE HEALTH PLAN ACH"),
            (PAID_ON, "135.00", "LOCKBOX"),
            (PAID_ON, "33.00", "COUNTER"),
        )
    )
    return path


def test_a_day_at_the_bank_by_keyboard(
    page, workbench: Workbench, practice: int, banked: Path
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/deposits/")
    page.set_input_files("#file", banked)
    page.get_by_text("4 bank lines, 1 deposit placed").wait_for()

    press(page, "a")  # all sure matches: the one that bears the payer's name
    page.get_by_text("1 deposit placed. 2 lines without a match").wait_for()
    page.locator("#side h2", has_text="135.00").wait_for()
    side = page.locator("#side").inner_text()
    assert "2 remittances add up: T3, T4" in side
    page.screenshot(path=ARTIFACTS / "deposits.png")
    assert axe_violations(page) == []

    press(page, "m")
    page.get_by_text("Placed 135.00").wait_for()
    press(page, "z")
    page.get_by_text("135.00 is unidentified again").wait_for()
    page.locator("#side h2", has_text="135.00").wait_for()
    press(page, "m")
    page.get_by_text("Placed 135.00").wait_for()
    assert "0.00\n0 remittances" in page.locator(".facts").inner_text()

    page.keyboard.press("g")
    page.keyboard.press("y")
    page.get_by_role("heading", name="Daily proof").wait_for()
    page.goto(f"{workbench.url}/daily-proof/?day={PAID_ON}")
    page.get_by_text("every difference explained").wait_for()
    assert "296.00" in page.locator(".facts").inner_text()  # 80.00 + 81.00 + 70.00 + 65.00
    page.screenshot(path=ARTIFACTS / "daily-proof.png")
    assert axe_violations(page) == []
    press(page, "F9")
    page.get_by_text("Prepared: the proof").wait_for()
    assert "a second person approves it" in page.locator("#side").inner_text()

    page.context.clear_cookies()
    workbench.sign_in(page, "Billing lead")
    page.goto(f"{workbench.url}/daily-proof/?day={PAID_ON}")
    press(page, "F9")
    page.get_by_text("Prepared and approved.").wait_for()


def test_money_out_by_keyboard(page, workbench: Workbench, practice: int, demo_people) -> None:
    """A check that came back: booked from the bank's line by one key, undone by another, settled by its entry."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.deposits.bank import bring
    from tests.apps.billing.receipts.money import take

    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(claim("A1"))
        take(desk.row(claim_id).patient_id, "82.00", reference="998877")
        bring((PAID_ON, "-82.00", "RETURNED ITEM 998877"), (PAID_ON, "-9.00", "ODD LITTLE THING"))
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/deposits/")
    page.locator("#side h2", has_text="A receipt that came back").wait_for()
    page.screenshot(path=ARTIFACTS / "money-out.png")
    assert axe_violations(page) == []

    press(page, "r")
    page.get_by_text("82.00 of").first.wait_for()
    press(page, "z")
    page.get_by_text("is open again; its entries stand").wait_for()
    page.locator("h2", has_text="What it may be").wait_for()
    assert axe_violations(page) == []
    press(page, "m")
    page.get_by_text("is explained").wait_for()
    page.locator("#side h2", has_text="9.00").wait_for()
    press(page, "f")
    page.get_by_text("Booked as a fee of the bank").wait_for()
    page.goto(f"{workbench.url}/daily-proof/?day={PAID_ON}")
    page.get_by_text("explained: returned").wait_for()
    assert axe_violations(page) == []

"""Money by page: an 835 posted by a biller, down to patient, proof and entry; twice and two at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.billing.world import (
    DENIED,
    PAID_ON,
    TYPICAL,
    bytes_835,
    claim,
    pay,
    receive,
    remittance,
)
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def remitted(practice: int, demo_people) -> int:
    """Three claims in the practice and the plan's 835: one paid, one denied, one that nobody knows."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.exchange.services import mark_processed
    from cleanclaim.apps.shared.tenancy.context import tenant

    paid, denied = claim("H-1001"), claim("H-1002")
    stranger = claim("ELSEWHERE-9")
    with tenant(practice):
        import_claims([paid, denied], source_file_id=7, received_on=PAID_ON)
        file = receive(
            bytes_835(
                remittance(
                    pay(paid, TYPICAL, number="ICN1"),
                    pay(denied, DENIED, number="ICN2"),
                    pay(stranger, TYPICAL, number="ICN3"),
                    trace="EFT778120",
                )
            ),
            "plan.835",
        )
        received = receive_remittances(file, received_on=PAID_ON)
        mark_processed(file.pk)
    return received.ids[0]


def cell(page, row: str, column: str) -> str:
    """The text under a column's heading in the row that has this text."""
    table = page.locator("table.grid", has=page.get_by_role("columnheader", name=column)).first
    heads = table.locator("thead th").all_inner_texts()
    line = table.locator("tbody tr", has_text=row).first
    return line.locator("td").all_inner_texts()[heads.index(column)]


def test_a_biller_posts_an_835_and_sees_patient_entry_and_proof(
    page, workbench: Workbench, practice: int, remitted: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/remittances/")
    page.locator("#side h2", has_text="Trace EFT778120").wait_for()
    page.keyboard.press("Enter")

    # Seen before it is made: the plan's sums, the reading in words, the bytes of the claim under the cursor.
    page.get_by_role("heading", name="If posted now").wait_for()
    planned = page.locator("#side").inner_text()
    reading = page.locator("#reading").inner_text()
    marked = page.locator("#bytes tr.now").first.inner_text()
    page.keyboard.press("j")
    page.locator("#reading h2", has_text="Claim H-1002").wait_for()
    denial = page.locator("#side").inner_text()
    page.keyboard.press("j")
    page.locator("#reading h2", has_text="Claim ELSEWHERE-9").wait_for()
    held = page.locator("#side").inner_text()

    assert "Remittances awaiting their deposit\n160.00" in planned
    assert "Unapplied cash\n−\N{THIN SPACE}80.00" in planned
    assert "CO-45 above the contract or fee schedule" in reading
    assert "CLP*H-1001" in marked
    assert "denial CO-197, 120.00" in denial
    assert "No claim here has this control number" in held

    page.keyboard.press("F9")
    page.get_by_text("Posted: 2 of 3 claims").wait_for()
    assert "1 held" in page.locator(".facts").inner_text()
    page.locator("#side").get_by_role("link", name="Entry").first.click()
    page.get_by_role("heading", name="Legs").wait_for()
    assert "Marcus Webb" in page.locator(".facts").inner_text()
    assert axe_violations(page) == []

    page.goto(f"{workbench.url}/accounts/")
    assert cell(page, "Okafor", "Patient owes") == "10.00"
    page.keyboard.press("Enter")
    page.locator("#side h2", has_text="Why").wait_for()
    assert cell(page, "Contract reduction", "Credit") == "30.00"
    page.screenshot(path=ARTIFACTS / "account.png")
    assert axe_violations(page) == []

    page.goto(f"{workbench.url}/ledger/proof/")
    page.get_by_text("Every entry is zero").wait_for()
    figures = page.locator(".facts").inner_text()
    assert cell(page, "Remittance's cash", "Result") == "agrees"
    assert axe_violations(page) == []
    assert_same_as_command_line(practice, figures)


def assert_same_as_command_line(practice: int, figures: str) -> None:
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.kernel.money import show

    with tenant(practice):
        proof = prove()
    assert proof.balanced
    for figure in (f"{proof.entries:,}", f"{proof.legs:,}", show(proof.debit), show(proof.credit)):
        assert figure in figures


def test_a_held_payment_finds_its_claim_and_the_posting_can_be_taken_back(
    page, workbench: Workbench, practice: int, remitted: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/remittances/{remitted}/")
    page.keyboard.press("F9")
    page.get_by_text("Posted: 2 of 3 claims").wait_for()

    page.goto(f"{workbench.url}/remittances/{remitted}/?claim=3")
    page.wait_for_load_state("networkidle")  # the cursor loads its claim once more
    page.get_by_label("Post it on our claim number").fill("NOBODY")
    page.get_by_role("button", name="Apply 80.00").click()
    page.get_by_role("alert").filter(has_text="claim 'NOBODY': not found").wait_for()
    page.get_by_label("Post it on our claim number").fill("H-1002")
    page.get_by_role("button", name="Apply 80.00").click()
    page.get_by_text("is posted on claim H-1002").wait_for()

    page.keyboard.press("b")
    page.get_by_label("Why the whole posting is taken back").fill("Wrong bank")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("It can be posted again.").wait_for()
    page.goto(f"{workbench.url}/ledger/proof/")
    page.get_by_text("Every entry is zero").wait_for()
    assert "Wrong bank" in open_remittance(practice, remitted).hold


def open_remittance(practice: int, pk: int):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Remittance.objects.defer("body").get(pk=pk)


def test_of_two_who_post_at_once_one_posts_and_the_other_is_told(
    page, chromium, workbench: Workbench, practice: int, remitted: int
) -> None:
    other = chromium.new_context(viewport={"width": 1280, "height": 800})
    second = other.new_page()
    for tab, role in ((page, "Practice biller"), (second, "Billing lead")):
        workbench.sign_in(tab, role)
    if "/organization/" in second.url:
        second.get_by_role("button", name="Harbor Family Medicine").click()
    for tab in (page, second):
        tab.goto(f"{workbench.url}/remittances/{remitted}/")
        tab.get_by_role("heading", name="If posted now").wait_for()

    # Both keys are down before either answer is read.
    press = "document.querySelector('[data-key=F9]').click()"
    page.evaluate(press)
    second.evaluate(press)
    told = {}
    for name, tab in (("Marcus Webb", page), ("Ines Rowe", second)):
        tab.locator("#messages .alert-line").wait_for()
        told[name] = tab.locator("#messages").inner_text()
    other.close()

    winner = next(name for name, words in told.items() if words.startswith("Posted:"))
    loser = told[next(name for name in told if name != winner)]
    assert loser.startswith(f"Not posted: remittance {remitted} was posted by {winner} at ")
    assert "Reverse it before posting it again" in loser
    assert open_remittance(practice, remitted).posting_round == 1


def test_an_835_that_came_before_is_refused_naming_the_first(
    page, workbench: Workbench, practice: int, remitted: int, tmp_path: Path
) -> None:
    paid = claim("H-1001")
    again = tmp_path / "again.835"
    first_file = open_remittance(practice, remitted).file_id
    again.write_bytes(content(practice, first_file))
    workbench.sign_in(page, "Practice biller")

    page.goto(f"{workbench.url}/files/upload/")
    page.set_input_files("#files", again)
    page.get_by_role("button", name="Receive").click()
    page.locator("#messages .alert-line").wait_for()

    assert (
        f"The same bytes came before in file {first_file}" in page.locator("#messages").inner_text()
    )
    page.goto(f"{workbench.url}/remittances/")
    assert page.locator("table.grid tbody tr").count() == 1

    # The same payment in a file of its own is refused too; the work item opens the first remittance.
    refused = receive_again(practice, remittance(replace(pay(paid, TYPICAL)), trace="EFT1"))
    page.goto(f"{workbench.url}/my-day/?q=received")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="If posted now").wait_for()
    assert "was received before: remittance" in refused
    assert "EFT1" in page.locator(".sub").inner_text()


def content(practice: int, file_id: int) -> bytes:
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return content_of(file_id)


def receive_again(practice: int, value) -> str:
    """Two files with the same payment; returns what is said of the second."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.exchange.services import mark_processed
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        for name in ("first.835", "second.835"):
            file = receive(bytes_835(value), name)
            received = receive_remittances(file, received_on=PAID_ON)
            mark_processed(file.pk)
    return received.refused[0].message


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_money_pages_have_no_axe_violation(
    page, workbench: Workbench, remitted: int, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    workbench.sign_in(page, "Practice biller")
    found = {}
    pages = {
        "remittances": "/remittances/",
        "remittance": f"/remittances/{remitted}/",
        "accounts": "/accounts/",
        "trial": "/ledger/",
        "ledger-account": "/ledger/accounts/receivable:payer:1/",
        "months": "/ledger/months/",
        "no-such": "/remittances/?q=nothing",
    }
    for name, path in pages.items():
        page.goto(workbench.url + path)
        page.wait_for_load_state("networkidle")
        found[name] = axe_violations(page)
        page.screenshot(path=ARTIFACTS / f"money-{name}-{scheme}.png")

    assert found == {name: [] for name in pages}


def test_two_leads_close_a_month_and_a_biller_may_not(
    page, workbench: Workbench, practice: int, remitted: int
) -> None:
    from django.utils import timezone

    month = f"{workbench.url}/close/{timezone.localdate():%Y-%m}/"
    workbench.sign_in(page, "Practice biller")
    page.goto(month)
    page.get_by_text("A lead closes and opens months.").wait_for()
    sign_out(page, "Marcus Webb")

    workbench.sign_in(page, "Billing lead")
    if "/organization/" in page.url:
        page.get_by_role("button", name="Harbor Family Medicine").click()
    page.goto(month)
    assert axe_violations(page) == []
    page.get_by_label("Why it is closed").press("Control+Enter")
    missing = page.locator("form [role=alert]")
    missing.wait_for()
    told = missing.inner_text()
    assert told.startswith("Nothing was sent. Still empty: Is the month over? it runs until")
    assert told.endswith("; Why it is closed")
    assert page.evaluate("document.activeElement.name").startswith("waive-")
    assert axe_violations(page) == []
    for box in page.locator("input[name^=waive-]").all():
        box.fill("the story closes a running month")
    page.get_by_label("Why it is closed").fill("month-end")
    page.get_by_role("button", name="Ask for approval").click()
    page.get_by_text("You asked for it. A second person decides.").wait_for()
    approve_as_a_second_lead(practice)
    page.goto(f"{workbench.url}/remittances/{remitted}/")
    page.keyboard.press("F9")
    page.get_by_text("Not posted:").wait_for()
    assert "closed" in page.locator("#messages").inner_text()
    assert open_remittance(practice, remitted).state == "received"


def sign_out(page, name: str) -> None:
    page.locator("summary", has_text=name).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


def approve_as_a_second_lead(practice: int) -> None:
    from cleanclaim.apps.reports.closing.models import CloseRequest
    from cleanclaim.apps.reports.closing.services import approve
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        approve(CloseRequest.objects.get().pk, by=999_999)


def test_the_palette_finds_a_trace_number_and_an_entry(
    page, workbench: Workbench, remitted: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    for text, found in (("EFT7781", "Remittance EFT778120"), ("entry 1", "Entry 1")):
        page.keyboard.press("Control+k")
        page.locator("#palette-text").fill(text)
        page.locator("#palette-hits a", has_text=found).first.wait_for()
        page.keyboard.press("Escape")

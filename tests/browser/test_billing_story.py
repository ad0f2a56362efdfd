"""Stories of the billing desk: by keyboard to the payer, a denial corrected and paid, walls between tenants."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.browser.billing_desk import Desk, open_desk, press
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path, practice: int, plan: int, demo_people) -> Desk:
    """A practice with one insured patient, and a plan that knows both."""
    return open_desk(tmp_path, practice)


def find_patient(page) -> None:
    """From any page to the empty form, by keys alone."""
    press(page, "g", "e")
    page.locator("#patient-text:focus").wait_for()
    page.wait_for_load_state("load")
    page.keyboard.type("delg")
    page.keyboard.press("Enter")
    page.locator("#service_on:focus").wait_for()
    page.wait_for_load_state("load")


def type_claim(page, day: str, diagnoses: str, *lines: tuple[str, str]) -> None:
    """Fill the form by keys alone, Enter from box to box, and book it."""
    page.keyboard.type(day)
    for _ in range(4):  # place, rendering, authorization, diagnoses
        page.keyboard.press("Enter")
    page.keyboard.type(diagnoses)
    page.keyboard.press("Enter")
    for code, charge in lines:
        page.keyboard.type(code)
        for _ in range(4):  # modifiers, diagnoses, units, charge
            page.keyboard.press("Enter")
        page.keyboard.type(charge)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # an empty code: to the button
    page.locator("[data-last]:focus").wait_for()
    page.locator("#side small", has_text="nothing to check yet").wait_for(state="detached")
    page.keyboard.press("Enter")
    page.locator("tr.cur").wait_for()  # the claim page, and its keys listen


def test_two_lines_by_keyboard_held_fixed_sent_and_answered(
    page, workbench: Workbench, desk: Desk
) -> None:
    workbench.sign_in(page, "Practice biller")
    find_patient(page)
    type_claim(
        page,
        f"{desk.served_on:%m/%d/%Y}",
        "M17.11",
        ("99214", "185"),
        ("20610", "210"),
    )

    # Held, with the rule's source; nothing was touched by the mouse.
    assert "modifier 25 on 99214 with 20610, same day" in page.locator(".finding").inner_text()
    assert "Medicare Claims Processing Manual" in page.locator(".finding").inner_text()
    assert "395.00" in page.locator(".facts").inner_text()
    assert desk.claim().state == "held"
    assert "2 lines" in page.locator(".time").inner_text()
    assert "keystrokes" in page.locator(".time").inner_text()
    page.screenshot(path=ARTIFACTS / "billing-held.png")
    assert axe_violations(page) == []

    press(page, "f", "Space", "Tab", "Enter")
    page.get_by_text("is fixed and ready to send").wait_for()
    assert "Attested: The note shows a significant visit" in page.locator(".time").inner_text()
    assert "99214-25" in page.locator("table.grid").first.inner_text()
    assert "fixed in" in page.locator(".time").inner_text()

    press(page, "s")
    page.get_by_text("is on the way to").wait_for()
    assert desk.claim().state == "sent"

    desk.plan_takes_in()
    page.reload()
    story = page.locator(".time").inner_text()
    assert "999" in story
    assert "Accepted by the payer as" in story
    assert desk.claim().state == "accepted"
    press(page, "g", "s")
    page.get_by_role("heading", name="Batches").wait_for()
    batch = page.locator("table.grid tbody tr").first.inner_text()
    assert "395.00" in batch
    assert "answered" in batch
    page.locator("table.grid tbody tr a").first.click()
    page.get_by_text("Claims answered by a 277CA").wait_for()
    assert page.locator(".time").inner_text().count("277CA in file") == 0  # told once
    desk.prove()


def test_an_edit_is_shown_and_fixed_before_the_claim_is_kept(
    page, workbench: Workbench, desk: Desk
) -> None:
    workbench.sign_in(page, "Practice biller")
    find_patient(page)
    page.keyboard.type(f"{desk.served_on:%m/%d/%Y}")
    for box, text in (
        ("diagnoses", "M17.11"),
        ("line-1-code", "99214"),
        ("line-1-charge", "185"),
        ("line-2-code", "20610"),
        ("line-2-charge", "210"),
    ):
        page.locator(f"[name='{box}']").fill(text)
    page.locator("[name='line-2-charge']").press("Tab")
    page.locator("#side .finding", has_text="modifier 25").wait_for()
    assert page.locator("#entry-total").inner_text() == "395.00"

    press(page, "F8")
    page.locator("#side small", has_text="clean").wait_for()
    assert page.locator("[name='line-1-modifiers']").input_value() == "25"
    press(page, "F9")
    page.get_by_text("ready to send").first.wait_for()

    assert desk.claim().state == "ready"


def test_what_cannot_be_read_is_told_at_its_box_and_nothing_is_kept(
    page, workbench: Workbench, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/charges/new/{desk.patient_id}/")
    page.locator("[name='service_on']").fill("13/45")
    page.locator("[name='line-1-code']").fill("99213")
    page.locator("[name='line-1-charge']").fill("12o.00")
    press(page, "F9")

    page.get_by_text("13/45: expected a day such as 11/9.").wait_for()
    page.get_by_text("12o.00: expected dollars and cents, zero or more.").wait_for()
    assert axe_violations(page) == []
    with tenant(desk.practice_id):
        assert Claim.objects.count() == 0


def test_a_denial_becomes_work_and_the_corrected_claim_is_paid(
    page, workbench: Workbench, desk: Desk
) -> None:
    """97799 needs an authorization: denied without it, paid by a frequency 7 that names one."""
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.services import authorize
    from cleanclaim.apps.shared.tenancy.context import tenant

    workbench.sign_in(page, "Practice biller")
    find_patient(page)
    type_claim(page, f"{desk.served_on:%m/%d/%Y}", "M17.11", ("97799", "640"))
    press(page, "s")
    page.get_by_text("is on the way to").wait_for()
    desk.plan_takes_in()
    desk.plan_pays()
    first_number = desk.claim().payer_control_number

    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Denied").wait_for()
    press(page, "Enter")
    page.get_by_role("heading", name="To do").wait_for()
    assert "CO-197" in page.locator(".finding").first.inner_text()
    assert "Why 640.00 on line 1" in page.locator("#side").inner_text()
    assert "CO-197" in page.locator("#side").inner_text()
    page.screenshot(path=ARTIFACTS / "billing-denied.png")

    with tenant(desk.world.plan.pk):
        authorize(
            Member.objects.latest("id"),
            number="A-55012",
            valid_from=desk.served_on,
            procedure_code="97799",
            units=Decimal(12),
        )
    press(page, "c")
    page.locator("#authorization").fill("A-55012")
    page.locator("#authorization").press("Tab")
    page.locator("#side td.after", has_text="A-55012").wait_for()
    page.screenshot(path=ARTIFACTS / "billing-correct.png")
    assert axe_violations(page) == []
    press(page, "F9")
    page.get_by_text("The corrected claim is made and ready to send").wait_for()
    press(page, "s")
    page.get_by_text("is on the way to").wait_for()
    desk.plan_takes_in()
    desk.plan_pays()

    page.reload()
    claim = desk.claim()
    assert claim.frequency_code == "7"
    assert claim.state in ("paid", "closed")
    assert claim.paid + claim.contractual + claim.patient_owes == Decimal("640.00")
    assert claim.denied == 0
    assert "A-55012" in page.locator("td.after").all_inner_texts()
    assert page.get_by_role("heading", name="To do").count() == 0
    assert first_decision_is_reversed(desk, first_number)
    desk.prove()


def first_decision_is_reversed(desk: Desk, number: str) -> bool:
    """Whether the plan took its first decision back, and decided anew."""
    from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(desk.world.plan.pk):
        decisions = list(CaseDecision.objects.order_by("id"))
    reversals = [one for one in decisions if one.kind == DecisionKind.REVERSAL]
    return bool(number) and [one.reverses_id for one in reversals] == [decisions[0].pk]


def test_another_tenant_finds_none_of_these_addresses(
    page, workbench: Workbench, desk: Desk
) -> None:
    """Every address of billing that names a record is 404 for a practice that does not own it."""
    from tests.browser.other_practice import sign_in_elsewhere

    workbench.sign_in(page, "Practice biller")
    find_patient(page)
    type_claim(page, f"{desk.served_on:%m/%d/%Y}", "M17.11", ("99213", "120"))
    press(page, "s")
    page.get_by_text("is on the way to").wait_for()
    addresses = addresses_of(desk)
    own = {address: page.request.get(workbench.url + address).status for address in addresses}
    assert set(own.values()) == {200}, own

    sign_in_elsewhere(page, workbench)
    theirs = {address: page.request.get(workbench.url + address).status for address in addresses}

    assert set(theirs.values()) == {404}, theirs


def addresses_of(desk: Desk) -> list[str]:
    """Every GET address of the four pages that names one of the desk's records."""
    from cleanclaim.apps.billing.claims.models import Submission
    from cleanclaim.apps.billing.coverage.models import Coverage
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.tenancy.context import tenant

    claim, patient = desk.claim().pk, desk.patient_id
    with tenant(desk.practice_id):
        batch, cover = Submission.objects.latest("id").pk, Coverage.objects.latest("id").pk
        entry = Entry.objects.earliest("id").pk
    return [
        f"/patients/{patient}/",
        f"/patients/{patient}/about/",
        f"/patients/{patient}/edit/",
        f"/patients/{patient}/coverage/new/",
        f"/patients/{patient}/coverage/{cover}/",
        f"/charges/new/{patient}/",
        f"/claims/{claim}/",
        f"/claims/{claim}/about/",
        f"/claims/{claim}/why/charge/",
        f"/claims/{claim}/lines/1/why/paid/",
        f"/claims/{claim}/entries/{entry}/",
        f"/submissions/{batch}/",
        f"/submissions/{batch}/about/",
    ]

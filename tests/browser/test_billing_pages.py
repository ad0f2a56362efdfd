"""The billing pages: no fault of access in light or dark, rejections, alarms, export, palette, roles."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import timezone

from tests.browser.billing_desk import MEMBER, Desk, open_desk, press
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path, practice: int, plan: int, demo_people) -> Desk:
    """A practice with one insured patient, and a plan that knows both."""
    return open_desk(tmp_path, practice)


def enter(desk: Desk, *, member_id: str = MEMBER.member_id, code: str = "99213") -> int:
    """A claim of the patient, typed in without the browser; its id."""
    from dataclasses import replace
    from decimal import Decimal

    from cleanclaim.apps.billing.claims.services import enter_claim
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.world import claim, line

    person = replace(MEMBER, member_id=member_id)
    if member_id != MEMBER.member_id:  # else the plan finds the member by name and birth date
        person = replace(person, first_name="Rosalind")
    one = replace(line(1, code, "120.00"), service_from=desk.served_on, quantity=Decimal(1))
    with tenant(desk.practice_id):
        entered = enter_claim(
            claim("", one, person=person),
            entered_on=desk.today,
            by=None,
            patient_id=desk.patient_id,
        )
    return entered.claim_id


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_billing_page_has_an_axe_violation(
    page, workbench: Workbench, desk: Desk, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    claim_id = enter(desk)
    workbench.sign_in(page, "Practice biller")
    found = {}
    for name, address in (
        ("patients", "/patients/"),
        ("patient", f"/patients/{desk.patient_id}/"),
        ("patient-new", "/patients/new/"),
        ("coverage-new", f"/patients/{desk.patient_id}/coverage/new/"),
        ("charges", "/charges/?q=delg"),
        ("charge-entry", f"/charges/new/{desk.patient_id}/"),
        ("claims", "/claims/"),
        ("claims-none", "/claims/?state=denied"),
        ("claim", f"/claims/{claim_id}/"),
        ("claim-change", f"/claims/{claim_id}/correct/"),
        ("batches", "/submissions/"),
    ):
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        found[name] = axe_violations(page)
        page.screenshot(path=ARTIFACTS / f"billing-{name}-{scheme}.png")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name}: the page is {wide} pixels too wide"

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_rejected_claim_says_why_and_goes_out_again_under_another_member_id(
    page, workbench: Workbench, desk: Desk
) -> None:
    enter(desk, member_id="WRONG1")
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/submissions/")
    page.locator(".facts").wait_for()
    press(page, "s")
    page.get_by_text("1 claim is on the way").wait_for()
    desk.plan_takes_in()

    page.goto(f"{workbench.url}/submissions/")
    assert "1 rejected" in page.locator("table.grid tbody tr").first.inner_text()
    page.locator("table.grid tbody tr a").first.click()
    page.get_by_role("heading", name="What happened").wait_for()
    row = page.locator("table.grid tbody tr").first
    assert "No member has this member id" in row.inner_text()
    row.locator("a").first.click()
    page.get_by_role("link", name="Change").click()
    page.locator("#member_id").fill(MEMBER.member_id)
    press(page, "F9")
    page.get_by_text("The claim is changed and ready to send").wait_for()
    page.locator("tr.cur").wait_for()
    press(page, "s")
    page.get_by_text("is on the way to").wait_for()
    desk.plan_takes_in()

    assert desk.claim().state == "accepted"
    desk.prove()


def test_an_overdue_answer_raises_an_alarm(
    page, workbench: Workbench, desk: Desk, database
) -> None:
    """Delivered, and for days neither a 999 nor a 277CA: the page says so until they are here."""
    import psycopg

    from cleanclaim.apps.shared.exchange import drop

    enter(desk)
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/submissions/")
    page.locator(".facts").wait_for()
    press(page, "s")
    page.get_by_text("1 claim is on the way").wait_for()
    drop.deliver_queued(desk.world.drop, organization_id=desk.practice_id)
    page.goto(f"{workbench.url}/submissions/")
    assert page.get_by_role("alert").count() == 0

    with psycopg.connect(database.owner, autocommit=True) as owner:  # the clock cannot be turned
        owner.execute("ALTER TABLE exchange_fileevent DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE exchange_fileevent NO FORCE ROW LEVEL SECURITY")
        owner.execute(
            "UPDATE exchange_fileevent SET at = %s WHERE kind = 'delivered'",
            [timezone.now() - timedelta(days=9)],
        )
        owner.execute("ALTER TABLE exchange_fileevent FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE exchange_fileevent ENABLE TRIGGER USER")
    page.reload()
    told = " ".join(page.get_by_role("alert").all_inner_texts())

    assert "No 999 yet." in told
    assert "No 277CA yet." in told
    assert "overdue" in page.locator("table.grid tbody tr").first.inner_text()


def test_selected_claims_are_sent_by_keyboard_and_lists_are_exported(
    page, workbench: Workbench, desk: Desk
) -> None:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    kept, sent = enter(desk), enter(desk, code="99212")
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/claims/?state=ready")
    page.locator("tr.cur").wait_for()
    press(page, "x")
    press(page, "s")
    page.get_by_text("1 claim is on the way").wait_for()
    with tenant(desk.practice_id):
        states = dict(Claim.objects.values_list("id", "state"))
    assert states == {kept: "ready", sent: "sent"}

    for address in ("/claims/?xlsx=1", "/patients/?xlsx=1", "/submissions/?xlsx=1"):
        answer = page.request.get(workbench.url + address)
        assert answer.status == 200
        sheet = ZipFile(BytesIO(answer.body())).read("xl/worksheets/sheet1.xml").decode()
        assert "SUM(" in sheet


def test_the_palette_finds_patient_and_claim(page, workbench: Workbench, desk: Desk) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    enter(desk)
    number = desk.claim().control_number
    workbench.sign_in(page, "Practice biller")
    for text, title in (
        ("delg", "Delgado, Rosa"),
        (MEMBER.member_id, "Delgado, Rosa"),
        (number, number),
    ):
        press(page, "Control+k")
        page.locator("#palette-text").fill(text)
        page.locator("#palette-hits a", has_text=title).first.wait_for()
        page.keyboard.press("Escape")

    with tenant(desk.practice_id):
        seen = AuditEvent.objects.filter(patient_id=desk.patient_id, what="search")
        assert seen.exists()


def test_the_plan_s_examiner_may_not_open_billing(page, workbench: Workbench, desk: Desk) -> None:
    claim_id = enter(desk)
    workbench.sign_in(page, "Claims examiner")

    answers = {
        address: page.request.get(workbench.url + address).status
        for address in (
            "/patients/",
            "/claims/",
            "/charges/",
            "/submissions/",
            f"/claims/{claim_id}/",
        )
    }

    assert set(answers.values()) == {403}


def test_nothing_can_be_done_with_a_claim_in_the_wrong_state(
    page, workbench: Workbench, desk: Desk
) -> None:
    """A second tab sends what the first has sent: told in words, nothing is sent twice."""
    claim_id = enter(desk)
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/claims/{claim_id}/")
    page.locator("tr.cur").wait_for()
    second = page.context.new_page()
    second.goto(f"{workbench.url}/claims/{claim_id}/")
    second.get_by_role("button", name="Send").click()
    second.get_by_text("is on the way to").wait_for()

    press(page, "s")
    page.get_by_text("cannot send it").wait_for()

    assert page.get_by_text("This cannot be done now.").count() > 0

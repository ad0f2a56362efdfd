"""Files and the queue in a real browser: by keyboard, without a fault of access, light and dark."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from tests.apps.shared.exchange.conftest import PLAN_ID, PRACTICE_ID, _interchange
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(practice: int, plan: int, demo_people) -> None:
    """The practice with a partner and four things to do."""
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.services import NewWork, open_work

    today = timezone.localdate()
    rows = (
        ("denial", "Denial", "Tran, Minh", "CO-197 no authorization on claim", "640.00", 2),
        ("rejection", "Rejection", "Alvarez, Eli", "A7 subscriber id not found", "285.00", 1),
        ("underpaid", "Underpaid", "Farah, Omar", "allowed 171.80, contract 188.20", "16.40", 21),
        ("no_answer", "No answer", "Brandt, Ida", "sent 31 days ago", "1120.00", 4),
    )
    with tenant(practice):
        find_or_add_partner(
            slug="coastal",
            name="Coastal Alliance",
            kind="health_plan",
            our_id=PRACTICE_ID,
            their_id=PLAN_ID,
            usage="P",
        )
        open_work(
            NewWork(
                kind=kind,
                subject_kind="claim",
                subject_id=number,
                title=title,
                reason=reason,
                opened_on=today,
                amount=Decimal(amount),
                due_on=today + timedelta(days=days),
                patient_id=number,
                patient_name=patient,
                payer_name="Coastal Alliance",
            )
            for number, (kind, title, patient, reason, amount, days) in enumerate(rows, 1)
        )


@pytest.fixture
def remittance(tmp_path: Path) -> Path:
    """A file from the plan whose segment count is wrong."""
    path = tmp_path / "remit.x12"
    data = _interchange(
        sender=PLAN_ID, receiver=PRACTICE_ID, kind="835", guide="005010X221A1", functional="HP",
        body="BPR*I*100*C*CHK~TRN*1*42*1330000002~N1*PR*COASTAL ALLIANCE",
    )  # fmt: skip
    path.write_bytes(data.replace(b"SE*3", b"SE*9"))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_axe_violation(
    page, workbench: Workbench, desk, remittance: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    workbench.sign_in(page, "Practice biller")
    found = {}

    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Why this rank").wait_for()
    found["queue"] = axe_violations(page)
    page.screenshot(path=ARTIFACTS / f"my-day-{scheme}.png")
    page.goto(f"{workbench.url}/files/upload/")
    found["upload"] = axe_violations(page)
    page.screenshot(path=ARTIFACTS / f"upload-{scheme}.png")
    page.set_input_files("#files", remittance)
    page.get_by_role("button", name="Receive").click()
    page.get_by_role("heading", name="Reading").wait_for()
    found["file"] = axe_violations(page)
    page.screenshot(path=ARTIFACTS / f"file-{scheme}.png")
    page.goto(f"{workbench.url}/files/")
    page.locator("#side h2", has_text="File").wait_for()
    found["files"] = axe_violations(page)
    page.screenshot(path=ARTIFACTS / f"files-{scheme}.png")

    assert found == {"queue": [], "upload": [], "file": [], "files": []}


def test_the_queue_is_worked_by_keyboard(page, workbench: Workbench, desk) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Denial").wait_for()

    page.keyboard.press("j")
    page.locator("#side h2", has_text="No answer").wait_for()
    page.keyboard.press("w")
    page.locator("#side h2", has_text="Why 238").wait_for()
    page.keyboard.press("k")
    page.locator("#side h2", has_text="Denial").wait_for()
    page.keyboard.press("f")
    page.get_by_label("Outcome", exact=True).fill("Sent again")
    page.keyboard.press("Enter")

    page.get_by_text("is done.").wait_for()
    assert "3 to do" in page.locator(".sub").inner_text()


def test_what_is_typed_into_an_opened_panel_stays_in_its_field(
    page, workbench: Workbench, desk
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Denial").wait_for()
    theme = page.evaluate("document.documentElement.dataset.bsTheme")

    page.keyboard.press("f")
    page.keyboard.type("met the m team, j k x")
    typed = page.get_by_label("Outcome", exact=True).input_value()
    page.keyboard.press("Escape")
    is_open = page.locator("#side details[open]").count()
    page.keyboard.press("j")
    page.locator("#side h2", has_text="No answer").wait_for()

    assert typed == "met the m team, j k x"
    assert is_open == 0
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert page.get_by_text("nobody has it").count() == 1


def test_a_clicked_panel_takes_the_cursor_and_escape_gives_it_back(
    page, workbench: Workbench, desk
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Denial").wait_for()

    page.locator("#side summary", has_text="Note").click()
    inside = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")

    assert inside == "item-note"
    assert page.evaluate("document.activeElement === document.querySelector('tr.cur')")


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_tables_stay_readable_beside_the_side_pane(
    page, workbench: Workbench, desk, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/my-day/")
    page.locator("#side h2", has_text="Denial").wait_for()

    narrow, overflow = page.evaluate("""() => [
        [...document.querySelectorAll('.grid th.flex')].filter((th) => th.offsetWidth < 140).length,
        [...document.querySelectorAll('.scroll')].filter((box) => box.offsetWidth > box.clientWidth).length,
    ]""")

    assert narrow == 0
    assert overflow == 0
    assert page.locator("td[title='Coastal Alliance']").count() == 4


def test_the_same_file_twice_is_told_with_the_first_one(
    page, workbench: Workbench, desk, remittance: Path
) -> None:
    workbench.sign_in(page, "Practice biller")

    for _ in range(2):
        page.goto(f"{workbench.url}/files/")
        page.keyboard.press("u")
        page.set_input_files("#files", remittance)
        page.get_by_role("button", name="Receive").click()
        page.get_by_role("heading", name="What happened").wait_for()

    assert "The same bytes came before in file" in page.locator("#messages").inner_text()
    page.get_by_role("link", name="the first one").click()
    page.get_by_role("heading", name="Reading").wait_for()
    assert "SE" in page.locator("tr.found").last.inner_text()

"""A file dropped on the page "X12 check": found, jumped to, filtered, answered; by keyboard and in both schemes."""

import base64
from pathlib import Path

import pytest

import cleanclaim.edi
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser
SAMPLE = (
    Path(cleanclaim.edi.__file__).parent / "hc837p" / "samples" / "self_dependent_secondary.edi"
)
DROP = """(data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "dropped.x12"));
    for (const type of ["dragover", "drop"])
        document.querySelector("h1").dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Claims with wrong codes and a charge that does not fit its lines."""
    data = SAMPLE.read_bytes()
    for right, wrong in ((b"*F~", b"*Q~"), (b"*85*2*", b"*85*7*"), (b"*OH*", b"*QQ*")):
        data = data.replace(right, wrong)
    path = tmp_path / "claims of march.x12"
    path.write_bytes(data)
    return path


def _check(page, workbench: Workbench, path: Path) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/x12/")
    page.set_input_files("#file", path)
    page.get_by_role("heading", name="Findings").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_axe_violation(page, workbench: Workbench, faulty: Path, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/x12/")
    page.get_by_role("heading", name="X12 check").wait_for()
    empty = axe_violations(page)
    page.screenshot(path=ARTIFACTS / f"x12-empty-{scheme}.png")
    page.set_input_files("#file", faulty)
    page.get_by_role("heading", name="Findings").wait_for()
    page.locator("details.answer summary").first.click()
    checked = axe_violations(page)
    overflow = []
    for width, height in ((1440, 900), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        overflow.append(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
        page.screenshot(path=ARTIFACTS / f"x12-{width}-{scheme}.png")

    assert (empty, checked, overflow) == ([], [], [False, False])


def test_a_dropped_file_is_checked_and_worked_by_keyboard(
    page, workbench: Workbench, faulty: Path
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/x12/")
    page.evaluate(DROP, base64.b64encode(faulty.read_bytes()).decode())
    page.get_by_role("heading", name="dropped.x12").last.wait_for()

    page.keyboard.press("j")
    row = page.locator("tr.cur")
    target = row.get_attribute("data-href")
    page.keyboard.press("o")
    page.keyboard.press("o")
    page.keyboard.press("o")
    page.keyboard.press("Enter")

    segment = page.locator(f"li{target}")
    segment.wait_for()
    page.wait_for_function(
        "place => { const top = document.querySelector(place).getBoundingClientRect().top; return 0 < top && top < innerHeight; }",
        arg=f"li{target}",
    )
    box, list_box = segment.bounding_box(), page.locator(".findings").bounding_box()
    assert page.evaluate("location.hash") == target
    assert "error" in segment.inner_text()
    assert list_box["y"] + list_box["height"] <= box["y"] < 900


def test_the_findings_are_filtered_at_once(page, workbench: Workbench, faulty: Path) -> None:
    _check(page, workbench, faulty)
    everything = page.locator("#findings tbody tr:visible").count()

    page.keyboard.press("/")
    page.keyboard.type("N402")
    by_words = page.locator("#findings tbody tr:visible").all_inner_texts()
    page.locator("#text").fill("")
    page.locator("#grade").select_option("warning")
    by_grade = page.locator("#findings tbody tr:visible").count()

    assert 0 < len(by_words) < everything
    assert all("N402" in row for row in by_words)
    assert page.locator("#findings-shown").inner_text() == str(by_grade)
    assert by_grade < everything


def test_answers_copy_and_spreadsheet_come_without_leaving_the_page(
    page, workbench: Workbench, faulty: Path
) -> None:
    _check(page, workbench, faulty)
    names = []

    for button in ("Download 999", "Download redacted copy", "Export"):
        with page.expect_download() as coming:
            page.get_by_role("button", name=button).click()
        names.append(coming.value.suggested_filename)
        assert Path(coming.value.path()).stat().st_size > 100

    assert names == [
        "claims_of_march.999.x12",
        "claims_of_march.redacted.x12",
        "claims_of_march-findings.xlsx",
    ]
    assert page.get_by_role("heading", name="Findings").is_visible()


def test_a_file_that_is_no_x12_is_told_beside_the_form(
    page, workbench: Workbench, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear sirs")
    workbench.sign_in(page, "Claims examiner")
    page.goto(f"{workbench.url}/x12/")

    page.set_input_files("#file", letter)

    assert "expected ISA" in page.locator("#result [role=alert]").inner_text()


def test_it_works_without_script(chromium, workbench: Workbench, faulty: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/x12/")
    page.set_input_files("#file", faulty)
    page.get_by_role("button", name="Check").click()

    page.get_by_role("heading", name="Findings").wait_for()
    assert page.locator("details.loop[open]").count() > 0
    context.close()

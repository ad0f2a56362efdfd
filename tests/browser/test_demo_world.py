"""The demo world in a real browser: every page of every desk, and the pictures of the README.

`CLEANCLAIM_PICTURES=1 ./run test tests/browser/test_demo_world.py` writes the pictures to docs/images.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.browser.conftest import ARTIFACTS, axe_violations
from tests.conftest import connect_django

PICTURES = Path(__file__).parents[2] / "docs" / "images"
DESKS = (
    "Practice biller",
    "Cash poster",
    "Auditor",
    "Billing lead",
    "Claims examiner",
    "Plan lead",
)


@pytest.fixture
def demo(database, workbench, tmp_path):
    """The whole demo world in the test's database, behind the served workbench."""
    from cleanclaim.project.demo.build import build_demo
    from cleanclaim.project.home import Home
    from cleanclaim.project.loop.progress import Quiet

    connect_django(database.worker)
    home = Home(tmp_path, "demo", "secret", database.name, "cleanclaim_test")
    build_demo(home, date(2026, 11, 20), Quiet())
    connect_django(database.app)
    return workbench


def picture(page, name: str) -> None:
    """Keep what the browser shows."""
    folder = PICTURES if os.environ.get("CLEANCLAIM_PICTURES") else ARTIFACTS
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def test_every_page_of_every_desk_opens_and_pleases_axe(demo, page) -> None:
    for role in DESKS:
        page.context.clear_cookies()
        demo.sign_in(page, role)
        links = page.eval_on_selector_all(
            ".rail a[href]", "all => all.map(a => a.getAttribute('href'))"
        )
        assert len(links) > 5
        for link in links:
            answer = page.goto(f"{demo.url}{link}")
            assert answer is not None and answer.status == 200, f"{role}: {link}"
            assert axe_violations(page) == [], f"{role}: {link}"


def test_the_readmes_pictures_are_taken(demo, page) -> None:
    demo.sign_in(page, "Practice biller")
    page.goto(f"{demo.url}/my-day/")
    page.wait_for_selector("#side .trace")
    picture(page, "my-day")

    page.goto(f"{demo.url}/claims/?state=paid")
    page.locator("table.grid tbody tr").nth(2).press("Enter")
    page.wait_for_selector(".time")
    assert axe_violations(page) == []
    picture(page, "claim")

    page.goto(f"{demo.url}/remittances/")
    assert page.locator("table.grid tbody .chip", has_text="ready to post").count() == 2
    page.locator("table.grid tbody tr a").first.click()
    page.wait_for_selector("text=sums to")
    assert axe_violations(page) == []
    picture(page, "remittance")

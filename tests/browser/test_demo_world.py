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
    "Pharmacy biller",
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


# What is shown of the page: how much wider than the window it is, which tables scroll sideways, which cells are cut, which
# keys stand on two acts, where a day is written as programs write it, and which acts have neither a key nor a field whose
# Enter sends them.
LOOK = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.getClientRects().length && node.checkVisibility() && !node.disabled);
  const words = (node) => (node.getAttribute("aria-label") || node.textContent).trim().replace(/\\s+/g, " ");
  const keys = all("[data-key]").map((node) => node.dataset.key);
  const page = document.documentElement;
  return {
    wide: page.scrollWidth - page.clientWidth,
    sideways: all("main .scroll").filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => `${words(box.querySelector("caption"))} ${box.scrollWidth - box.clientWidth}`),
    cut: all("table.grid tbody td").filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map(words),
    twice: keys.filter((key, at) => keys.indexOf(key) !== at),
    iso: document.body.innerText.match(/.{0,40}\\b(?:19|20)\\d\\d-\\d\\d-\\d\\d\\b/g) || [],
    keyless: all("main a.btn, main button, main summary").filter((node) => !node.matches("[data-key], [data-row-key], [data-back], .why")
      && !node.querySelector("kbd") && !node.closest("form")?.querySelector("input:not([type=hidden], [type=checkbox]), textarea, select")).map(words),
  };
}"""
# The twin: a page that is wrong in each of these ways.
SPOIL = """() => document.querySelector("main").insertAdjacentHTML("beforeend",
  '<div class="scroll" id="odd"><table class="grid"><caption>odd</caption><tbody><tr><td class="odd-cut">' + "long ".repeat(99) + '</td>'
  + '<td><div class="odd-wide">2026-11-26</div></td></tr></tbody></table></div><div class="odd-page">wide</div>'
  + '<a href="/" data-key="Q">one</a><a href="/" data-key="Q">two</a><button class="btn">no key</button>')
  || (document.querySelector(".odd-cut").style.maxWidth = "50px", document.querySelector(".odd-wide").style.width = "3000px",
    document.querySelector(".odd-page").style.width = "5000px", document.querySelector(".odd-page").style.position = "absolute")"""
FITS = {"wide": 0, "sideways": [], "cut": [], "twice": [], "iso": [], "keyless": []}


def test_every_page_of_every_desk_opens_fits_1280_pixels_and_pleases_axe(demo, page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    odd = {}
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
            page.wait_for_load_state("networkidle")
            odd[role, link] = page.evaluate(LOOK)
            # Of two desks' lists the first record, too; a file's page shows its bytes, days and all.
            records = page.locator("main tr[data-href]")
            if (
                role in ("Billing lead", "Pharmacy biller")
                and link != "/files/"
                and records.count()
            ):
                record = records.first.get_attribute("data-href")
                page.goto(f"{demo.url}{record}")
                page.wait_for_load_state("networkidle")
                odd[role, record] = page.evaluate(LOOK)

    assert {where: found for where, found in odd.items() if found != FITS} == {}
    page.evaluate(SPOIL)
    seen = {name for name, value in page.evaluate(LOOK).items() if value}
    assert seen == {"wide", "sideways", "cut", "twice", "iso", "keyless"}  # what it would have seen


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
    assert page.locator("table.grid tbody .chip", has_text="ready to post").count() == 3
    with_money = page.locator("table.grid tbody tr").filter(has_not_text="26ANSWER2")
    with_money.locator("a").first.click()
    page.wait_for_selector("text=sums to")
    assert axe_violations(page) == []
    picture(page, "remittance")

    page.goto(f"{demo.url}/remittances/")
    page.locator("table.grid tbody tr", has_text="26ANSWER2").locator("a").first.click()
    page.wait_for_selector("text=that answer is not taken back")  # one that a person has to place
    assert axe_violations(page) == []

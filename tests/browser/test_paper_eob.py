"""A paper EOB of ten lines, keyed and posted with the number pad alone; the keystrokes are counted."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.world import PAYER, claim, line
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser

PAD = {
    ".": "NumpadDecimal",
    "+": "NumpadAdd",
    "-": "NumpadSubtract",
    "*": "NumpadMultiply",
    "/": "NumpadDivide",
    "=": "NumpadEnter",
    **{digit: f"Numpad{digit}" for digit in "0123456789"},
}
CHECK = "1268.60"
# Claim, its lines (code, charge) and the keys for each: = is Enter. 20377 is H-20377.
EOB = (
    ("20377=", (("99213", "240.00", "171.8+"),)),  # paid in full, 68.20 by contract
    ("20380=", (("29881", "1250.00", "800=200+"),)),  # 200.00 coinsurance, 250.00 by contract
    (
        "20402=",
        (
            ("97110", "62.00", "34.4=8.6+"),
            ("97112", "62.00", "+"),  # the same again
            ("97140", "62.00", "+"),
        ),
    ),
    (
        "20404=",
        (
            ("99215", "310.00", "180=45+"),
            ("93000", "60.00", "0*97=="),  # denied, CO-97
        ),
    ),
    (
        "20409=",
        (
            ("99214", "185.00", "0==120+"),  # 120.00 deductible, 65.00 by contract
            ("36415", "12.00", "3=.75+"),
            ("80053", "45.00", "10.6+"),
        ),
    ),
)
POST = "++"  # shows what posting does, then posts
KEYSTROKES = 88
AFTER = {
    "asset:remit-clearing": "1268.60",
    # 68.20 + 250.00 + 3 x 19.00 + 85.00 + 65.00 + 8.25 + 34.40
    "contra:contractual": "567.85",
    "receivable:patient": "391.55",  # 200.00 + 3 x 8.60 + 45.00 + 120.00 + 0.75
    "receivable:payer:1": "60.00",  # the denied line stays open
    "revenue:patient-services": "-2288.00",
}


def typed() -> str:
    """Every key of the EOB, in order."""
    return "".join(number + "".join(one[2] for one in lines) for number, lines in EOB) + POST


@pytest.fixture
def check(practice: int, demo_people) -> int:
    """Five claims of ten lines, and the batch of their check that Marcus has begun."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.shared.tenancy.context import tenant

    claims = [
        claim(
            f"H-{number.rstrip('=')}",
            *(line(place, code, charge) for place, (code, charge, _) in enumerate(lines, 1)),
        )
        for number, lines in EOB
    ]
    with tenant(practice):
        import_claims(claims, source_file_id=7, received_on=date(2026, 7, 1))
        return Paper().open(CHECK, by=demo_people["Marcus Webb"])


def press(page: Any, keys: str) -> None:
    for key in keys:
        page.keyboard.press(PAD[key])


def settled(page: Any) -> None:
    """Everything typed has been worked on and kept."""
    page.wait_for_function(
        "() => { const k = document.querySelector('#keying');"
        " return k && k.dataset.mode !== 'wait' && k.dataset.unsaved === '0'; }"
    )


def balances(practice: int) -> dict[str, str]:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return {account: f"{amount:.2f}" for account, amount in Paper().accounts().items()}


def test_ten_lines_with_the_number_pad_alone(
    page, workbench: Workbench, practice: int, check: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/paper-eobs/{check}/")
    page.locator("#pad").wait_for()

    keys = typed()
    press(page, keys[: -len(POST)])
    settled(page)
    page.screenshot(path=ARTIFACTS / "paper-eob.png")
    left, tape = page.locator("#left").inner_text(), page.locator("#tape .sum").inner_text()
    counted = int(page.locator("#keying").get_attribute("data-strokes"))
    press(page, POST[0])
    page.get_by_role("heading", name="If posted now").wait_for()
    planned = page.locator("#simulation").inner_text()
    press(page, POST[1])
    page.get_by_text("Posted: 5 of 5 claims").wait_for()

    assert left == "0.00"
    assert "1,268.60" in tape
    assert "Remittances awaiting their deposit\n1,268.60" in planned
    assert counted == KEYSTROKES - len(POST)
    assert len(keys) == KEYSTROKES
    assert set(keys) <= set(PAD)
    assert balances(practice) == AFTER
    common = [
        len(one[2]) for _, lines in EOB for one in lines if one[2].endswith("+") and "=" in one[2]
    ]
    print(
        f"{len(keys)} keystrokes for {sum(len(lines) for _, lines in EOB)} lines; common case {common}"
    )
    assert axe_violations(page) == []


def test_a_browser_that_goes_away_loses_nothing(
    page, workbench: Workbench, practice: int, check: int
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/paper-eobs/{check}/")
    page.locator("#pad").wait_for()
    press(page, "20377=171.8+20380=800=")  # the second line is not finished
    settled(page)

    page.reload()
    page.locator("#pad").wait_for()
    text = page.locator("#lines").inner_text()
    press(page, "20380=200+")
    settled(page)

    assert "450.00 to explain" in text
    assert page.locator("#left").inner_text() == "296.80"
    assert "CO-45 250.00" in page.locator("#lines").inner_text()


def test_who_comes_second_is_told_and_may_take_over(
    page, workbench: Workbench, practice: int, check: int
) -> None:
    workbench.sign_in(page, "Billing lead")
    page.goto(f"{workbench.url}/paper-eobs/{check}/")
    page.get_by_text("Marcus Webb is keying this batch").wait_for()
    assert page.locator("#pad").count() == 0

    page.keyboard.press("o")
    page.locator("#pad").wait_for()
    press(page, "20377=171.8+")
    settled(page)

    assert page.locator("#left").inner_text() == "1,096.80"


def test_a_batch_is_begun_at_the_keyboard_and_its_scan_lies_beside(
    page, workbench: Workbench, practice: int, check: int, tmp_path
) -> None:
    scan = tmp_path / "eob.png"
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/paper-eobs/")
    page.screenshot(path=ARTIFACTS / "paper-eobs.png")
    assert axe_violations(page) == []
    scan.write_bytes(page.screenshot())
    page.keyboard.press("n")
    page.get_by_role("heading", name="New batch").wait_for()
    page.keyboard.type(f"{PAYER.name[:7]}")
    page.keyboard.press("Enter")
    page.keyboard.type("20001")
    page.keyboard.press("Enter")
    page.keyboard.type("171.8")
    page.locator("#id_scan").set_input_files(scan)
    assert axe_violations(page) == []
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Paper EOB, check 20001").wait_for()
    page.get_by_alt_text("Scan of the paper EOB").wait_for()

    page.keyboard.press("F7")
    zoom = page.locator("#zoom").inner_text()
    press(page, "20377=171.8")
    settled(page)
    for theme, width in (("light", 1440), ("dark", 1440), ("light", 1280), ("dark", 1280)):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        page.screenshot(path=ARTIFACTS / f"paper-eob-scan-{theme}-{width}.png")
        assert axe_violations(page) == []
    assert zoom == "125 %"


def test_a_refused_batch_keeps_its_scan_and_puts_the_cursor_where_it_is_refused(
    page, workbench: Workbench, practice: int, check: int, tmp_path
) -> None:
    scan = tmp_path / "eob.png"
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/paper-eobs/")
    scan.write_bytes(page.screenshot())
    page.goto(f"{workbench.url}/paper-eobs/new/")
    page.get_by_label("Payer").fill(PAYER.name)
    page.get_by_label("Check or EFT number").fill("20001")
    page.get_by_label("Amount").fill("0")
    page.locator("#id_scan").set_input_files(scan)

    page.get_by_label("Amount").press("Control+Enter")
    page.get_by_text("does not go with Check").wait_for()

    assert page.evaluate("document.activeElement.id") == "id_amount"
    assert page.evaluate("document.querySelector('#id_scan').files[0]?.name") == "eob.png"
    assert "has to be chosen again" not in page.inner_text("main")
    assert axe_violations(page) == []
    page.keyboard.press("Control+A")
    page.keyboard.type("171.8")
    page.keyboard.press("Control+Enter")
    page.get_by_alt_text("Scan of the paper EOB").wait_for()


def test_the_tape_is_the_sum_whatever_is_pressed(
    page, workbench: Workbench, practice: int, check: int
) -> None:
    """Any keys in any order: the tape is what the entries add up to, here and on the server, and nothing is refused."""
    from random import Random

    from cleanclaim.apps.billing.keying.selectors import keyed_of, tape_of
    from cleanclaim.apps.shared.tenancy.context import tenant

    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/paper-eobs/{check}/")
    page.locator("#pad").wait_for()
    random = Random(20377)
    pieces = [number for number, _ in EOB] + [
        *"0123456789.+-*/=", "80=", "20+", "*45=", "=", "*1123=5=", "*21=9=7-", "*22=8=4+", "*32=",
        "*0", "-", "0*97==", "5*1=2=",
    ]  # fmt: skip
    for _ in range(6):
        keys = "".join(random.choice(pieces) for _ in range(120))
        press(page, keys.rstrip("+"))
        settled(page)
        press(page, "///////")  # out of whatever is open
        settled(page)
        entries = page.evaluate("() => document.querySelector('#tape .sum').lastChild.textContent")
        with tenant(practice):
            kept, keyed = tape_of(check), keyed_of(check)
        assert Decimal(entries.replace(",", "").replace("−", "-")) == kept
        assert kept == sum((one.tape for one in keyed), Decimal("0.00"))
        assert page.locator("#saved").inner_text() == "all kept"
    assert Counter(one.kind for one in keyed)["line"] > 0

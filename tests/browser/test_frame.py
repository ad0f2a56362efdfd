"""The frame around every page, in a real browser."""

import pytest

from tests.browser.conftest import Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_and_first_page_have_no_axe_violation(page, workbench: Workbench, scheme) -> None:
    page.emulate_media(color_scheme=scheme)

    page.goto(f"{workbench.url}/account/login/")
    at_sign_in = axe_violations(page)
    workbench.sign_in(page, "Practice biller")
    on_first_page = axe_violations(page)
    page.keyboard.press("?")
    with_keys = axe_violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#palette-hits [role=option]").first.wait_for()
    with_palette = axe_violations(page)

    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert [at_sign_in, on_first_page, with_keys, with_palette] == [[], [], [], []]


def test_axe_sees_a_fault_when_there_is_one(page, workbench: Workbench) -> None:
    page.goto(f"{workbench.url}/account/login/")

    page.evaluate("document.querySelector('label[for=id_password]').remove()")

    assert any(line.startswith("label:") for line in axe_violations(page))


def test_a_person_with_two_organizations_chooses_and_switches(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Billing lead")

    page.locator("summary", has_text="Harbor Family Medicine").click()
    page.get_by_role("button", name="Coastal Alliance Health Plan").click()

    page.locator("summary", has_text="Coastal Alliance Health Plan").wait_for()
    assert page.get_by_text("Plan lead", exact=True).count() > 0


def test_the_point_of_view_is_kept_and_shown_until_taken_back(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")

    page.locator("summary", has_text="as of").click()
    page.get_by_label("As it stood on").fill("2026-01-31")
    page.get_by_role("button", name="Look").click()
    page.locator("summary", has_text="as of Jan 31, 2026").click()
    page.get_by_role("button", name="Back to now").click()

    page.locator("summary", has_text="as of today").wait_for()
    assert page.locator("summary", has_text="Jan 31").count() == 0


def test_dark_mode_is_one_key_and_stays(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")

    page.keyboard.press("t")
    page.reload()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_one_escape_closes_the_palette_whatever_was_typed(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")
    page.keyboard.press("Control+k")
    page.keyboard.type("aging")

    page.keyboard.press("Escape")

    assert page.locator("#palette[open]").count() == 0


def test_the_day_to_look_at_is_set_by_keys_and_found_by_its_words(
    page, workbench: Workbench
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.keyboard.press("Control+k")
    page.keyboard.type("as of")
    page.locator("#palette-hits [role=option]", has_text="as of today").wait_for()
    page.keyboard.press("Escape")

    page.keyboard.press("y")
    page.keyboard.type("01312026")
    page.keyboard.press("Enter")

    page.locator("summary", has_text="as of Jan 31, 2026").wait_for()


def test_the_line_of_the_page_is_in_sight_in_a_rail_that_is_longer_than_the_window(
    page, workbench: Workbench
) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    workbench.sign_in(page, "Practice biller")

    page.goto(f"{workbench.url}/ledger/months/")

    line = page.locator(".rail a.on")
    box = line.bounding_box()
    assert line.inner_text() == "Months"
    assert box["y"] > 48 and box["y"] + box["height"] <= 480
    assert page.evaluate("window.scrollY") == 0


QUEUE = """
const rows = [1, 2, 3].map((n) => `<tr data-row="${n}" data-href="/find/?q=row${n}" data-why="/find/?q=why${n}">
  <td><input type="checkbox" name="row" value="${n}" aria-label="row ${n}"></td><td>row ${n}</td></tr>`).join("");
document.querySelector("main .stack").innerHTML =
  `<table class="grid" data-queue><tbody>${rows}</tbody></table><a href="/find/?q=note" data-key="n">Note <kbd>n</kbd></a>`;
"""


def test_a_queue_is_worked_with_the_keyboard_alone(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")
    page.evaluate(QUEUE)

    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    at = page.locator("tr.cur").get_attribute("data-row")
    page.keyboard.press("x")
    picked = page.locator("input[name=row]:checked").evaluate_all(
        "all => all.map(one => one.value)"
    )
    with page.expect_response(lambda answer: "q=why2" in answer.url):
        page.keyboard.press("w")
    page.keyboard.press("?")
    help_text = page.locator("#page-keys").inner_text()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=row2")

    assert (at, picked) == ("2", ["2"])
    assert "Note" in help_text


MORE_KEYS = """
document.querySelector(".head .do")?.remove();  // the page's own Export
document.querySelectorAll("tr[data-row] td:last-child").forEach((cell, at) =>
  cell.insertAdjacentHTML("beforeend", `<button data-row-key="d" aria-label="Take out ${at + 1}">Take out</button>`));
document.querySelectorAll("[data-row-key]").forEach((one) => one.addEventListener("click", () => { document.title = one.ariaLabel; }));
document.querySelector("main .stack").insertAdjacentHTML("beforeend",
  '<a href="/find/?q=taken" data-key="E">Export <kbd>E</kbd></a><button class="btn" id="plain">Count anew</button>'
  + '<details><summary data-key="v">Void</summary><button class="btn">Within a closed panel</button></details>');
document.getElementById("plain").addEventListener("click", () => { document.title = "counted"; });
"""


def test_a_line_has_its_key_a_capital_is_pressed_with_shift_and_what_has_none_is_found_by_its_words(
    page, workbench: Workbench
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.evaluate(QUEUE)
    page.evaluate(MORE_KEYS)

    for key in ("j", "j", "d"):
        page.keyboard.press(key)
    taken = page.title()
    page.keyboard.press("?")
    listed = page.locator("#page-keys").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("count anew")
    page.locator("#palette-hits [aria-selected=true]", has_text="Count anew").wait_for()
    page.keyboard.press("Enter")
    counted = page.title()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+E")
    page.wait_for_url("**/find/?q=taken")

    assert (taken, counted) == ("Take out 2", "counted")
    assert [words in listed for words in ("Shift E", "Take out 2", "Void", "Count anew")] == [
        True
    ] * 4
    assert "Take out 1" not in listed and "closed panel" not in listed


def test_keys_typed_into_a_field_are_text(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")
    page.evaluate(QUEUE)
    page.evaluate(
        "document.querySelector('main .stack').insertAdjacentHTML('beforeend', '<input id=box aria-label=box data-search>')"
    )

    page.keyboard.press("/")
    page.keyboard.type("jx n?")

    assert page.locator("#box").input_value() == "jx n?"
    assert page.locator("tr.cur").count() == 0


def test_an_unknown_address_says_what_why_and_what_to_do(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")

    page.goto(f"{workbench.url}/no/such/page/")

    assert page.get_by_role("heading", name="There is nothing at this address.").is_visible()
    assert "What to do:" in page.locator("main").inner_text()


def test_a_passkey_is_enrolled_and_then_opens_the_door_alone(page, workbench: Workbench) -> None:
    _plug_in_security_key(page)
    workbench.sign_in(page, "Practice biller")

    page.goto(f"{workbench.url}/account/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Blue key")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(f"{workbench.url}/")
    page.locator("summary", has_text="Marcus Webb").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/account/" not in url)

    assert page.locator("summary", has_text="Marcus Webb").is_visible()


def test_the_passkey_button_waits_for_its_script(page, workbench: Workbench) -> None:
    """A press before the script listens would send an empty form, and the person would stand where she stood."""
    states = []
    page.expose_function("tell_state", lambda disabled: states.append(disabled))
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
            const button = document.getElementById("passkey_login");
            if (button && document.readyState === "interactive") window.tell_state(button.disabled);
        })"""
    )

    page.goto(f"{workbench.url}/account/login/")

    assert page.get_by_role("button", name="Use a passkey").is_enabled()
    assert states == [True]


def test_a_passkey_that_this_device_has_not_is_told(page, workbench: Workbench) -> None:
    _plug_in_security_key(page)
    page.goto(f"{workbench.url}/account/login/")

    page.get_by_role("button", name="Use a passkey").click()

    told = page.locator("#messages .alert-line")
    told.wait_for()
    assert "The passkey was not used" in told.inner_text()
    assert page.get_by_label("E-mail address").is_enabled()


def _plug_in_security_key(page) -> None:
    """A key of the browser's own making that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )


def test_all_keys_means_the_pages_keys_and_the_palette_finds_the_pages_own_acts(
    page, workbench: Workbench
) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/remittances/")

    page.keyboard.press("?")
    money = page.locator("#go-keys section", has=page.get_by_role("heading", name="Money"))
    shown, found = money.inner_text().split(), axe_violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("upload")
    page.locator("#palette-hits [aria-selected=true]", has_text="Upload 835").wait_for()
    with_palette = axe_violations(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/upload/")

    assert shown[:4] == ["Money", "g", "r", "Remittances"]
    assert [found, with_palette] == [[], []]

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

    assert page.locator("summary", has_text="Coastal Alliance Health Plan").is_visible()


def test_the_point_of_view_is_kept_and_shown_until_taken_back(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")

    page.locator("summary", has_text="as of").click()
    page.get_by_label("As it stood on").fill("2026-01-31")
    page.get_by_role("button", name="Look").click()
    chosen = page.locator("summary", has_text="as of").inner_text()
    page.locator("summary", has_text="as of").click()
    page.get_by_role("button", name="Back to now").click()

    assert chosen == "as of Jan 31, 2026"
    assert "today" in page.locator("summary", has_text="as of").inner_text()


def test_dark_mode_is_one_key_and_stays(page, workbench: Workbench) -> None:
    workbench.sign_in(page, "Practice biller")

    page.keyboard.press("t")
    page.reload()

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


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
    page.wait_for_url(f"{workbench.url}/")

    assert page.locator("summary", has_text="Marcus Webb").is_visible()


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

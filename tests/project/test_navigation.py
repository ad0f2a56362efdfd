"""The palette finds pages by what people call them."""

import re

import pytest
from django.test import Client

from tests.apps.billing.desks import browser, demo

pytestmark = pytest.mark.database_core


@pytest.fixture
def lead(practice: int) -> Client:
    """A lead of a practice, who sees every page of the money desk."""
    with demo():
        yield browser(practice, "Billing lead", name="Lee")


def pages(client: Client, text: str) -> list[str]:
    """The titles below *Go to* and below *Called so as well*."""
    response = client.get("/find/", {"q": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    groups = re.findall(
        r'aria-label="(?:Go to|Called so as well)">(.*?)</div>', response.content.decode(), re.S
    )
    return [title for group in groups for title in re.findall(r"<a [^>]*>([^<]*)<small", group)]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("denial", "Claims"),
        ("denials", "Claims"),
        ("denials", "My day"),
        ("denials", "Remittances"),
        ("appeal", "Variances"),
        ("appeals", "Claims"),
        ("EOB", "Paper EOB"),
        ("eobs", "Remittances"),
        ("refund", "Credits"),
        ("refunds", "Credits"),
        ("takeback", "Remittances"),
        ("take back", "Credits"),
        ("write-off", "Adjustments"),
        ("write off", "Adjustments"),
        ("writeoffs", "Adjustments"),
        ("deposit slip", "Deposits"),
        ("bank", "Deposits"),
        ("bank", "Daily proof"),
        ("copay", "Receipts"),
        ("co-pay", "Receipts"),
        ("aging", "Aging"),
        ("A/R", "Aging"),
        ("ar", "Aging"),
        ("month end", "Close"),
        ("month-end", "Months"),
        ("day sheet", "Daily proof"),
        ("bad debt", "Adjustments"),
        ("underpayment", "Variances"),
        ("post payments", "Remittances"),
        ("fee schedule", "Contracts"),
        ("trial", "Trial balance"),
        ("money variances", "Variances"),
    ],
)
def test_a_page_is_found_by_what_people_call_it(lead: Client, text: str, page: str) -> None:
    assert page in pages(lead, text)


def test_a_pages_own_name_comes_first_and_the_other_name_stands_beside(lead: Client) -> None:
    answer = lead.get("/find/", {"q": "denial"}, headers={"HX-Request": "true"}).content.decode()

    assert pages(lead, "deposits")[0] == "Deposits"
    assert "<small>denials</small>" in answer
    assert pages(lead, "zeppelin") == []
    assert len(pages(lead, "")) > 20


def test_what_a_role_may_not_see_no_other_name_shows(practice: int) -> None:
    with demo():
        poster = browser(practice, "Cash poster", name="Colin")

        assert "Adjustments" not in pages(poster, "write-off")
        assert "Credits" not in pages(poster, "refund")
        assert "Deposits" in pages(poster, "bank")


def test_every_page_of_the_money_desk_has_other_names_and_every_name_its_page(database) -> None:
    from cleanclaim.project.navigation import NAVIGATION
    from cleanclaim.project.other_names import OTHER_NAMES

    nameless = [item.label for item in NAVIGATION if item.section == "Money" and not item.also]

    assert nameless == []
    assert OTHER_NAMES.keys() <= {item.url_name for item in NAVIGATION}

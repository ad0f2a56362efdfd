"""S0 steps 2 to 6: Dana's morning at Willow Creek Pharmacy, from Summit's 835 to a day that two people signed; by page."""

import json
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.variances import summit

DAY = f"?day={summit.TODAY}"
BANK = f"""Date,Account,Amount,Description
{summit.TODAY},000778120,619.55,HCCLAIMPMT TRN*1*778120045*1330000009
"""


@pytest.fixture
def pharmacy(database) -> int:
    """Willow Creek Pharmacy with Summit's contract and the five fills of November 7."""
    from cleanclaim.apps.billing.variances.fills import load_fills
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    row = find_or_add_organization(
        kind="pharmacy", name="Willow Creek Pharmacy", npi=summit.NPI, tin=summit.TIN
    )
    with tenant(row.pk):
        summit.load_contract()
        load_fills(summit.FILLS, on=summit.TODAY)
    return row.pk


@pytest.fixture
def people(pharmacy: int) -> Iterator[tuple[Client, Client]]:
    """Dana, and the lead who approves."""
    with demo():
        yield (
            browser(pharmacy, "Pharmacy biller", name="Dana"),
            browser(pharmacy, "Billing lead", name="Lee"),
        )


def _text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def test_from_summits_payment_to_a_signed_day(pharmacy: int, people: tuple[Client, Client]) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana, lee = people
    with tenant(pharmacy):
        pk = summit.receive(summit.payment())
    seen = _text(dana.get(f"/remittances/{pk}/"))
    expected = _text(dana.get(f"/variances/remittances/{pk}/"))
    with tenant(pharmacy):
        done = post_remittance(pk, posted_on=summit.TODAY)
        dispatch_events()

    variances = _text(dana.get("/variances/"))
    banked = _text(
        dana.post(
            "/deposits/upload/",
            {"file": SimpleUploadedFile("bank.csv", BANK.encode())},
            follow=True,
        )
    )
    proof = json.loads(_text(dana.get(f"/daily-proof/{DAY}&json=1")))
    sign = {"day": str(summit.TODAY), "digest": proof["digest"]}
    prepared = _text(dana.post("/daily-proof/sign/", sign, follow=True))
    approved = _text(lee.post("/daily-proof/sign/", sign, follow=True))

    assert "nothing is posted yet" in seen and "619.55" in seen
    assert "485.55" in expected and "12.40" in expected  # one missing, one short, before posting
    assert (done.posted, done.held) == (4, 0)
    # 1,120.85 promised = 619.55 received + 12.40 short + 485.55 missing + 3.35 fee
    for figure in ("1,120.85", "619.55", "501.30"):
        assert figure in variances
    assert "1 bank line, 1 deposit placed." in banked
    assert (proof["remitted"], proof["posted"], proof["bank"]) == ("619.55", "619.55", "619.55")
    assert "Prepared" in prepared and "Prepared and approved." in approved


def test_the_pharmacys_rail_has_the_desks_that_its_money_needs(people) -> None:
    page = _text(people[0].get("/remittances/"))
    rail = page.split('<nav class="rail"')[1].split("</nav>")[0]

    for label in ("Remittances", "Deposits", "Daily proof", "Variances", "Aging", "KPIs"):
        assert f">{label}" in rail, label

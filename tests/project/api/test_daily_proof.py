"""The daily proof by API: looked at, prepared, approved, and why where money out is not explained."""

import pytest

from tests.apps.billing.deposits.bank import bring
from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

pytestmark = pytest.mark.database_core
WHERE = "/daily-proof/signatures"


@pytest.fixture
def people(make_api: MakeApi, practice: int) -> list[Api]:
    """Two billers and a lead."""
    worlds.fill_practice(practice)
    return [
        make_api(practice, role=role)
        for role in ("Practice biller", "Practice biller", "Billing lead")
    ]


def proof(api: Api) -> dict:
    return api.get("/daily-proof", day=str(PAID_ON)).json()


def test_a_day_is_prepared_by_one_and_approved_by_a_lead(
    people: list[Api], practice_api: Api
) -> None:
    dana, omar, lee = people
    body = {"day": str(PAID_ON), "digest": proof(dana)["digest"]}

    machine = practice_api.post(WHERE, body, key="sign-00001")
    stale = dana.post(WHERE, {**body, "digest": "0" * 64}, key="sign-00002")
    reasoned = dana.post(WHERE, {**body, "reason": "to be sure"}, key="sign-00003")
    prepared = dana.post(WHERE, body, key="sign-00004")
    again = dana.post(WHERE, body, key="sign-00005")
    not_lead = omar.post(WHERE, body, key="sign-00006")
    approved = lee.post(WHERE, body, key="sign-00007")

    assert [one.status_code for one in (machine, stale, reasoned)] == [403, 409, 400]
    assert [one.status_code for one in (prepared, again, not_lead, approved)] == [
        201,
        403,
        403,
        201,
    ]
    assert [one["place"] for one in proof(dana)["signatures"]] == ["prepared", "approved"]
    assert {one["reason"] for one in proof(dana)["signatures"]} == {""}


def test_what_is_not_explained_wants_its_reason_and_says_where(
    people: list[Api], practice: int
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        bring((PAID_ON, "-45.00", "DEPOSITED ITEM RETURNED"), name="out.csv")
    dana = people[0]
    found = proof(dana)
    body = {"day": str(PAID_ON), "digest": found["digest"]}

    refused = dana.post(WHERE, body, key="sign-00001")
    signed = dana.post(WHERE, {**body, "reason": "bank called"}, key="sign-00002").json()

    assert (refused.status_code, refused.json()["where"]) == (422, "body.reason")
    assert "45.00 left the bank" in refused.json()["expected"]
    assert found["money_out_open"] == "45.00"
    [kept] = signed["signatures"]
    assert (kept["not_explained"], kept["reason"], kept["stands"]) == ("45.00", "bank called", True)

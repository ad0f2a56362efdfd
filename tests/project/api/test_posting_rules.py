"""Posting rules by API: looked at, put in force, carried out as the simulation says, ended."""

import pytest
from django.utils import timezone

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

SMALL = {"pattern": "CO-45", "action": "write_off", "account": "contra:small-balance", "amount_limit": "50.00"}  # fmt: skip


@pytest.fixture
def ids(practice: int) -> worlds.Ids:
    return worlds.fill_practice(practice)


@pytest.fixture
def lead(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


@pytest.fixture
def other(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


def today() -> str:
    return timezone.localdate().isoformat()


def accounts(practice: int) -> dict[str, str]:
    from cleanclaim.apps.shared.ledger.selectors import account_balances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return {code: f"{amount:.2f}" for code, amount in account_balances().items() if amount}


def test_a_rule_is_looked_at_kept_carried_out_and_ended(
    lead: Api, other: Api, ids, practice: int
) -> None:
    where = f"/remittances/{ids['remittance_id']}"
    body = {**SMALL, "valid_from": today()}

    looked = lead.post("/posting-rules/preview", body).json()["changes"]
    kept = lead.post("/posting-rules", body, key="rule-0001")
    again = lead.post("/posting-rules", body, key="rule-0001")
    waiting = lead.get(f"{where}/simulation").json()
    path = f"/posting-rules/{kept.json()['id']}"
    own = lead.post(f"{path}/approve", key="own-000001")
    approved = other.post(f"{path}/approve", key="other-00001").json()
    simulated = lead.get(f"{where}/simulation").json()
    lead.post(f"{where}/post", key="post-0001")
    ended = lead.post(f"/posting-rules/{kept.json()['id']}/end", key="end-00001")
    twice = lead.post(f"/posting-rules/{kept.json()['id']}/end", key="end-00002")

    changed = {(one["trace_number"], one["adjustment"], one["amount"]) for one in looked}
    assert changed == {("T1", "CO-45", "30.00"), ("T2", "CO-45", "50.00")}
    assert (kept.status_code, again.json()) == (201, kept.json())
    assert [one for one in _legs(waiting) if one["account"] == SMALL["account"]] == []
    assert (kept.json()["state"], own.status_code) == ("proposed", 403)
    assert (approved["state"], approved["is_in_force"]) == ("approved", True)
    assert approved["decided_by"] != approved["made_by"]
    planned = [one for one in _legs(simulated) if one["account"] == SMALL["account"]]
    assert [one["amount"] for one in planned] == ["30.00"]
    assert accounts(practice)[SMALL["account"]] == "30.00"
    assert "contra:contractual" not in accounts(practice)
    assert (ended.json()["valid_to"], twice.status_code) == (today(), 409)
    rules = lead.get("/posting-rules").json()["rows"]
    assert [one["pattern"] for one in rules] == ["CO-45", "CO-ZZZ"]


def _legs(found: object) -> list[dict]:
    """Every leg in an answer, at any depth."""
    if isinstance(found, dict):
        own = [found] if "account" in found and "amount" in found else []
        return own + [leg for one in found.values() for leg in _legs(one)]
    return [leg for one in found for leg in _legs(one)] if isinstance(found, list) else []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"amount_limit": "0.004"}, 422),
        ({"amount_limit": "-1.00"}, 400),
        ({"account": "asset:bank"}, 400),
        ({"pattern": "XX-45"}, 400),
        ({"payer_id": 2**62}, 400),
        ({"valid_from": "2020-01-01"}, 400),
        ({"action": "refund"}, 422),
    ],
)
def test_what_cannot_be_is_refused_at_the_look_and_at_the_door(
    lead: Api, ids, more, status
) -> None:
    body = {**SMALL, "valid_from": today(), **more}

    looked = lead.post("/posting-rules/preview", body)
    kept = lead.post("/posting-rules", body, key="rule-0001")

    assert (looked.status_code, kept.status_code) == (status, status)
    assert len(lead.get("/posting-rules").json()["rows"]) == 1


def test_a_rule_needs_a_person(practice_api: Api, ids) -> None:
    body = {**SMALL, "valid_from": today()}

    assert practice_api.post("/posting-rules", body, key="rule-0001").status_code == 403


def test_a_rule_that_holds_counts_at_once_and_is_ended_by_two(lead: Api, other: Api, ids) -> None:
    body = {"pattern": "CO-45", "action": "hold", "valid_from": today()}

    kept = lead.post("/posting-rules", body, key="rule-0001").json()
    path = f"/posting-rules/{kept['id']}"
    asked = lead.post(f"{path}/end", key="end-00001").json()
    own = lead.post(f"{path}/end/approve", key="end-00002")
    stays = lead.post(f"{path}/end/refuse", key="end-00003").json()
    lead.post(f"{path}/end", key="end-00004")
    ended = other.post(f"{path}/end/approve", key="end-00005").json()

    assert (kept["state"], kept["is_in_force"]) == ("alone", True)
    assert (asked["valid_to"], asked["end_asked_by"]) == (None, kept["made_by"])
    assert (own.status_code, stays["end_asked_by"]) == (403, None)
    assert (ended["valid_to"], ended["ended_by"] != kept["made_by"]) == (today(), True)


def test_a_proposed_rule_is_refused_or_withdrawn(lead: Api, other: Api, ids) -> None:
    body = {**SMALL, "valid_from": today()}
    first, second = (
        f"/posting-rules/{lead.post('/posting-rules', body, key=f'rule-000{n}').json()['id']}"
        for n in (1, 2)
    )

    not_theirs = other.post(f"{first}/withdraw", key="other-00001")
    refused = other.post(f"{first}/refuse", {"reason": "too wide"}, key="other-00002").json()
    withdrawn = lead.post(f"{second}/withdraw", key="lead-00001").json()
    late = other.post(f"{second}/approve", key="other-00003")

    assert (not_theirs.status_code, late.status_code) == (409, 409)
    assert (refused["state"], refused["decision"]) == ("refused", "too wide")
    assert (withdrawn["state"], withdrawn["is_in_force"]) == ("withdrawn", False)

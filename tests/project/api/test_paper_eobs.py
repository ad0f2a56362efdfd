"""A program keys an EOB: begin, entries, simulation, post; what is wrong is named and changes nothing."""

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.world import claim, line
from tests.project.api.conftest import Api


@pytest.fixture
def ids(practice: int) -> dict[str, int]:
    """A claim of two lines and its payer."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [claim_id] = Desk().take(claim("A1", line(1), line(2, "99214", "180.00")))
        return {"claim": claim_id, "payer": Paper().payer_id()}


def begin(api: Api, payer: int, amount: str = "224.00", *, key: str = "begin-0001"):
    body = {"payer_id": payer, "number": "10482", "amount": amount, "paid_on": "2026-07-08"}
    return api.post("/paper-eobs", body, key=key)


def lines(claim_id: int) -> dict:
    return {
        "entries": [
            {
                "claim_id": claim_id,
                "line": "1",
                "paid": "80.00",
                "adjustments": [
                    {"group": "CO", "reason": "45", "amount": "30.00"},
                    {"group": "PR", "reason": "2", "amount": "10.00"},
                ],
            },
            {
                "claim_id": claim_id,
                "line": "99214",
                "paid": "144.00",
                "adjustments": [{"group": "CO", "reason": "45", "amount": "36.00"}],
            },
        ]
    }


def test_begin_key_look_post(practice_api: Api, ids: dict[str, int]) -> None:
    batch = begin(practice_api, ids["payer"]).json()
    place = f"/paper-eobs/{batch['id']}"
    early = practice_api.get(f"{place}/simulation")
    keyed = practice_api.post(f"{place}/entries", lines(ids["claim"]), key="entries-0001")
    looked = practice_api.get(f"{place}/simulation").json()
    posted = practice_api.post(f"{place}/post", key="post-000001").json()

    assert early.status_code == 409
    assert (keyed.json()["keyed"], keyed.json()["left"]) == ("224.00", "0.00")
    assert looked["claims"][0]["outcome"] == "paid" and not looked["hold"]
    assert (posted["state"], bool(posted["remittance_id"])) == ("posted", True)
    assert practice_api.get(f"/remittances/{posted['remittance_id']}").json()["state"] == "posted"
    assert practice_api.get("/paper-eobs", state="posted").json()["rows"][0]["id"] == batch["id"]


def test_off_by_a_cent_is_a_conflict_and_nothing_is_posted(
    practice_api: Api, ids: dict[str, int]
) -> None:
    batch = begin(practice_api, ids["payer"], "224.01").json()
    practice_api.post(f"/paper-eobs/{batch['id']}/entries", lines(ids["claim"]), key="entries-0001")

    answer = practice_api.post(f"/paper-eobs/{batch['id']}/post", key="post-000001")

    assert answer.status_code == 409
    assert "off by 0.01" in answer.json()["what"]
    assert practice_api.get(f"/paper-eobs/{batch['id']}").json()["state"] == "open"


def test_one_wrong_entry_is_named_and_none_is_kept(practice_api: Api, ids: dict[str, int]) -> None:
    batch = begin(practice_api, ids["payer"]).json()
    body = lines(ids["claim"])
    body["entries"][1]["line"] = "77777"

    answer = practice_api.post(f"/paper-eobs/{batch['id']}/entries", body, key="entries-0001")

    assert answer.status_code == 400
    assert practice_api.get(f"/paper-eobs/{batch['id']}").json()["entries"] == []


def test_the_same_check_again_is_a_conflict(practice_api: Api, ids: dict[str, int]) -> None:
    begin(practice_api, ids["payer"])

    assert begin(practice_api, ids["payer"], key="begin-0002").status_code == 409

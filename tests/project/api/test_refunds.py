"""Refunds by API: identified, approved by another person, issued in a file, stopped, issued anew, cleared."""

import pytest

from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

HOW = {"method": "check", "bank": {"routing": "011000015", "account": "778120", "company_id": "1310000001", "name": "Harbor"}}  # fmt: skip


@pytest.fixture
def people(make_api: MakeApi, practice: int) -> list[Api]:
    """Two leads and a biller."""
    worlds.fill_practice(practice)
    return [make_api(practice, role=role) for role in ("Billing lead", "Billing lead", "Practice biller")]  # fmt: skip


def identified(api: Api, amount: str = "40.00") -> dict:
    """A prepayment that somebody says is to be given back."""
    [patient] = api.get("/patients").json()["rows"]
    taken = api.post(
        "/receipts",
        {"patient_id": patient["id"], "amount": amount, "kind": "prepayment", "method": "cash"},
        key="prepaid-1",
    ).json()
    found = api.get("/credits").json()["credits"]
    key = next(one["key"] for one in found if one["key"].endswith(f"receipt {taken['id']}"))
    words = {"owner": "patient", "owner_id": patient["id"], "words": "moved away"}
    made = api.post("/refunds", {"credit": key, **words}, key="identify-1")
    assert made.status_code == 201, made.content
    return made.json()


def test_a_refund_goes_its_way_under_two_persons(people: list[Api]) -> None:
    ana, lee, _ = people
    row = identified(ana)
    where = f"/refunds/{row['id']}"
    issue = {**HOW, "refunds": [{"refund_id": row["id"]}]}

    asked = ana.post(f"{where}/request", key="request-1").json()
    own = ana.post(f"{where}/approve", key="approve-1")
    early = lee.post("/refund-files", issue, key="issue-001")
    approved = lee.post(f"{where}/approve", key="approve-2").json()
    file = ana.post("/refund-files", issue, key="issue-002")
    lees = lee.post("/refund-files", issue, key="issue-003")

    assert (row["state"], asked["state"], own.status_code) == ("identified", "waiting", 403)
    assert (early.status_code, approved["state"]) == (409, "approved")
    assert approved["approved_by"] != approved["requested_by"]
    assert sorted((file.status_code, lees.status_code)) == [201, 403]  # who asked does not issue
    issued = ana.get(where).json()
    assert (issued["state"], issued["reference"]) == ("issued", "1001")

    stopped = lee.post(f"{where}/stop", {"words": "lost"}, key="stop-0001").json()
    lee.post("/refund-files", issue, key="issue-004")
    cleared = lee.post(f"{where}/clear", key="clear-001").json()
    again = lee.post(f"{where}/clear", key="clear-001")

    assert (stopped["state"], stopped["reference"]) == ("approved", "")
    assert (cleared["state"], again.headers["Idempotent-Replayed"]) == ("cleared", "true")
    assert [one["words"].split()[0].strip(":") for one in cleared["steps"]][:3] == [
        "Identified", "Refund", "Approved",
    ]  # fmt: skip
    said = {"kind": "returned", "words": "sent back by the bank"}
    unknown = lee.post(f"{where}/came-back", {**said, "bank_line_id": 10**9}, key="back-0001")
    late = lee.post(f"{where}/came-back", {**said, "kind": "stale"}, key="back-0002")
    assert (unknown.status_code, late.status_code) == (400, 409)
    undone = lee.post(f"{where}/clear/undo", {"words": "another one"}, key="undo-0001").json()
    assert (undone["state"], undone["cleared_on"]) == ("issued", None)
    assert lee.post(f"{where}/clear", key="clear-002").json()["state"] == "cleared"
    files = lee.get("/refund-files").json()["rows"]
    assert len([one for one in files if one["amount"] == "40.00"]) == 2
    assert b"40.00" in lee.get(f"/refund-files/{files[0]['id']}/content").content
    assert [one["id"] for one in lee.get("/refunds", state="cleared").json()["rows"]] == [row["id"]]


def test_a_refund_that_came_back_is_owed_again(people: list[Api]) -> None:
    ana, lee, _ = people
    row = identified(ana)
    where = f"/refunds/{row['id']}"
    ana.post(f"{where}/request", key="request-1")
    lee.post(f"{where}/approve", key="approve-1")
    lee.post("/refund-files", {**HOW, "refunds": [{"refund_id": row["id"]}]}, key="issue-001")

    said = {"kind": "undeliverable", "words": "moved, no address"}
    back = lee.post(f"{where}/came-back", said, key="back-0001").json()

    assert (back["state"], back["came_back"], back["due_on"]) == ("approved", "undeliverable", row["due_on"])  # fmt: skip
    assert (back["owed_since"], back["reference"]) == (back["came_back_on"], "")
    undone = lee.post(f"{where}/came-back/undo", {"words": "another one"}, key="undo-0001").json()
    assert (undone["state"], undone["reference"], undone["came_back_on"]) == (
        "issued",
        "1001",
        None,
    )
    assert "1001 had not come back: another one" in undone["steps"][-1]["words"]


def test_a_transfer_goes_to_the_account_that_was_approved(people: list[Api]) -> None:
    ana, lee, _ = people
    row = identified(ana)
    where = f"/refunds/{row['id']}"
    bank = {"routing": "021000021", "account": "654321"}

    wrong = ana.post(f"{where}/request", bank | {"routing": "021000022"}, key="request-1")
    asked = ana.post(f"{where}/request", bank, key="request-2").json()
    lee.post(f"{where}/approve", key="approve-1")
    way = {**HOW, "method": "eft"}
    other = {**way, "refunds": [{"refund_id": row["id"], **bank, "account": "888888"}]}
    refused = lee.post("/refund-files", other, key="issue-001")
    file = lee.post("/refund-files", {**way, "refunds": [{"refund_id": row["id"]}]}, key="issue-002")  # fmt: skip

    assert (wrong.status_code, asked["state"]) == (400, "waiting")
    assert "account 654321 at bank 021000021" in asked["steps"][-1]["words"]
    assert (refused.status_code, file.status_code) == (400, 201)
    content = lee.get(f"/refund-files/{file.json()['id']}/content").content
    assert b"654321" in content and b"888888" not in content


def test_a_refund_above_the_limit_or_by_a_machine_is_refused(
    people: list[Api], practice_api: Api
) -> None:
    lead, _, biller = people
    row = identified(lead, "250.01")
    where = f"/refunds/{row['id']}"
    lead.post(f"{where}/request", key="request-1")

    assert biller.post(f"{where}/approve", key="approve-1").status_code == 403
    assert practice_api.post(f"{where}/approve", key="approve-2").status_code == 403
    assert biller.post(f"{where}/clear", key="clear-001").status_code == 403
    assert biller.post(f"{where}/cancel", {"words": "wait"}, key="cancel-1").json()["state"] == "identified"  # fmt: skip
    assert biller.post(f"{where}/dismiss", {"words": "error"}, key="dismiss-1").json()["state"] == "dismissed"  # fmt: skip
    assert lead.post(f"{where}/request", key="request-2").status_code == 409


def test_what_is_no_refund_is_refused(people: list[Api]) -> None:
    lead, *_ = people
    row = identified(lead)
    where = f"/refunds/{row['id']}"

    gone = lead.post("/refunds", {"credit": "asset:bank|0|0|0|"}, key="identify-9")
    none = lead.post("/refund-files", {**HOW, "refunds": [{"refund_id": 10**15}]}, key="issue-009")
    wrong = lead.post(
        f"{where}/investigate", {"began": str(PAID_ON), "ended": "2000-01-01"}, key="look-0001"
    )

    assert (gone.status_code, none.status_code, wrong.status_code) == (409, 404, 400)
    assert lead.post(f"{where}/settle", key="settle-01").status_code == 409
    assert lead.post(f"{where}/remit", key="remit-001").status_code == 409

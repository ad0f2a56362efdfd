"""The close and opening balances by API: two persons, control totals, every file in one class."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.apps.billing.opening.test_opening import BALANCES, ITEMS
from tests.apps.reports.closing.cases import books
from tests.project.api.conftest import MakeApi

ASK = {
    "month": "2026-05",
    "verb": "close",
    "reason": "month-end",
    "waivers": [{"check": "days", "words": "signed on paper"}],
}


def test_two_persons_close_a_month_and_its_journal_goes_out(
    make_api: MakeApi, practice: int
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))

    asked = ada.post("/close/requests", ASK, key="ask-00000001").json()
    path = f"/close/requests/{asked['id']}/approve"
    own = ada.post(path, {}, key="own-00000001")
    done = bea.post(path, {}, key="bea-00000001").json()
    made = bea.post("/journals", {"month": "2026-05", "form": "gl"}, key="out-00000001").json()
    content = bea.get(f"/journals/{made['id']}/content").content.decode()
    rolled = bea.get("/roll-forward", since="2026-05-01", until="2026-05-31").json()

    assert (own.status_code, done["state"]) == (409, "approved")
    assert (made["debit"], made["credit"]) == ("220.00", "220.00")
    assert content.startswith("accounting_on,code,account")
    assert (rolled["difference"], rolled["closing"]) == ("0.00", ["40.00"])
    checklist = bea.get("/close/checklist", month="2026-05").json()
    [kept] = checklist["closings"]
    assert (checklist["is_closed"], kept["stands"], kept["is_whole"]) == (True, True, True)
    assert kept["request_id"] == asked["id"] and kept["closed_by"] == done["decided_by"]
    assert [one["waiver"] for one in kept["checks"] if not one["passed"]] == ["signed on paper"]
    assert [one["amount"] for one in kept["checks"] if one["name"] == "cut-off"] == ["20.00"]
    named = bea.get("/population", since=str(timezone.localdate() - timedelta(days=365))).json()
    assert [one["is_apart"] for one in named["approvals"] if one["kind"] == "Month"] in ([True], [])
    assert sum(one["files"] for one in named["classes"]) == len(named["files"]) == 0
    assert bea.get("/population", since="2000-01-01").status_code == 400


def test_two_persons_take_balances_over(make_api: MakeApi, practice: int) -> None:
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))
    body = {"as_of": "2026-06-30", "items": ITEMS, "trial_balance": BALANCES, "system": "Old Desk"}

    off = ada.post(
        "/opening-loads",
        {**body, "trial_balance": BALANCES.replace("66.40", "66.41")},
        key="off-00000001",
    )
    load = ada.post("/opening-loads", body, key="new-00000001").json()
    path = f"/opening-loads/{load['id']}/approve"
    own, done = ada.post(path, None, key="own-00000002"), bea.post(path, None, key="bea-00000002")

    assert off.status_code == 400
    assert (own.status_code, done.json()["state"]) == (409, "posted")
    assert (done.json()["open_amount"], load["prepared_by"] != done.json()["approved_by"]) == (
        "336.40",
        True,
    )


def test_two_persons_take_balances_back(make_api: MakeApi, practice: int) -> None:
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))
    body = {"as_of": "2026-06-30", "items": ITEMS, "trial_balance": BALANCES, "system": "Old Desk"}
    load = ada.post("/opening-loads", body, key="new-00000001").json()
    path = f"/opening-loads/{load['id']}"
    bea.post(f"{path}/approve", None, key="bea-00000002")

    early = ada.post(f"{path}/undo/approve", None, key="ada-00000003")
    asked = bea.post(f"{path}/undo", {"reason": "wrong day"}, key="bea-00000004").json()
    machine = make_api(practice).post(f"{path}/undo/refuse", None, key="own-00000005")
    kept = ada.post(f"{path}/undo/refuse", None, key="ada-00000005").json()
    bea.post(f"{path}/undo", {"reason": "wrong day"}, key="bea-00000006")
    own = bea.post(f"{path}/undo/approve", None, key="bea-00000007")
    done = ada.post(f"{path}/undo/approve", None, key="ada-00000008").json()

    assert (early.status_code, own.status_code, machine.status_code) == (409, 409, 403)
    assert "this needs a person" in machine.content.decode()
    assert "was asked for by you" in own.content.decode()
    assert (asked["state"], kept["state"], kept["undo_asked_by"]) == ("posted", "posted", None)
    assert (done["state"], done["undo_asked_by"]) == ("undone", asked["undo_asked_by"])
    assert done["ended_by"] == done["prepared_by"] != done["undo_asked_by"]


@pytest.mark.parametrize("path", ["/close/requests", "/opening-loads", "/journals"])
def test_a_biller_changes_nothing(make_api: MakeApi, practice: int, path: str) -> None:
    biller = make_api(practice, role="Practice biller")

    assert biller.post(path, {}, key="key-00000009").status_code == 403

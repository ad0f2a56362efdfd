"""Accruals by API: what is due is posted by its source's amount, what is typed by a second person."""

from datetime import date
from decimal import Decimal

import pytest

from tests.project.api.conftest import Api, MakeApi

pytestmark = pytest.mark.database_core
FEES = {"month": "2026-05", "name": "fees", "debit": "expense:bank-fees", "credit": "liability:accrued-expenses", "amount": "500.00"}  # fmt: skip


@pytest.fixture
def lead(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


@pytest.fixture
def other(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


def fees(practice: int, day: date) -> Decimal:
    from cleanclaim.apps.shared.ledger.selectors import account_balances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return account_balances(accounting_on=day).get("expense:bank-fees", Decimal("0.00"))


def test_a_typed_accrual_is_posted_by_a_second_person(
    lead: Api, other: Api, make_api: MakeApi, practice: int
) -> None:
    biller = make_api(practice, role="Practice biller").post("/accruals", FEES, key="fees-00001")
    machine = make_api(practice).post("/accruals", FEES, key="fees-00002")
    asked = lead.post("/accruals", FEES, key="fees-00003").json()
    again = lead.post("/accruals", FEES, key="fees-00003").json()
    path = f"/accruals/{asked['id']}"
    own = lead.post(f"{path}/approve", {}, key="fees-00004")
    before = fees(practice, date(2026, 5, 31))
    done = other.post(f"{path}/approve", {"words": "seen"}, key="fees-00005").json()

    assert (biller.status_code, machine.status_code, own.status_code) == (403, 403, 409)
    assert (again, asked["state"], before) == (asked, "requested", Decimal("0.00"))
    assert (done["state"], done["decision"], done["entry_id"] > 0) == ("approved", "seen", True)
    assert [fees(practice, day) for day in (date(2026, 5, 31), date(2026, 6, 1))] == [
        Decimal("500.00"),
        Decimal("0.00"),
    ]
    assert [one["id"] for one in lead.get("/accruals").json()["rows"]] == [asked["id"]]


def test_a_typed_accrual_is_refused_or_withdrawn(lead: Api, other: Api) -> None:
    first = lead.post("/accruals", FEES, key="fees-00001").json()["id"]
    empty = other.post(f"/accruals/{first}/refuse", {}, key="fees-00002")
    refused = other.post(f"/accruals/{first}/refuse", {"words": "no"}, key="fees-00003").json()
    second = lead.post("/accruals", FEES, key="fees-00004").json()["id"]
    theirs = other.post(f"/accruals/{second}/withdraw", key="fees-00005")
    withdrawn = lead.post(f"/accruals/{second}/withdraw", key="fees-00006").json()

    assert (empty.status_code, theirs.status_code) == (400, 409)
    assert (refused["state"], withdrawn["state"]) == ("refused", "withdrawn")


def test_what_is_due_is_posted_by_its_own_amount_and_once(
    lead: Api, practice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.apps.reports.closing import accruals

    due = accruals.Accrual("bank fees", FEES["debit"], FEES["credit"], Decimal("7.00"), "twelve")
    monkeypatch.setitem(accruals._sources, "fees", lambda end: [due])

    [found] = lead.get("/accruals/due", month="2026-05").json()["rows"]
    unknown = lead.post("/accruals/due", {"month": "2026-05", "name": "rent"}, key="due-000001")
    body = {"month": "2026-05", "name": "bank fees"}
    posted = lead.post("/accruals/due", body, key="due-000002")
    again = lead.post("/accruals/due", body, key="due-000003")

    assert (found["amount"], found["words"]) == ("7.00", "twelve")
    assert (unknown.status_code, posted.status_code, again.status_code) == (400, 201, 400)
    assert posted.json()["reversal_entry_id"] > posted.json()["entry_id"]
    assert fees(practice, date(2026, 5, 31)) == Decimal("7.00")
    assert lead.get("/accruals/due", month="2026-05").json()["rows"] == []


@pytest.mark.parametrize("more", [{"debit": "asset:bank"}, {"amount": "0.00"}, {"credit": "x"}])
def test_what_is_no_estimate_is_refused(lead: Api, more) -> None:
    assert lead.post("/accruals", {**FEES, **more}, key="fees-00001").status_code == 400

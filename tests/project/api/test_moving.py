"""Small balances, bad debt and payments re-applied by API: what was looked at is what is asked for, and two persons do it."""

from decimal import Decimal

import pytest

from tests.apps.billing.adjustments.people import PATIENT, owed, visit
from tests.apps.billing.adjustments.test_reapplying import pay_patient
from tests.apps.billing.conftest import Desk
from tests.project.api.conftest import Api, MakeApi

pytestmark = pytest.mark.database_core


@pytest.fixture
def lead(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


@pytest.fixture
def other(make_api: MakeApi, practice: int) -> Api:
    return make_api(practice, role="Billing lead")


def items(practice: int, *answers: tuple[str, str]) -> list[int]:
    """Visits of these charges, each with what it leaves to the patient; their items."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        return [
            visit(desk, f"A{n}", charge, owed(charge, patient))
            for n, (charge, patient) in enumerate(answers, 1)
        ]


def balance(practice: int, item_id: int) -> Decimal:
    from cleanclaim.apps.shared.ledger.selectors import item_balances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return item_balances([item_id]).get((item_id, PATIENT), Decimal("0.00"))


def test_small_balances_are_looked_at_and_written_off_as_seen(
    lead: Api, practice_api: Api, practice: int
) -> None:
    small, _ = items(practice, ("120.00", "4.00"), ("900.00", "500.00"))
    assert lead.get("/small-balances").json()["count"] == 0  # both are one account's
    rule = {"up_to": "504.00", "older_than": 120, "quiet_for": 30}

    found = lead.get("/small-balances", **rule, limit=1).json()
    rest = lead.get("/small-balances", **rule, limit=1, after=found["next_after"]).json()
    stale = lead.post("/small-balances", {**rule, "seal": "0" * 16}, key="small-0001")
    machine = practice_api.post(
        "/small-balances", {**rule, "seal": found["seal"]}, key="small-0002"
    )
    done = lead.post("/small-balances", {**rule, "seal": found["seal"]}, key="small-0003")
    again = lead.post("/small-balances", {**rule, "seal": found["seal"]}, key="small-0003")

    assert (found["total"], found["count"], len(found["rows"])) == ("504.00", 2, 1)
    assert (found["rows"] != rest["rows"], rest["next_after"]) == (True, None)
    assert (stale.status_code, machine.status_code, done.status_code) == (409, 403, 201)
    assert again.json() == done.json()
    assert (done.json()["amount"], done.json()["line_count"]) == ("504.00", 2)
    if done.json()["state"] == "posted":
        assert balance(practice, small) == Decimal("0.00")


@pytest.mark.parametrize(
    "query", [{"up_to": "0.00"}, {"up_to": "9.999"}, {"older_than": "-1"}, {"after": "x"}]
)
def test_a_rule_that_makes_no_sense_is_refused(lead: Api, query) -> None:
    assert lead.get("/small-balances", **query).status_code in (400, 422)


def test_bad_debt_is_recommended_approved_and_recovered(
    lead: Api, other: Api, practice: int
) -> None:
    [item] = items(practice, ("200.00", "80.00"))
    line = {"item_id": item, "account": PATIENT, "amount": "80.00"}
    body = {"lines": [line], "letters": 3, "calls": 2, "note": "no answer"}

    early = lead.post("/bad-debt", {**body, "letters": 0}, key="debt-00001")
    asked = lead.post("/bad-debt", body, key="debt-00002").json()
    own = lead.post(f"/adjustments/{asked['id']}/approve", key="debt-00003")
    done = other.post(f"/adjustments/{asked['id']}/approve", key="debt-00004").json()
    much = lead.post(
        "/bad-debt/recoveries", {"parts": [{**line, "amount": "80.01"}], "note": "agency"}, key="debt-00005"
    )  # fmt: skip
    back = lead.post(
        "/bad-debt/recoveries", {"parts": [{**line, "amount": "30.00"}], "note": "agency"}, key="debt-00006"
    ).json()  # fmt: skip

    assert (early.status_code, "0 letters of" in early.content.decode()) == (409, True)
    assert (asked["state"], own.status_code, done["state"]) == ("waiting", 403, "posted")
    assert (much.status_code, back["amount"], back["reason"]) == (409, "30.00", "recovered")
    assert balance(practice, item) == Decimal("0.00")


def test_a_payment_on_the_wrong_item_is_re_applied_and_both_stories_stay(
    lead: Api, practice_api: Api, practice: int
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    disputed, wrong = items(practice, ("200.00", "62.35"), ("200.00", "40.00"))
    with tenant(practice):
        entry = pay_patient(wrong, "40.00")
    path = f"/entries/{entry}"
    part = {"account": PATIENT, "amount": "40.00"}
    body = {"off": [{"item_id": wrong, **part}], "onto": [{"item_id": disputed, **part}], "note": "wrong item"}  # fmt: skip
    uneven = {**body, "onto": [{"item_id": disputed, "account": PATIENT, "amount": "39.99"}]}

    before = lead.get(f"{path}/applied").json()["rows"]
    refused = lead.post(f"{path}/reapply", uneven, key="apply-0001")
    machine = practice_api.post(f"{path}/reapply", body, key="apply-0002")
    done = lead.post(f"{path}/reapply", body, key="apply-0003").json()
    twice = lead.post(f"{path}/reapply", body, key="apply-0004")
    after = lead.get(f"{path}/applied").json()["rows"]

    assert (refused.status_code, machine.status_code, twice.status_code) == (400, 403, 409)
    assert [(one["item_id"], one["amount"]) for one in before] == [(wrong, "40.00")]
    assert [(one["item_id"], one["amount"]) for one in after] == [(disputed, "40.00")]
    assert (done["state"], balance(practice, disputed)) == ("posted", Decimal("22.35"))
    assert {line["entry_id"] > 0 for line in done["lines"]} == {True}
    undone = lead.post(f"/adjustments/{done['id']}/undo", {"words": "no"}, key="apply-0005").json()
    assert (undone["state"], balance(practice, wrong)) == ("undone", Decimal("0.00"))


def test_ones_own_waiting_request_is_withdrawn(lead: Api, other: Api, practice: int) -> None:
    [item] = items(practice, ("200.00", "80.00"))
    line = {"item_id": item, "account": PATIENT, "amount": "80.00"}
    body = {"lines": [line], "letters": 3, "calls": 2, "note": "no answer"}
    asked = lead.post("/bad-debt", body, key="debt-00001").json()
    path = f"/adjustments/{asked['id']}/withdraw"

    theirs = other.post(path, key="other-0001")
    done = lead.post(path, key="lead-00001").json()

    assert (theirs.status_code in (403, 409), done["state"]) == (True, "withdrawn")
    assert balance(practice, item) == Decimal("80.00")

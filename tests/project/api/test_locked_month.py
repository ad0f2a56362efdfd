"""Every operation of the API while the months are locked: none books, none breaks, and what would have booked says which month.

Bodies are made from the API's own description, so that an operation that comes later is tried as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.apps.billing.deposits.bank import eft, statement
from tests.apps.billing.opening.test_opening import BALANCES, ITEMS
from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

pytestmark = pytest.mark.database_core
BANK = {"routing": "011000015", "account": "778120", "company_id": "1310000001", "name": "Harbor"}
LINE = {"procedure": "99213", "charge": "120.00", "service_from": "2026-06-20"}
CLAIM = {"lines": [LINE], "diagnoses": ["E119"], "place_of_service": "11"}
NAMED = {"/files": "?name=x", "/bank-statements": "?name=x.csv"}
CONTENT = {"/bank-statements": statement(eft("TX9"), (PAID_ON, "3.00", "ODD"))}


@dataclass(frozen=True)
class Step:
    """One operation of the description, and a call of it that fits this practice."""

    name: str
    path: str
    body: Any = None
    content: bytes | None = None


def bodies(ids: worlds.Ids) -> dict[str, Any]:
    """What a schema alone cannot say of bodies that are to do something here."""
    receipt = {
        "patient_id": ids["patient_id"],
        "amount": "5.00",
        "method": "check",
        "reference": "9",
    }
    line = {"item_id": ids["open_item_id"], "account": "receivable:payer:1", "amount": "5.00"}
    return {
        "/claims": {**CLAIM, "patient_id": ids["patient_id"], "coverage_id": ids["coverage_id"], "control_number": "N1"},
        "/claims/{claim_id}/change": {**CLAIM, "coverage_id": ids["coverage_id"]},
        "/claims/{claim_id}/correct": {**CLAIM, "coverage_id": ids["coverage_id"]},
        "/adjustments": {"reason": "courtesy", "lines": [line], "note": "agreed"},
        "/opening-loads": {"as_of": "2026-06-30", "items": ITEMS.replace("F-", "G-"), "trial_balance": BALANCES + "\n"},
        "/receipts": {**receipt, "kind": "prepayment"},
        "/receipts/{receipt_id}/return": {"kind": "nsf", "reason": "no funds"},
        "/refund-files": {"method": "check", "bank": BANK, "refunds": [{"refund_id": ids["refund_id"]}]},
        "/bank-lines/{line_id}/place": {"remittances": [], "batches": [], "kept_back": "12.00"},
        "/payments/{remittance_id}/card": {"fee": "0.00"},
    }  # fmt: skip


def steps(ids: worlds.Ids) -> Iterator[Step]:
    """Every operation but the questions, in the order of the description."""
    from cleanclaim.project.api.addresses import api

    described = api.get_openapi_schema()
    given = bodies(ids)
    for address, methods in described["paths"].items():
        for method, one in methods.items():
            if method == "get":
                continue
            path = address.removeprefix("/api/v1")
            asked = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = given.get(path) or made(asked.get("schema"), described, ids)
            content = CONTENT.get(path, b"x") if one.get("requestBody") and not asked else None
            filled = worlds.with_ids(path, {**dict.fromkeys(("case_id", "run_id"), 1), **ids})
            assert filled, path
            yield Step(one["operationId"], filled + NAMED.get(path, ""), body or None, content)


def made(schema: Any, described: Any, ids: worlds.Ids) -> Any:
    """A small body of this schema; only what must be there."""
    if schema is None:
        return None
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    needed = schema.get("required", ())
    return {
        name: ids.get(name) or value(name, one, described, ids)
        for name, one in schema.get("properties", {}).items()
        if name in needed
    }


def value(name: str, schema: Any, described: Any, ids: worlds.Ids) -> Any:
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if found := schema.get("enum") or schema.get("anyOf"):
        return found[0] if "enum" in schema else value(name, found[0], described, ids)
    kind = schema.get("type")
    if kind == "array":
        return [value(name, schema["items"], described, ids)]
    if kind == "object":
        return made(schema, described, ids)
    if kind in ("integer", "number"):
        return 1
    if schema.get("format") == "date" or name in ("day", "until", "began"):
        return PAID_ON.isoformat()
    return "2026-07" if name == "month" else "5.00" if "pattern" in schema else "words"


def lock_all_year() -> None:
    from cleanclaim.apps.shared.ledger.services import close_period

    for month in range(1, 13):
        close_period(date(2026, month, 1), by=9, reason="closed by the test")


def try_all(api: Api, ids: worlds.Ids, organization_id: int) -> dict[str, tuple[int, str, int]]:
    """{operation: status, answer, legs that it left}; each from the same state."""
    from django.db import transaction

    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.tenancy.context import tenant

    found = {}
    for number, step in enumerate(steps(ids)):
        with transaction.atomic():
            with tenant(organization_id):
                before = Leg.objects.count()
            answer = api.post(step.path, step.body, key=f"step-{number:05}", content=step.content)
            with tenant(organization_id):
                left = Leg.objects.count() - before
            transaction.set_rollback(True)
        found[step.name] = (answer.status_code, answer.content.decode()[:300], left)
    return found


def as_it_is(api: Api, ids: worlds.Ids) -> worlds.Ids:
    return ids


def further_on(api: Api, ids: worlds.Ids) -> worlds.Ids:
    """The payment is posted, an adjustment as well, and a refund is asked for by another."""
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    posted = api.post(f"/remittances/{ids['remittance_id']}/post", key="before-0001")
    approved = api.post(f"/adjustments/{ids['adjustment_id']}/approve", key="before-0002")
    assert posted.status_code == 200, posted.content
    assert approved.status_code == 200, approved.content
    with tenant(api.organization_id):
        Refund.objects.update(state="waiting", requested_by=1)
    return ids


BOOKS = {  # so that the test is known to knock where something would be booked
    "as_it_is": {
        "enter_claim", "void_claim", "post_remittance", "bring_bank_statement", "undo_deposit", "post_paper_eob",
        "approve_opening_load", "take_receipt", "return_receipt", "void_receipt",
    },
    "further_on": {"take_back_remittance", "take_back_claim_payment"},
}  # fmt: skip


@pytest.mark.parametrize("stage", [as_it_is, further_on])
def test_no_operation_books_into_a_locked_month(make_api: MakeApi, practice: int, stage) -> None:
    from cleanclaim.apps.shared.ledger.models import Leg
    from cleanclaim.apps.shared.tenancy.context import tenant

    make_api(practice, role="Billing lead")  # person 1, who prepared what waits
    lead = make_api(practice, role="Billing lead")
    ids = worlds.fill_practice(practice)
    with tenant(practice):
        first = Leg.objects.filter(claim_id=ids["claim_id"], account="receivable:payer:1").first()
        ids["open_item_id"] = first.item_id
    ids = stage(lead, ids)
    free = try_all(lead, ids, practice)
    with tenant(practice):
        lock_all_year()

    locked = try_all(lead, ids, practice)

    assert {name: one for name, one in locked.items() if one[0] >= 500} == {}
    assert {name: one for name, one in locked.items() if one[2]} == {}
    books = {name for name, one in free.items() if one[2]}
    assert books >= BOOKS[stage.__name__]
    assert {name: locked[name] for name in books if locked[name][0] != 409} == {}

"""What stands out among a month's entries, by API."""

import pytest

from tests.apps.reports.closing.test_items_review import DAY, reduced
from tests.apps.shared.ledger.cases import charged_item
from tests.project.api.conftest import MakeApi

pytestmark = pytest.mark.database_core


def test_programs_read_it_and_people_look(practice: int, make_api: MakeApi) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        entry = reduced(charged_item("900.00", claim_id=1, on=DAY), "40.00", reason="CO-29")
    machine, biller = make_api(practice), make_api(practice, role="Practice biller")
    body = {"entry_id": entry, "test": "placed", "words": "a letter says so"}

    rows = machine.get("/close/items?month=2026-05").json()["rows"]
    bare = biller.post("/close/items/review", body, key="items-0000")
    body["leg_id"] = rows[0]["findings"][0]["leg_id"]
    alone = machine.post("/close/items/review", body, key="items-0001")
    looked = biller.post("/close/items/review", body, key="items-0002")
    again = biller.post("/close/items/review", body, key="items-0003")
    after = machine.get("/close/items?month=2026-05").json()["rows"]

    assert (rows[0]["name"], rows[0]["left"]) == ("placed", 1)
    assert rows[0]["findings"][0]["belongs_to"] == "contra:denial"
    assert (bare.status_code, looked.json()["leg_id"]) == (400, body["leg_id"])
    assert (alone.status_code, looked.status_code, again.status_code) == (403, 201, 409)
    assert (after[0]["left"], after[0]["findings"][0]["reviewed"]) == (0, "a letter says so")

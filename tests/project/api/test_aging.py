"""Aging by API: as known before anything was recorded it says so."""

from datetime import UTC, date, datetime

from tests.apps.shared.ledger.cases import charged_item
from tests.project.api.conftest import MakeApi


def test_as_known_before_anything_was_recorded_it_names_the_first_entry(
    make_api: MakeApi, practice: int
) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        charged_item("100.00", on=date(2025, 12, 1))
    biller = make_api(practice, role="Practice biller")
    asked = {"effective_on": "2026-01-31"}

    early = biller.get("/aging", **asked, recorded_by="2026-02-01T00:00:00Z").json()
    now = biller.get("/aging", **asked).json()

    assert (early["rows"], early["aging"]) == ([], "0.00")
    first = datetime.fromisoformat(early["nothing_recorded_before"])
    assert abs((datetime.now(UTC) - first).total_seconds()) < 3600
    assert (now["aging"], now["nothing_recorded_before"]) == ("100.00", None)

"""Answers of the general ledger outside by API."""

import pytest

from tests.apps.reports.closing.cases import MAY, books
from tests.apps.reports.closing.test_closing import close
from tests.project.api.conftest import MakeApi

pytestmark = pytest.mark.database_core


def test_an_answer_is_taken_once_and_read(practice: int, make_api: MakeApi) -> None:
    from cleanclaim.apps.reports.closing.journal import export_journal
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        books()
        close()
        pk = export_journal(MAY, "csv", by=1).pk
    api, biller = make_api(practice), make_api(practice, role="Practice biller")
    body = {"content": f"journal,status,debit\n{pk},ok,280.00\n"}

    refused = biller.post("/journals/answers", body, key="answer-001")
    taken = api.post("/journals/answers", body, key="answer-002")
    again = api.post("/journals/answers", body, key="answer-003")
    bad = api.post("/journals/answers", {"content": "x"}, key="answer-004")
    rows = biller.get(f"/journals/{pk}/answers").json()["rows"]

    assert (refused.status_code, taken.status_code) == (403, 201)
    assert (again.status_code, bad.status_code) == (409, 400)
    assert [(one["outcome"], one["journal_id"]) for one in rows] == [("differs", pk)]
    assert taken.json()["rows"] == rows

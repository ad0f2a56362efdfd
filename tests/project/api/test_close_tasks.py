"""A month's tasks by API: programs read them, people tick them, leads give and move them."""

import pytest

from tests.apps.reports.closing.cases import MAY
from tests.project.api.conftest import MakeApi

pytestmark = pytest.mark.database_core


def test_programs_read_tasks_and_people_tick_them(practice: int, make_api: MakeApi) -> None:
    lead = make_api(practice, role="Billing lead")
    biller = make_api(practice, role="Practice biller")
    machine = make_api(practice)
    month = {"month": f"{MAY:%Y-%m}"}

    rows = machine.get("/close/tasks?month=2026-05").json()["rows"]
    alone = machine.post("/close/tasks/tick", {**month, "task": "files"}, key="task-0001")
    ticked = biller.post("/close/tasks/tick", {**month, "task": "files"}, key="task-0002").json()
    given = biller.post("/close/tasks/give", {**month, "task": "cash"}, key="task-0003")
    moved = lead.post(
        "/close/tasks/move",
        {**month, "task": "cash", "due_on": "2026-06-04", "words": "bank"},
        key="task-0004",
    ).json()
    back = lead.post("/close/tasks/untick", {**month, "task": "files"}, key="task-0005").json()

    assert [one["name"] for one in rows][:3] == ["files", "cash", "days"]
    assert (alone.status_code, given.status_code) == (403, 403)
    assert (ticked["state"], moved["due_on"], back["state"]) == ("done late", "2026-06-04", "late")

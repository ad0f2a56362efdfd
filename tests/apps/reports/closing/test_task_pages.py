"""Pages and command of the close calendar."""

import argparse
import json
import re

import pytest

from cleanclaim.project.cli import close as command
from tests.apps.reports.closing.test_views import desk as desk

pytestmark = pytest.mark.database_core
TASKS = "/close/2026-5/tasks/"


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_biller_ticks_and_only_a_lead_gives_and_moves(practice, desk) -> None:
    ada, _, cy = desk

    first = page(cy, TASKS)
    ticked = cy.post(f"{TASKS}files/tick/", {"words": ""}, follow=True).content.decode()
    given = cy.post(f"{TASKS}cash/give/", {"owner": ""})
    moved = ada.post(
        f"{TASKS}cash/move/", {"due_on": "2026-06-05", "words": "the bank is late"}, follow=True
    )

    assert "This is the calendar that you may start from" in first
    assert "Work on or refuse every received file: done." in ticked
    assert given.status_code == 403
    assert "due Jun 5, 2026." in moved.content.decode()
    assert "the bank is late" in page(ada, f"{TASKS}cash/")


def test_a_task_of_somebody_else_says_whose_it_is(practice, desk) -> None:
    from cleanclaim.apps.shared.users.models import User

    ada, _, cy = desk
    pk = User.objects.get(name="Ada").pk
    ada.post(f"{TASKS}files/give/", {"owner": str(pk)})

    shown = page(cy, f"{TASKS}files/")
    refused = cy.post(f"{TASKS}files/tick/", {"words": ""})

    assert "It is Ada's; they or a lead tick it." in shown
    assert refused.status_code == 403
    assert ada.post(f"{TASKS}files/give/", {"owner": "999999"}).status_code == 400


def test_a_lead_makes_the_calendar_theirs_and_changes_it(practice, desk) -> None:
    ada, _, cy = desk

    assert "Make it ours" in page(ada, "/close/calendar/")
    assert "Make it ours" not in page(cy, "/close/calendar/")
    assert cy.post("/close/calendar/use/").status_code == 403
    ada.post("/close/calendar/use/")
    new = {
        "is_new": "1",
        "name": "tie-out",
        "title": "Tie out with the hospital",
        "business_day": "2",
        "after": ["cash"],
        "checks": ["proof"],
        "owner": "",
    }
    made = ada.post("/close/calendar/save/", new, follow=True).content.decode()
    changed = {**new, "is_new": "", "title": "Tie out", "business_day": "0"}
    ada.post("/close/calendar/save/", changed)
    bad = ada.post("/close/calendar/save/", {**changed, "business_day": "soon"})

    assert "Tie out with the hospital: saved." in made
    calendar = page(ada, "/close/calendar/")
    assert "Make it ours" not in calendar and "Last business day of the month" in calendar
    assert bad.status_code == 400
    assert "expected a number such as 3" in bad.content.decode()
    ada.post("/close/calendar/task/tie-out/remove/")
    assert "Tie out" not in page(ada, "/close/calendar/")
    assert ada.get("/close/calendar/task/tie-out/").status_code == 400


def test_the_tasks_go_into_the_months_pdf_and_a_spreadsheet(practice, desk) -> None:
    ada, _, _ = desk

    assert ada.get(f"{TASKS}?xlsx=1")["Content-Type"].endswith("sheet")
    assert ada.get("/close/2026-5/?pdf=1").content.startswith(b"%PDF")
    assert ada.get("/close/tasks/202605/").headers["Location"] == TASKS
    assert ada.get("/close/tasks/202613/").status_code == 400


def run(capsys, *words: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", default=None)
    command.add_arguments(parser)
    args = parser.parse_args(words)
    status = command.run(args)
    return status, capsys.readouterr().out


def test_the_command_shows_ticks_and_gives(practice, desk, monkeypatch, capsys) -> None:
    from contextlib import nullcontext

    from cleanclaim.apps.shared.users.models import User

    monkeypatch.setattr("cleanclaim.project.setup.open_django", lambda *_, **__: nullcontext())
    ada, cy = (User.objects.get(name=name).email for name in ("Ada", "Cy"))

    late, shown = run(capsys, "tasks", "2026-05")
    given, _ = run(capsys, "give", "2026-05", "cash", "--to", cy, "--by", ada)
    _, ticked = run(capsys, "tick", "2026-05", "cash", "--by", cy, "--json")

    assert (late, given) == (1, 1)
    assert "2026-05: 0 of 10 tasks done" in shown
    found = {one["name"]: one for one in json.loads(ticked)["tasks"]}
    assert found["cash"]["state"] == "done late"
    assert found["days"]["waits_for"] == ["files"]

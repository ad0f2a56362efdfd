"""A large remittance by API: simulated, posted and taken back by the worker; its claims page by page."""

import pytest

from tests.apps.billing import world as billing
from tests.project.api import worlds
from tests.project.api.conftest import Api


@pytest.fixture
def where(practice_api: Api, practice: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The remittance, large enough for the worker."""
    # One claim is many: the services ask this, as the page does.
    monkeypatch.setattr("cleanclaim.apps.billing.remittances.services.is_large", lambda row: True)
    return f"/remittances/{worlds.fill_practice(practice)['remittance_id']}"


def work(practice: int) -> None:
    """The worker's turn."""
    from cleanclaim.apps.billing.remittances.services import open_run_ids, work_run
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        waiting = open_run_ids()
    for run_id in waiting:
        work_run(practice, run_id, on=billing.PAID_ON)


def test_it_is_simulated_posted_and_taken_back(
    practice_api: Api, practice: int, where: str
) -> None:
    ask = lambda kind, key, **more: practice_api.post(f"{where}/runs", {"kind": kind, **more}, key=key)  # noqa: E731  # fmt: skip
    work(practice)  # the simulation that the world asked for
    shown = practice_api.get(f"{where}/run").json()
    asked = ask("post", "run-post-1")
    again = ask("post", "run-post-1")
    work(practice)
    posted = practice_api.get(f"{where}/run").json()
    bare = ask("take_back", "run-back-1")
    ask("take_back", "run-back-2", reason="wrong file")
    work(practice)

    assert (shown["kind"], shown["state"], shown["hold"]) == ("simulate", "done", "")
    assert {"account": "asset:remit-clearing", "amount": "80.00"} in shown["sums"]
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    assert again.json() == asked.json()
    assert (posted["kind"], posted["state"]) == ("post", "done") and "Posted: 1" in posted["words"]
    assert bare.status_code == 400
    assert practice_api.get(where).json()["state"] == "reversed"


def test_what_was_not_shown_is_not_posted_and_a_run_can_be_stopped(
    practice_api: Api, practice: int, where: str
) -> None:
    stopped = practice_api.post(f"{where}/run/stop", {}, key="run-stop-1").json()
    work(practice)
    after = practice_api.get(f"{where}/run").json()
    unseen = practice_api.post(f"{where}/runs", {"kind": "post"}, key="run-post-1")

    assert stopped["is_stop_asked"] and after["state"] == "stopped"
    assert (unseen.status_code, "nothing was shown" in unseen.json()["what"]) == (409, True)
    assert practice_api.get(where).json()["state"] == "received"


def test_its_plan_is_not_listed_whole_and_its_claims_come_page_by_page(
    practice_api: Api, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = practice_api.get(f"{where}/simulation")
    listed = practice_api.get(f"{where}/claims", limit="1").json()
    none = practice_api.get(f"{where}/claims", outcome="held").json()
    detail = practice_api.get(where).json()

    assert refused.status_code == 409 and "/runs" in refused.json()["hint"]
    assert [row["position"] for row in listed["rows"]] == [1] and listed["next_cursor"] is None
    assert none["rows"] == []
    assert (len(detail["claims"]), detail["claims_next"]) == (1, None)

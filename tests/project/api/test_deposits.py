"""The bank by API: a statement brought once, a line placed and undone, a day proved."""

from tests.apps.billing.deposits.bank import statement
from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api


def test_a_statement_is_brought_once_and_its_line_undone_and_placed(
    practice_api: Api, practice: int
) -> None:
    ids = worlds.fill_practice(practice)
    where = f"/bank-lines/{ids['line_id'] - 1}"

    placed = practice_api.get(where).json()
    undone = practice_api.post(
        f"/deposits/{ids['deposit_id']}/undo", {"reason": "wrong one"}, key="undo-0001"
    ).json()
    body = {"remittances": undone["candidates"][0]["remittances"]}
    again = practice_api.post(f"{where}/place", body, key="place-001").json()
    brought = practice_api.post(
        "/bank-statements?name=b.csv", content=statement((PAID_ON, "5.00", "X")), key="bank-0001"
    )
    twice = practice_api.post(
        "/bank-statements?name=c.csv", content=statement((PAID_ON, "5.00", "X")), key="bank-0002"
    )

    assert (placed["state"], undone["state"], again["state"]) == ("placed", "open", "placed")
    assert [one["undone_on"] is None for one in again["deposits"]] == [False, True]
    assert (brought.status_code, len(brought.json()["lines"])) == (201, 1)
    assert (twice.status_code, "came before" in twice.json()["what"]) == (409, True)
    assert practice_api.get("/bank-lines", state="open").json()["rows"][0]["amount"] == "5.00"


def test_a_day_is_proved(practice_api: Api, practice: int) -> None:
    worlds.fill_practice(practice)

    found = practice_api.get("/daily-proof", day=str(PAID_ON)).json()

    assert (found["remitted"], found["bank"], found["difference"]) == ("80.00", "92.00", "0.00")
    assert practice_api.get("/daily-proof", day="2999-01-01").status_code == 400

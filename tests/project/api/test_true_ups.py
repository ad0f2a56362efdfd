"""True-ups by API: what stands, entered, posted and taken back by two persons, refused where it cannot be."""

import pytest

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi


def _waiting(api: Api, settlement_id: int) -> dict:
    return api.get(f"/true-up-settlements/{settlement_id}").json()


def test_a_period_is_settled_and_taken_back_by_two_persons(
    make_api: MakeApi, practice: int
) -> None:
    ids = worlds.fill_practice(practice)
    first, second = (
        make_api(practice, role="Billing lead"),
        make_api(
            practice,
            role="Billing lead",
        ),
    )
    where = f"/true-ups/{ids['agreement_id']}"
    body = {
        "period_from": "2026-02-01", "amount": "-7.00", "account": "liability:payer-takeback",
        "settled_on": "2026-03-20", "words": "letter of March",
    }  # fmt: skip

    made = first.post(f"{where}/settlements", body, key="prepare-01")
    twice = first.post(f"{where}/settlements", body, key="prepare-02")
    pk = made.json()["id"]
    own = first.post(f"/true-up-settlements/{pk}/approve", key="approve-01")
    posted = second.post(f"/true-up-settlements/{pk}/approve", key="approve-02").json()

    assert (made.status_code, made.json()["state"], twice.status_code) == (201, "prepared", 409)
    assert own.status_code == 409
    assert (posted["state"], posted["entry_id"] > 0) == ("posted", True)
    shown = first.get("/true-ups", day="2026-11-01", since="2026-02-01").json()["periods"]
    [february] = [one for one in shown if one["period_from"] == "2026-02-01"]
    assert (february["settled"], len(february["settlements"])) == ("-7.00", 1)
    before = first.get("/true-ups", day="2026-03-19", since="2026-02-01").json()["periods"]
    assert before[0]["settled"] is None

    undo = f"/true-up-settlements/{pk}/undo"
    assert second.post(f"{undo}/approve", key="undo-00001").status_code == 409  # nobody asked
    first.post(undo, {"reason": "wrong quarter"}, key="undo-00002")
    assert first.post(f"{undo}/approve", key="undo-00003").status_code == 409
    kept = second.post(f"{undo}/refuse", key="undo-00004").json()
    assert (kept["state"], kept["undo_asked_by"]) == ("posted", None)
    first.post(undo, {"reason": "wrong quarter"}, key="undo-00005")
    back = second.post(f"{undo}/approve", key="undo-00006").json()
    assert (back["state"], back["undo_reason"], back["reversal_id"] > 0) == (
        "undone", "wrong quarter", True,
    )  # fmt: skip
    assert _waiting(first, pk) == back


def test_money_that_does_not_stand_there_is_refused(make_api: MakeApi, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    api = make_api(practice, role="Billing lead")
    where = f"/true-ups/{ids['agreement_id']}"
    body = {
        "period_from": "2026-02-01", "amount": "7.00", "account": "liability:unapplied-cash",
        "trace": "T99", "settled_on": "2026-03-20", "words": "letter of March",
    }  # fmt: skip

    money = api.get(f"{where}/money").json()["money"]

    assert {one["account"] for one in money} >= {"expense:payer-fees", "liability:payer-takeback"}
    answer = api.post(f"{where}/settlements", body, key="prepare-01")
    assert (answer.status_code, "0.00 stands there" in answer.json()["what"]) == (409, True)
    wrong = (
        {"settled_on": "2026-02-28"},
        {"amount": "0.00"},
        {"account": "asset:bank"},
        {"trace": ""},
    )
    for place, more in enumerate(wrong):
        assert (
            api.post(f"{where}/settlements", body | more, key=f"wrong-{place:04}").status_code
            == 400
        )


def test_one_that_waits_is_refused_or_withdrawn_by_its_own(
    make_api: MakeApi, practice: int
) -> None:
    ids = worlds.fill_practice(practice)
    own, other = make_api(practice, role="Billing lead"), make_api(practice, role="Billing lead")
    machine = make_api(practice)
    body = {
        "period_from": "2026-02-01", "amount": "-7.00", "account": "liability:payer-takeback",
        "settled_on": "2026-03-20", "words": "letter of March",
    }  # fmt: skip

    def waits(turn: int) -> str:
        made = own.post(f"/true-ups/{ids['agreement_id']}/settlements", body, key=f"prepare-{turn}")
        return f"/true-up-settlements/{made.json()['id']}"

    where = waits(1)
    assert machine.post(f"{where}/approve", key="machine-1").status_code == 403
    assert other.post(f"{where}/withdraw", key="withdraw-1").status_code == 409
    assert own.post(f"{where}/withdraw", key="withdraw-2").json()["state"] == "withdrawn"
    assert other.post(f"{where}/approve", key="approve-01").status_code == 409
    assert other.post(f"{waits(2)}/refuse", key="refuse-001").json()["state"] == "withdrawn"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_all_books_is_refused(practice_api, day: str) -> None:
    answer = practice_api.get("/true-ups", day=day)

    assert answer.status_code == 400
    assert "expected a year from 1900 to 2999" in answer.json()["what"]

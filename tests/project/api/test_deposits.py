"""The bank by API: a statement brought once, a line placed and undone, what was kept back, a day proved."""

from decimal import Decimal

import pytest

from tests.apps.billing.deposits.bank import bring, statement
from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi


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


def closed_batch(practice: int, amount: str) -> int:
    from cleanclaim.apps.billing.deposits.services import (
        NewItem,
        add_items,
        close_batch,
        open_batch,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        batch = open_batch(kind="lockbox", name="Lockbox 7", batch_on=PAID_ON, count=1, total=Decimal(amount), by=1)  # fmt: skip
        add_items(batch.pk, [NewItem(Decimal(amount), "1001")])
        close_batch(batch.pk, on=PAID_ON, by=1)
    return int(batch.pk)


def bank_line(practice: int, amount: str) -> int:
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [line_id] = bring((PAID_ON, amount, "LOCKBOX")).line_ids
    return int(line_id)


@pytest.mark.parametrize(
    ("line", "batch", "status", "short"),
    [
        ("100.00", "10000.00", 403, None),  # 9,900.00 kept back, the limit is 250.00
        ("100.00", "350.01", 403, None),
        ("100.00", "350.00", 200, "250.00"),
        ("100000.00", "10.00", 200, "0.00"),  # nothing is short, however large the line
    ],
)
def test_nobody_says_that_more_was_kept_back_than_they_may_move(
    make_api: MakeApi, practice: int, line: str, batch: str, status: int, short: str | None
) -> None:
    api = make_api(practice, role="Practice biller")
    line_id, batch_id = bank_line(practice, line), closed_batch(practice, batch)
    body = {"batches": [batch_id], "kept_back": "expense:card-fees"}

    done = api.post(f"/bank-lines/{line_id}/place", body, key="place-0001")

    assert done.status_code == status, done.json()
    deposits = api.get(f"/bank-lines/{line_id}").json()["deposits"]
    assert [one["short"] for one in deposits] == ([] if short is None else [short])


def test_a_machine_says_nothing_was_kept_back(practice_api: Api, practice: int) -> None:
    line_id, batch_id = bank_line(practice, "100.00"), closed_batch(practice, "100.01")
    body = {"batches": [batch_id], "kept_back": "expense:card-fees"}

    done = practice_api.post(f"/bank-lines/{line_id}/place", body, key="place-0001")

    assert (done.status_code, "needs a person" in done.json()["what"]) == (403, True)

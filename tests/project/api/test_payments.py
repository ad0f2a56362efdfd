"""Payers' payments by API: awaited, paid by virtual card once, taken back."""

from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi


def _awaited(api: Api) -> dict:
    [row] = api.get("/payments/awaited").json()["rows"]
    return row


def test_a_card_pays_what_is_awaited_and_is_taken_back(make_api: MakeApi, practice: int) -> None:
    worlds.fill_practice(practice)
    api = make_api(practice, role="Billing lead")
    row = _awaited(api)
    where = f"/payments/{row['id']}"

    paid = api.post(f"{where}/card", {"fee": "2.10", "number": "AUTH1"}, key="card-0001").json()
    again = api.post(f"{where}/card", {"fee": "2.10", "number": "AUTH1"}, key="card-0001")
    other = api.post(f"{where}/card", {"fee": "2.10"}, key="card-0002")

    assert (row["trace_number"], row["paid"]) == ("T2", "70.00")
    assert paid["is_awaited"] is False
    [placed] = paid["placements"]
    assert (placed["amount"], placed["short"], placed["words"]) == (
        "67.90", "2.10", "virtual card AUTH1",
    )  # fmt: skip
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", paid)
    assert (other.status_code, "was paid by deposit" in other.json()["what"]) == (409, True)
    assert api.get("/payments/awaited").json()["rows"] == []
    assert api.post(f"/deposits/{placed['deposit_id']}/undo", {"reason": "no"}, key="undo-01").status_code in (404, 422)  # fmt: skip

    back = api.post(f"{where}/card/undo", {"reason": "declined"}, key="back-0001").json()
    none = api.post(f"{where}/card/undo", {"reason": "declined"}, key="back-0002")

    assert (back["is_awaited"], back["placements"][0]["undone_reason"]) == (True, "declined")
    assert back == api.get(where).json()
    assert none.status_code == 409


def test_a_card_fee_is_refused_to_a_machine_and_beyond_reason(
    make_api: MakeApi, practice: int
) -> None:
    worlds.fill_practice(practice)
    person, machine = make_api(practice, role="Billing lead"), make_api(practice)
    where = f"/payments/{_awaited(person)['id']}/card"

    fees = [
        person.post(where, {"fee": fee}, key=f"fee-{fee}").status_code
        for fee in ("70.00", "-1.00", "1.5", "999999999999.99")
    ]

    assert fees == [400, 400, 422, 400]
    assert machine.post(where, {"fee": "1.00"}, key="machine-1").status_code == 403
    assert machine.post(where, {"fee": "0.00"}, key="machine-2").status_code == 200


def test_a_payment_is_reissued_once_and_taken_back(practice_api: Api, practice: int) -> None:
    worlds.fill_practice(practice)
    where = f"/payments/{_awaited(practice_api)['id']}/reissue"
    body = {"number": "T77", "reissued_on": str(PAID_ON), "reason": "lost in the mail"}

    made = practice_api.post(where, body, key="reissue-1").json()
    again = practice_api.post(where, body, key="reissue-1")
    other = practice_api.post(where, body, key="reissue-2")

    assert (made["trace_number"], made["awaited_under"]) == ("T2", "T77")
    assert again.json() == made and other.status_code == 400
    assert _awaited(practice_api)["awaited_under"] == "T77"

    back = practice_api.post(f"{where}/undo", {"reason": "found it"}, key="reissue-3").json()

    assert (back["awaited_under"], back["reissues"][0]["undone_reason"]) == ("T2", "found it")
    assert practice_api.post(f"{where}/undo", {"reason": "found it"}, key="reissue-4").status_code == 409  # fmt: skip


def test_a_posting_is_taken_back_of_one_claim_applied_again_and_taken_back_whole(
    make_api: MakeApi, practice: int
) -> None:
    worlds.fill_practice(practice)
    api = make_api(practice, role="Billing lead")
    pk = _awaited(api)["id"]
    where, why = f"/remittances/{pk}", {"reason": "wrong claim"}
    before = api.post(f"{where}/post", {}, key="post-0001").json()
    claim_id = before["claims"][0]["claim_id"]

    held = api.post(f"{where}/claims/1/take-back", why, key="undo-0001").json()
    replayed = api.post(f"{where}/claims/1/take-back", why, key="undo-0001")
    missing = api.post(f"{where}/claims/9/take-back", why, key="undo-0002")
    applied = api.post(f"{where}/claims/1/apply", {"claim_id": claim_id}, key="apply-001").json()
    whole = api.post(f"{where}/take-back", why, key="undo-0003").json()
    again = api.post(f"{where}/take-back", why, key="undo-0004")

    assert (held["held_count"], held["claims"][0]["outcome"]) == (1, "held")
    assert replayed.json() == held
    assert missing.status_code == 404
    assert applied["claims"][0]["outcome"] == before["claims"][0]["outcome"]
    assert (whole["state"], again.status_code) == ("reversed", 409)

"""Patients' money by API: taken once, applied, come back, voided."""

import pytest

from tests.project.api import worlds
from tests.project.api.conftest import Api


@pytest.fixture
def ids(practice_api: Api, practice: int) -> worlds.Ids:
    """A practice whose patient owes 10.00 by a posted remittance."""
    found = worlds.fill_practice(practice)
    assert practice_api.post(f"/remittances/{found['remittance_id']}/post", key="post-0001").status_code == 200  # fmt: skip
    return found


def body(ids: worlds.Ids, amount: str = "25.00", **more: object) -> dict[str, object]:
    given = {"patient_id": ids["patient_id"], "kind": "payment", "method": "check"}
    return {**given, "amount": amount, **more}


def owed(api: Api, ids: worlds.Ids) -> list[str]:
    found = api.get(f"/patients/{ids['patient_id']}/debts").json()["items"]
    return [one["amount"] for one in found]


def test_a_payment_is_taken_once_pays_what_is_owed_and_comes_back(
    practice_api: Api, ids, make_api, practice: int
) -> None:
    before = owed(practice_api, ids)

    taken = practice_api.post("/receipts", body(ids, reference="1001"), key="take-0001")
    again = practice_api.post("/receipts", body(ids, reference="1001"), key="take-0001")
    twice = practice_api.post("/receipts", body(ids, reference="1001"), key="take-0002")
    receipt = taken.json()

    assert (before, owed(practice_api, ids)) == (["10.00"], [])
    assert (taken.status_code, receipt["unapplied"], receipt["state"]) == (201, "15.00", "kept")
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", receipt)
    assert (twice.status_code, f"is receipt {receipt['id']}" in twice.json()["what"]) == (409, True)
    rows = practice_api.get("/receipts", patient_id=ids["patient_id"], state="kept").json()["rows"]
    assert receipt["id"] in [row["id"] for row in rows]

    lead = make_api(practice, role="Billing lead")
    biller = make_api(practice, role="Practice biller")  # up to 250.00
    where, nsf = f"/receipts/{receipt['id']}/return", {"kind": "nsf", "reason": "no funds"}
    machine = practice_api.post(where, {**nsf, "fee": "12.00"}, key="back-0003")
    above = biller.post(where, {**nsf, "fee": "300.00"}, key="back-0004")
    assert (machine.status_code, above.status_code) == (403, 403)
    back = lead.post(where, {**nsf, "fee": "300.00"}, key="back-0001").json()
    void = practice_api.post(f"/receipts/{receipt['id']}/void", {"reason": "x"}, key="void-0001")
    cash = practice_api.post("/receipts", body(ids, "1.00", method="cash"), key="take-0005").json()
    bare = practice_api.post(f"/receipts/{cash['id']}/return", {"kind": "stopped"}, key="back-0002")
    check = practice_api.post("/receipts", body(ids, "1.00"), key="take-0006").json()
    practice_api.post(f"/receipts/{cash['id']}/void", {"reason": "slip"}, key="void-0006")
    free = practice_api.post(
        f"/receipts/{check['id']}/return", {"kind": "stopped"}, key="back-0006"
    )

    assert (back["state"], back["return_kind"], back["fee"]) == ("returned", "nsf", "300.00")
    assert owed(practice_api, ids) == ["10.00"]
    assert (void.status_code, free.status_code, free.json()["fee"]) == (409, 200, "0.00")
    assert (bare.status_code, "cash does not come back" in bare.json()["what"]) == (400, True)
    where, wrong = f"/receipts/{receipt['id']}/return/undo", {"reason": "another patient's check"}
    above = [one.post(where, wrong, key="undo-0003").status_code for one in (practice_api, biller)]
    undone = lead.post(where, wrong, key="undo-0001").json()
    twice = lead.post(where, wrong, key="undo-0002")
    assert above == [403, 403]
    assert (undone["state"], undone["fee"], undone["unapplied"]) == ("kept", "0.00", "15.00")
    assert (twice.status_code, owed(practice_api, ids)) == (409, [])
    assert practice_api.get("/proof").json()["difference"] == "0.00"


def test_two_long_keys_that_begin_alike_are_two_receipts(practice_api: Api, ids) -> None:
    day = "till:2026-07-13:" + "0" * 100

    one = practice_api.post("/receipts", body(ids, "5.00", method="cash"), key=f"{day}-1")
    two = practice_api.post("/receipts", body(ids, "5.00", method="cash"), key=f"{day}-2")
    other = practice_api.post("/receipts", body(ids, "7.00", method="cash"), key=f"{day}-3")

    assert [each.status_code for each in (one, two, other)] == [201, 201, 201]
    assert len({each.json()["id"] for each in (one, two, other)}) == 3


def test_a_prepayment_is_applied_to_the_item_that_is_named_and_a_slip_is_voided(
    practice_api: Api, ids
) -> None:
    taken = practice_api.post(
        "/receipts", body(ids, "8.00", kind="prepayment", method="cash"), key="take-0003"
    ).json()
    [debt] = practice_api.get(f"/patients/{ids['patient_id']}/debts").json()["items"]
    where = f"/receipts/{taken['id']}"

    above = practice_api.post(
        f"{where}/apply",
        {"parts": [{"item_id": debt["item_id"], "amount": "9.00"}]},
        key="apply-01",
    )
    put = practice_api.post(
        f"{where}/apply",
        {"parts": [{"item_id": debt["item_id"], "amount": "3.00"}]},
        key="apply-02",
    ).json()
    rest = practice_api.post(f"{where}/apply", {}, key="apply-03").json()
    gone = practice_api.post(f"{where}/void", {"reason": "other patient"}, key="void-0002").json()

    assert (taken["unapplied"], above.status_code) == ("8.00", 400)
    assert (put["unapplied"], rest["unapplied"]) == ("5.00", "0.00")
    assert (gone["state"], gone["reason"], owed(practice_api, ids)) == (
        "voided", "other patient", ["10.00"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"amount": "0.00"}, 400),
        ({"amount": "-5.00"}, 400),
        ({"amount": "999999999999.99"}, 400),
        ({"amount": "5"}, 422),
        ({"patient_id": 10**15}, 400),
        ({"claim_id": 10**15}, 400),
        ({"kind": "gift"}, 422),
        ({"parts": []}, 422),
        ({"parts": [{"item_id": 10**15, "amount": "5.00"}]}, 400),
        ({"unknown": 1}, 422),
    ],
)
def test_what_is_no_receipt_is_refused(practice_api: Api, ids, more, status) -> None:
    answer = practice_api.post("/receipts", {**body(ids), **more}, key="take-0009")

    assert answer.status_code == status, answer.content
    assert owed(practice_api, ids) == ["10.00"]

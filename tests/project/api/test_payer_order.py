"""Who owes what, and the order of payers, by API."""

from tests.project.api import worlds
from tests.project.api.conftest import Api


def _two_coverages(api: Api) -> tuple[int, list[int]]:
    patient = api.post(
        "/patients",
        {
            "last_name": "Adeyemi", "first_name": "Ngozi", "born_on": "1990-02-03", "sex": "F",
            "line_1": "4 Elm Street", "city": "Fairview", "state": "CA", "zip_code": "94555",
        },
        key="patient-1",
    ).json()["id"]  # fmt: skip
    covers = [
        {"payer_name": "Coastal", "payer_id": "CAHP1", "member_id": "MBR009"},
        {"payer_name": "Other", "payer_id": "OTH1", "member_id": "OTH009"},
    ]
    return patient, [
        api.post(f"/patients/{patient}/coverages", one, key=f"coverage-{n}").json()["id"]
        for n, one in enumerate(covers)
    ]


def test_the_order_of_payers_is_asked_said_and_undone(practice_api: Api, practice: int) -> None:
    worlds.fill_practice(practice)
    api = practice_api
    patient, ids = _two_coverages(api)
    address = f"/patients/{patient}/payers"

    entered = api.get(address).json()
    body = {"coverage_ids": ids[::-1], "valid_from": "2026-01-01", "reason": "told by the plan"}
    said = api.post(address, body, key="order-001").json()
    wrong = api.post(address, {**body, "coverage_ids": ids[:1]}, key="order-002")
    undone = api.post(address, {**body, "coverage_ids": []}, key="order-003").json()

    assert (entered["made_by"], len(entered["asks"])) == ("entry", 1)
    assert [one["coverage_id"] for one in said["payers"]] == ids[::-1]
    assert (said["made_by"], said["reason"]) == ("person", "told by the plan")
    assert wrong.status_code == 400
    assert undone["made_by"] == "entry"
    assert api.get("/patients/999999/payers").status_code == 404


def test_who_owes_what_is_told_with_every_step(practice_api: Api, practice: int) -> None:
    worlds.fill_practice(practice)
    [claim, *_] = practice_api.get("/claims").json()["rows"]

    told = practice_api.get(f"/claims/{claim['id']}/owes").json()

    assert told["control_number"] == claim["control_number"]
    [line, *_] = told["lines"]
    assert line["steps"][0]["words"].startswith("Charged ")
    assert practice_api.get("/claims/999999/owes").status_code == 404

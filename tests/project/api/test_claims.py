"""A claim's day by API: patient, coverage, claim, sent, answered, posted."""

from typing import Any

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi


def _claim(coverage_id: int, charge: str = "120.00", **more: Any) -> dict[str, Any]:
    line = {"procedure": "99213", "charge": charge, "service_from": "2026-06-20"}
    return {"coverage_id": coverage_id, "diagnoses": ["E11.9"], "lines": [line], **more}


def test_a_new_patients_claim_is_booked_and_sent(practice_api: Api, practice: int) -> None:
    worlds.fill_practice(practice)  # gives the practice its billing provider and a partner
    api = practice_api

    patient = api.post(
        "/patients",
        {
            "last_name": "Adeyemi", "first_name": "Ngozi", "born_on": "1990-02-03", "sex": "F",
            "line_1": "4 Elm Street", "city": "Fairview", "state": "CA", "zip_code": "94555",
        },
        key="patient-1",
    ).json()  # fmt: skip
    cover = {"payer_name": "Coastal", "payer_id": "CAHP1", "member_id": "MBR009"}
    coverage = api.post(f"/patients/{patient['id']}/coverages", cover, key="coverage-1").json()
    entered = api.post("/claims", _claim(coverage["id"], patient_id=patient["id"]), key="claim-001")

    assert entered.status_code == 201, entered.content
    claim = entered.json()
    assert (claim["state"], claim["charge"], claim["open_amount"]) == ("ready", "120.00", "120.00")
    sent = api.post(
        "/claims/submit", {"partner": "plan", "claim_ids": [claim["id"]]}, key="submit-001"
    ).json()
    assert [(f["claims"], f["charge"]) for f in sent["files"]] == [(1, "120.00")]
    assert api.get(f"/claims/{claim['id']}").json()["state"] == "sent"
    assert api.get("/proof").json()["is_balanced"] is True


def test_the_same_claim_entered_twice_with_one_key_is_one_claim(
    practice_api: Api, practice: int
) -> None:
    ids = worlds.fill_practice(practice)
    body = _claim(ids["coverage_id"], patient_id=ids["patient_id"])

    first = practice_api.post("/claims", body, key="claim-001")
    again = practice_api.post("/claims", body, key="claim-001")
    other = practice_api.post("/claims", {**body, "place_of_service": "22"}, key="claim-001")

    assert again.content == first.content
    assert other.status_code == 422
    assert len(practice_api.get("/claims").json()["rows"]) == 3  # two were there before


def test_an_amount_as_a_number_is_refused(practice_api: Api, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    body = _claim(ids["coverage_id"], charge=12.5, patient_id=ids["patient_id"])  # type: ignore[arg-type]

    answer = practice_api.post("/claims", body, key="claim-001")

    assert answer.status_code == 422
    assert answer.json()["where"].endswith("lines.0.charge")


def test_a_coverage_of_somebody_else_is_refused(practice_api: Api, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    other = practice_api.post("/patients", {"last_name": "Lind"}, key="patient-1").json()

    answer = practice_api.post(
        "/claims", _claim(ids["coverage_id"], patient_id=other["id"]), key="claim-001"
    )

    assert answer.status_code == 400
    assert "expected one of patient" in answer.json()["what"]


def test_a_remittance_is_shown_before_and_posted_once(practice_api: Api, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    path = f"/remittances/{ids['remittance_id']}"

    plan = practice_api.get(f"{path}/simulation").json()
    posted = practice_api.post(f"{path}/post", key="post-0001")
    again = practice_api.post(f"{path}/post", key="post-0001")
    other_key = practice_api.post(f"{path}/post", key="post-0002")

    # 120.00 = 80.00 paid + 30.00 contractual + 10.00 the patient's
    assert sum(float(leg["amount"]) > 0 for leg in plan["claims"][0]["legs"]) >= 3
    assert (posted.status_code, posted.json()["state"]) == (200, "posted")
    assert again.content == posted.content
    assert other_key.status_code == 409
    claim = practice_api.get(f"/claims/{ids['claim_id']}").json()
    assert (claim["paid"], claim["contractual"], claim["patient_owes"]) == (
        "80.00", "30.00", "10.00",
    )  # fmt: skip
    entries = practice_api.get("/entries", claim_id=ids["claim_id"]).json()["rows"]
    assert [entry["kind"] for entry in entries] == ["payment", "charge"]
    assert practice_api.get("/proof").json()["difference"] == "0.00"


def test_a_posted_claim_is_corrected_under_the_payers_number(
    practice_api: Api, practice: int
) -> None:
    ids = worlds.fill_practice(practice)
    practice_api.post(f"/remittances/{ids['remittance_id']}/post", key="post-0001")

    corrected = practice_api.post(
        f"/claims/{ids['claim_id']}/correct", _claim(ids["coverage_id"], "130.00"), key="fix-00001"
    ).json()

    assert (corrected["frequency_code"], corrected["version"]) == ("7", 2)
    assert corrected["payer_control_number"] == "ICN1"


def test_a_person_takes_and_finishes_work(make_api: MakeApi, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    biller = make_api(practice, role="Practice biller")
    path = f"/work/{ids['item_id']}"

    taken = biller.post(f"{path}/take").json()
    done = biller.post(f"{path}/finish", {"outcome": "Called the payer"}).json()

    assert taken["owner"] is not None
    assert (done["state"], [touch["kind"] for touch in done["touched"]]) == (
        "done", ["taken", "finished"],
    )  # fmt: skip

"""Files by API: brought, found, read back, released by a second person."""

from tests.apps.shared.exchange.conftest import _interchange
from tests.project.api.conftest import Api, MakeApi


def _bring(api: Api, data: bytes, *, key: str, name: str = "a.835"):
    return api.post(f"/files?name={name}", content=data, key=key)


def _add_partner(api: Api) -> None:
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(api.organization_id):
        find_or_add_partner(
            slug="harbor",
            name="Harbor",
            kind="practice",
            our_id="330000002",
            their_id="1234567893",
            usage="P",
        )


def test_a_file_is_kept_byte_for_byte(plan_api: Api) -> None:
    _add_partner(plan_api)
    data = _interchange()

    receipt = _bring(plan_api, data, key="bring-001")

    assert receipt.status_code == 201
    assert receipt.json()["outcome"] == "accepted"
    file_id = receipt.json()["file_id"]
    assert plan_api.get(f"/files/{file_id}/content").content == data
    detail = plan_api.get(f"/files/{file_id}").json()
    assert (detail["partner"], detail["kind"], detail["state"]) == ("harbor", "837", "received")


def test_a_retry_gets_the_first_receipt_and_brings_nothing(plan_api: Api) -> None:
    _add_partner(plan_api)
    first = _bring(plan_api, _interchange(), key="bring-001")

    again = _bring(plan_api, _interchange(), key="bring-001")

    assert again.content == first.content
    assert len(plan_api.get("/files").json()["rows"]) == 1


def test_the_same_bytes_under_a_new_key_are_a_duplicate(plan_api: Api) -> None:
    _add_partner(plan_api)
    first = _bring(plan_api, _interchange(), key="bring-001").json()

    again = _bring(plan_api, _interchange(), key="bring-002").json()

    assert (again["outcome"], again["first_id"]) == ("duplicate", first["file_id"])


def test_other_bytes_under_the_same_key_are_refused(plan_api: Api) -> None:
    _add_partner(plan_api)
    _bring(plan_api, _interchange(), key="bring-001")

    answer = _bring(plan_api, _interchange(interchange=2), key="bring-001")

    assert (answer.status_code, answer.json()["where"]) == (422, "Idempotency-Key")


def test_a_call_without_a_key_is_refused(plan_api: Api) -> None:
    answer = plan_api.post("/files?name=a", content=b"x")

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["where"]


def test_a_held_file_is_released_by_a_second_person_only(make_api: MakeApi, plan: int) -> None:
    first, second = make_api(plan, role="Plan lead"), make_api(plan, role="Plan lead")
    machine = make_api(plan)
    _add_partner(first)
    _bring(first, _interchange(), key="bring-001")
    held = _bring(first, _interchange(body="BHT*0019*00*2*20260302*0000*CH"), key="bring-002")
    path = f"/files/{held.json()['file_id']}/release"

    assert held.json()["outcome"] == "held"
    assert first.post(path, key="release-1").status_code == 403
    assert machine.post(path, key="release-2").status_code == 403
    released = second.post(path, key="release-3")
    assert (released.status_code, released.json()["state"]) == (200, "received")


def test_pages_follow_each_other_without_gap_or_overlap(plan_api: Api) -> None:
    for number in range(5):
        _bring(plan_api, f"no file {number}".encode(), key=f"bring-{number:03d}")

    seen, cursor = [], ""
    while True:
        page = plan_api.get("/files", limit=2, cursor=cursor).json()
        seen += [row["id"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_misspelt_filter_shows_nothing_instead_of_everything(plan_api: Api) -> None:
    answer = plan_api.get("/files", stat="held")

    assert (answer.status_code, answer.json()["where"]) == (422, "query.stat")


def test_a_file_larger_than_a_form_may_be_is_taken_in(plan_api: Api) -> None:
    data = b"x" * (6 * 1024 * 1024)

    receipt = _bring(plan_api, data, key="bring-001")

    assert receipt.status_code == 201
    assert plan_api.get(f"/files/{receipt.json()['file_id']}").json()["size_bytes"] == len(data)


def test_a_file_above_the_limit_is_noted_and_refused(plan_api: Api, settings) -> None:
    settings.FILE_LIMIT_BYTES = 1000

    receipt = _bring(plan_api, b"x" * 200_000, key="bring-001").json()

    assert receipt["outcome"] == "refused"
    detail = plan_api.get(f"/files/{receipt['file_id']}").json()
    assert (detail["size_bytes"], detail["state"]) == (200_000, "refused")


def test_a_body_that_is_too_large_is_refused_in_words(plan_api: Api) -> None:
    answer = plan_api.post("/check-runs", {"pay_on": "x" * (6 * 1024 * 1024)}, key="run-00001")

    assert (answer.status_code, answer.json()["what"]) == (413, "the body is too large")

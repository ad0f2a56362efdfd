"""By API: whose payments the worker posts by itself, and which remittances stand ready to post."""

from tests.apps.billing.remittances.test_worker_rules import Door


def test_a_person_says_it_and_finds_what_is_ready(make_api, practice):
    api = make_api(practice, role="Practice biller")
    said = api.post("/worker-rules", {"way": "look", "note": "new biller"}, key="look-first-1")
    assert said.status_code == 200, said.content
    pk = Door(practice).come()

    ready = api.get("/remittances", ready="true").json()["rows"]

    assert [(one["id"], one["is_ready"], one["state"]) for one in ready] == [(pk, True, "received")]
    assert ready[0]["worker_rule_id"] == said.json()["id"]
    assert api.get("/remittances", ready="false").json()["rows"] == []

    posted = api.post(f"/remittances/{pk}/post", key="posting-2").json()

    assert (posted["state"], posted["is_ready"]) == ("posted", False)
    [rule] = api.get("/worker-rules").json()["rows"]
    assert (rule["payer_id"], rule["way"], rule["counts"]) == (None, "look", True)


def test_a_machine_says_nothing_of_it(practice_api):
    answer = practice_api.post("/worker-rules", {"way": "look", "note": "x"}, key="look-first-1")

    assert answer.status_code == 403
    assert practice_api.get("/worker-rules").json()["rows"] == []


def test_that_the_worker_posts_again_needs_a_second_person(make_api, practice):
    biller = make_api(practice, role="Practice biller")
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))
    look = ada.post("/worker-rules", {"way": "look", "note": "new biller"}, key="look-first-1")
    said = ada.post("/worker-rules", {"way": "post", "note": "learned"}, key="post-again-1").json()
    path = f"/worker-rules/{said['id']}"

    held = Door(practice).come()
    tries = [
        one.post(f"{path}/approve", key=f"try-000{n}") for n, one in enumerate((biller, ada), 1)
    ]
    done = bea.post(f"{path}/approve", key="approve-0001").json()
    again = Door(practice).come("A2")

    assert (look.json()["counts"], said["state"], said["counts"]) == (True, "proposed", False)
    assert [one.status_code for one in tries] == [403, 403]
    assert (done["state"], done["counts"]) == ("approved", True)
    assert [Door(practice).row(pk).state for pk in (held, again)] == ["received", "posted"]

"""The plan's side by API: the trace of a decision, a pend decided by a person, a run released once."""

from datetime import UTC, date, datetime, timedelta

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi


def test_a_decision_explains_every_amount(plan_api: Api, plan: int) -> None:
    ids = worlds.fill_plan(plan)

    decision = plan_api.get(f"/decisions/{ids['decision_id']}").json()

    # 200.00 charged, 80 % = 160.00 allowed; 100.00 deductible, 20 % of 60.00 = 12.00: 48.00 paid
    [line] = decision["lines"]
    assert (line["charge"], line["allowed"], line["paid"]) == ("200.00", "160.00", "48.00")
    assert any("deductible" in step["rule"] for step in line["steps"])
    assert sum(float(a["amount"]) for a in line["adjustments"]) == 152.0


def test_a_members_year_shows_what_is_used(plan_api: Api, plan: int) -> None:
    ids = worlds.fill_plan(plan)

    [year] = plan_api.get(f"/members/{ids['member_row_id']}").json()["years"]

    assert (year["deductible"], year["out_of_pocket"]) == ("100.00", "112.00")


def test_only_a_person_decides_a_pend(make_api: MakeApi, plan: int) -> None:
    ids = worlds.fill_plan(plan)
    path = f"/cases/{ids['case_id']}/deny"
    body = {
        "reason": "96",
        "words": "Not covered.",
        "note": "Read the contract.",
        "remark_codes": ["N130"],
    }

    machine = make_api(plan).post(path, body, key="deny-0001")
    examiner = make_api(plan, role="Claims examiner").post(path, body, key="deny-0002")

    assert machine.status_code == 403
    assert (examiner.status_code, examiner.json()["outcome"]) == (200, "deny")


def test_a_pend_that_pays_above_the_persons_limit_stays_pended(
    make_api: MakeApi, plan: int
) -> None:
    from cleanclaim.apps.shared.users.models import Role

    ids = worlds.fill_plan(plan)
    examiner = make_api(plan, role="Claims examiner")
    path, body = f"/cases/{ids['case_id']}/release", {"note": "Looked at."}
    # This claim pays 0.00 once let go, so a limit below that stands for one that is too small.
    Role.objects.filter(name="Claims examiner").update(money_limit="-0.01")

    refused = examiner.post(path, body, key="pend-0001")
    state = examiner.get(f"/cases/{ids['case_id']}").json()["state"]
    Role.objects.filter(name="Claims examiner").update(money_limit="5000.00")
    released = examiner.post(path, body, key="pend-0001")

    assert (refused.status_code, state, released.status_code) == (403, "pended", 200)
    assert "is above your limit of -0.01" in refused.json()["what"]


def test_who_prepared_a_run_above_their_limit_cannot_release_it(
    make_api: MakeApi, plan: int
) -> None:
    from cleanclaim.apps.shared.users.models import Role

    ids = worlds.fill_plan(plan)
    path = f"/check-runs/{ids['run_id']}/release"
    first, second = make_api(plan, role="Plan lead"), make_api(plan, role="Plan lead")
    Role.objects.filter(name="Plan lead").update(money_limit="47.99")
    _prepared_by(plan, ids["run_id"], "person0@example.test")

    machine = make_api(plan).post(path, key="release-0")
    own = first.post(path, key="release-1")
    other = second.post(path, key="release-2")

    assert (machine.status_code, own.status_code, other.status_code) == (403, 403, 200)
    assert "48.00 is above your limit of 47.99" in own.json()["what"]


def test_whoever_took_up_more_on_a_run_counts_as_one_who_prepared_it(
    make_api: MakeApi, plan: int
) -> None:
    from cleanclaim.apps.shared.users.models import Role

    ids = worlds.fill_plan(plan)
    first, second = make_api(plan, role="Plan lead"), make_api(plan, role="Plan lead")
    third = make_api(plan, role="Plan lead")
    Role.objects.filter(name="Plan lead").update(money_limit="47.99")
    pay_on = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    for number, one in enumerate((first, second)):
        one.post("/check-runs", {"pay_on": pay_on}, key=f"prepare-{number}")

    codes = [
        one.post(f"/check-runs/{ids['run_id']}/release", key=f"release-{number}").status_code
        for number, one in enumerate((first, second, third))
    ]

    assert codes == [403, 403, 200]


def test_a_run_whose_day_of_payment_has_passed_is_prepared_again(
    make_api: MakeApi, plan: int
) -> None:
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.shared.tenancy.context import tenant

    ids = worlds.fill_plan(plan)
    lead = make_api(plan, role="Plan lead")
    with tenant(plan):
        CheckRun.objects.filter(pk=ids["run_id"]).update(pay_on=date(2026, 3, 25))
    path = f"/check-runs/{ids['run_id']}/release"

    refused = lead.post(path, key="release-1")
    today = datetime.now(UTC).date() + timedelta(days=1)
    lead.post("/check-runs", {"pay_on": today.isoformat()}, key="prepare-1")
    released = lead.post(path, key="release-2")

    assert (refused.status_code, released.status_code) == (409, 200)
    assert "pays on 2026-03-25, which has passed" in refused.json()["what"]


def _prepared_by(plan: int, run_id: int, email: str) -> None:
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.users.models import User

    with tenant(plan):
        user = User.objects.get(email=email)
        CheckRun.objects.filter(pk=run_id).update(prepared_by=user.pk)


def test_a_check_run_is_released_once(make_api: MakeApi, plan: int) -> None:
    ids = worlds.fill_plan(plan)
    path = f"/check-runs/{ids['run_id']}/release"
    plan_api = make_api(plan, role="Plan lead")

    released = plan_api.post(path, key="release-1")
    again = plan_api.post(path, key="release-1")
    other_key = plan_api.post(path, key="release-2")

    assert released.status_code == 200, released.content
    assert [payment["amount"] for payment in released.json()["payments"]] == ["48.00"]
    assert again.content == released.content
    assert other_key.status_code == 409
    assert make_api(plan).get("/proof").json()["is_balanced"] is True

"""By API: over how many days a limit counts together, said by one person and put in force by another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.project.api.conftest import MakeApi

pytestmark = pytest.mark.database_core


def test_other_days_count_when_a_second_lead_has_approved_them(make_api: MakeApi, practice) -> None:
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))
    biller = make_api(practice, role="Practice biller")
    today = timezone.localdate()
    body = {"days": 1, "valid_from": "2026-01-01", "citation": "policy 7"}

    machine = make_api(practice).post("/limit-days", body, key="days-00001")
    said = ada.post("/limit-days", body, key="days-00002").json()
    path = f"/limit-days/{said['id']}"
    before = ada.get("/limit-days/today").json()["since"]
    tries = [one.post(f"{path}/approve", key=f"try-0000{n}") for n, one in enumerate((ada, biller))]
    done = bea.post(f"{path}/approve", key="approve-001").json()

    assert [machine.status_code, *(one.status_code for one in tries)] == [403, 403, 403]
    assert (said["state"], before) == ("proposed", str(today - timedelta(days=29)))
    assert (done["state"], done["valid_from"]) == ("approved", str(today))
    assert ada.get("/limit-days/today").json()["since"] == str(today)
    assert [one["days"] for one in ada.get("/limit-days").json()["rows"]] == [1]


def test_days_are_refused_or_withdrawn(make_api: MakeApi, practice) -> None:
    ada, bea = (make_api(practice, role="Billing lead") for _ in range(2))
    body = {"days": 60, "valid_from": "2026-01-01", "citation": "policy 7"}
    first, second = (
        f"/limit-days/{ada.post('/limit-days', body, key=f'days-0000{n}').json()['id']}"
        for n in (1, 2)
    )

    refused = bea.post(f"{first}/refuse", {"reason": "too long"}, key="refuse-001").json()
    withdrawn = ada.post(f"{second}/withdraw", key="withdraw-1").json()

    assert (refused["state"], refused["decision"]) == ("refused", "too long")
    assert (withdrawn["state"], withdrawn["is_in_force"]) == ("withdrawn", False)

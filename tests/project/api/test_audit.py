"""Whoever is shown is noted: every answer with a person in it writes an audit event for them."""

from typing import Any

import pytest

from tests.apps.billing.world import PAID_ON
from tests.project.api import worlds
from tests.project.api.conftest import Api

NAMES = ("okafor", "chidi", "rivera", "leo ", "w100", "mbr001", "w200")
# A person is behind each of these words of an answer.
PERSONAL = {"patient_id", "patient_name", "last_name", "member_row_id", "member_id"}

# What a read must be asked with.
QUERIES = {
    "get_cash_by_entity": {"day": str(PAID_ON)},
    "get_daily_proof": {"day": str(PAID_ON)},
    "get_checklist": {"month": f"{PAID_ON:%Y-%m}"},
    "get_items_review": {"month": f"{PAID_ON:%Y-%m}"},
    "get_close_tasks": {"month": f"{PAID_ON:%Y-%m}"},
    "get_due_accruals": {"month": f"{PAID_ON:%Y-%m}"},
}


def _shown(organization_id: int) -> set[int]:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        found = AuditEvent.objects.filter(what__startswith="API: ")
        return set(found.values_list("patient_id", flat=True))


def _count(organization_id: int) -> int:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(organization_id):
        return AuditEvent.objects.filter(what__startswith="API: ").count()


def _answers(kind: type) -> list[type]:
    return [kind, *(sub for direct in kind.__subclasses__() for sub in _answers(direct))]


def test_every_answer_with_a_person_in_it_names_their_field(template_database: Any) -> None:
    from cleanclaim.project.api import addresses  # noqa: F401  (registers all answers)
    from cleanclaim.project.api.types import Answer

    personal = {k for k in _answers(Answer) if PERSONAL & set(k.model_fields)}

    assert len(personal) >= 15
    assert {k.__name__ for k in personal if not k.patient_field} == set()
    assert {k.__name__ for k in personal if k.patient_field not in k.model_fields} == set()


@pytest.mark.parametrize("side", ["practice", "plan"])
def test_every_read_that_shows_a_person_is_an_event(
    side: str, practice_api: Api, plan_api: Api, practice: int, plan: int
) -> None:
    api = practice_api if side == "practice" else plan_api
    ids = worlds.fill_practice(practice) if side == "practice" else worlds.fill_plan(plan)
    silent = []
    for name, (method, path) in worlds.operations().items():
        filled = worlds.with_ids(path, ids)
        if method != "GET" or filled is None:
            continue
        before = _count(api.organization_id)
        answer = api.get(filled, **QUERIES.get(name, {}))
        assert answer.status_code in (200, 404), (name, answer.content)
        shows = any(word in answer.content.decode("latin-1").lower() for word in NAMES)
        if shows and _count(api.organization_id) == before:
            silent.append(name)

    assert silent == []
    assert _shown(api.organization_id)


def test_the_bytes_of_a_remittance_are_an_export_of_its_patients(
    practice_api: Api, practice: int
) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    ids = worlds.fill_practice(practice)
    practice_api.post(f"/remittances/{ids['remittance_id']}/post", key="post-0001")

    answer = practice_api.get(f"/files/{ids['file_id']}/content")

    assert answer.content.startswith(b"ISA*")
    with tenant(practice):
        event = AuditEvent.objects.get(action="export")
    assert (event.patient_id, event.what) == (ids["patient_id"], "API: get file content")
    assert event.detail.startswith("token ")


def test_a_replayed_answer_is_a_read_again(practice_api: Api, practice: int) -> None:
    body: dict[str, Any] = {"last_name": "Okafor"}
    practice_api.post("/patients", body, key="patient-1")
    before = _count(practice)

    again = practice_api.post("/patients", body, key="patient-1")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert _count(practice) == before + 1

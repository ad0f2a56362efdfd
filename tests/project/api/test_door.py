"""Tokens at the door: who comes in, what they may, and how a refusal reads."""

import re
from datetime import timedelta

import pytest

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi, add_person


def _expire(api: Api, **columns: object) -> None:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(api.organization_id):
        ApiToken.objects.update(**columns)


def test_a_valid_token_lists_files(practice_api: Api) -> None:
    answer = practice_api.get("/files")

    assert (answer.status_code, answer.json()) == (200, {"rows": [], "next_cursor": None})


@pytest.mark.parametrize("token", ["", "x", "cct_1_short", "cct_999999_" + "a" * 43])
def test_no_such_token_is_refused_in_words(practice: int, token: str) -> None:
    answer = Api(practice, token).get("/files")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["what"] == "no valid token came with this call"


def test_the_secret_of_another_tenants_token_opens_nothing(
    practice_api: Api, plan: int, practice: int
) -> None:
    moved = practice_api.token.replace(f"cct_{practice}_", f"cct_{plan}_")

    assert Api(plan, moved).get("/files").status_code == 401


def test_an_expired_token_is_refused(practice_api: Api) -> None:
    from django.utils import timezone

    _expire(practice_api, expires_at=timezone.now() - timedelta(seconds=1))

    assert practice_api.get("/files").status_code == 401


def test_a_token_taken_back_is_refused_at_once(practice_api: Api) -> None:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.api.tokens import revoke_token
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice_api.organization_id):
        revoke_token(ApiToken.objects.get().pk)

    assert practice_api.get("/files").status_code == 401


def test_a_missing_scope_is_named(make_api: MakeApi, practice: int) -> None:
    answer = make_api(practice, scopes=["files.read"]).get("/work")

    assert answer.status_code == 403
    assert answer.json()["what"] == "this token does not have the scope work.read"


def test_a_persons_token_never_may_more_than_their_role(make_api: MakeApi, practice: int) -> None:
    biller = make_api(practice, role="Practice biller")

    assert biller.get("/files").status_code == 200
    assert biller.get("/cases").status_code == 403


def test_the_token_of_somebody_who_left_is_refused(make_api: MakeApi, practice: int) -> None:
    from cleanclaim.apps.shared.tenancy.models import Organization
    from cleanclaim.apps.shared.users.models import User
    from cleanclaim.apps.shared.users.services import leave

    biller = make_api(practice, role="Practice biller")
    leave(User.objects.get(), Organization.objects.get(pk=practice))

    assert biller.get("/files").status_code == 401


def test_a_session_of_the_workbench_opens_nothing(practice: int) -> None:
    from django.test import Client

    client = Client()
    from django.conf import settings

    client.force_login(
        add_person(practice, "Practice biller"),
        backend=settings.AUTHENTICATION_BACKENDS[-1],
    )

    assert client.get("/api/v1/files").status_code == 401


def test_the_use_of_a_token_is_noted(practice_api: Api) -> None:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.tenancy.context import tenant

    practice_api.get("/files")

    with tenant(practice_api.organization_id):
        assert ApiToken.objects.get().last_used_at is not None


def test_only_the_hash_of_a_secret_is_kept(practice_api: Api) -> None:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice_api.organization_id):
        kept = str(ApiToken.objects.values().get())

    assert practice_api.token.split("_", 2)[2] not in kept


def test_an_unknown_address_answers_in_the_apis_words(practice_api: Api) -> None:
    answer = practice_api.get("/nothing")

    assert (answer.status_code, answer.json()["what"]) == (404, "no such address")


def test_a_bad_id_names_where_and_what_was_expected(practice_api: Api) -> None:
    answer = practice_api.get("/files/abc")

    assert answer.status_code == 422
    assert answer.json()["where"] == "path.file_id"
    assert answer.json()["value"] == "abc"
    assert "whole number" in answer.json()["expected"]


def test_a_body_has_one_path_and_values_as_they_were_sent(practice_api: Api) -> None:
    body = {"patient_id": {"a": [1]}, "lines": ["x" * 100]}

    answer = practice_api.post("/claims", body, key="claim-001")
    problem = answer.json()
    found = {one["where"]: one["value"] for one in (problem, *problem["more"])}

    assert answer.status_code == 422
    assert all(where.startswith("body.") for where in found)
    assert not any(where.startswith("body.body") for where in found)
    assert found["body.patient_id"] == '{"a": [1]}'
    assert found["body.lines.0"] == "x" * 80
    assert "" in found.values()  # of a field that is missing, nothing was sent
    assert "dict" not in found.values()


def test_an_id_beyond_the_databases_is_refused(practice_api: Api) -> None:
    assert practice_api.get(f"/files/{2**63}").status_code == 422


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e3", "true"])
def test_a_page_size_out_of_bounds_is_refused(practice_api: Api, limit: str) -> None:
    assert practice_api.get("/files", limit=limit).status_code == 422


def test_a_cursor_that_we_did_not_give_is_refused(practice_api: Api) -> None:
    answer = practice_api.get("/files", cursor="abcd")

    assert answer.status_code == 400
    assert "cursor" in answer.json()["what"]


def test_two_calls_in_each_others_way_are_told_to_repeat(
    practice_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from cleanclaim.project.api import files

    def deadlock(*_: object, **__: object) -> None:
        raise OperationalError("deadlock detected: (Okafor)")

    monkeypatch.setattr(files, "page_of", deadlock)

    answer = practice_api.get("/files")

    assert answer.status_code == 503
    assert "Okafor" not in answer.content.decode()


def test_our_own_bug_is_a_500_without_any_value(
    practice_api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from cleanclaim.project.api import files

    def bug(*_: object, **__: object) -> None:
        raise KeyError("Okafor")

    monkeypatch.setattr(files, "page_of", bug)

    answer = practice_api.get("/files")

    assert (answer.status_code, answer.json()["request_id"]) == (
        500,
        answer.headers["X-Request-Id"],
    )
    assert "Okafor" not in answer.content.decode() + caplog.text
    assert "KeyError at" in caplog.text


def test_every_operation_wants_a_token_and_its_scope(make_api: MakeApi, practice: int) -> None:
    nobody = Api(practice, "")
    other = make_api(practice, scopes=["audit.read"])  # a scope that no operation wants
    found = {}
    for name, (method, path) in worlds.operations().items():
        filled = re.sub(r"{\w+}", "1", path)
        calls = [worlds.call(api, method, filled) for api in (nobody, other)]
        found[name] = tuple(answer.status_code for answer in calls)

    assert len(found) >= 42
    assert {name: codes for name, codes in found.items() if codes != (401, 403)} == {}

"""Reading wants the right to read: adjustments, credits and refunds are seen by programs that may change nothing."""

import importlib
import re

import pytest

from tests.project.api import worlds
from tests.project.api.conftest import Api, MakeApi

pytestmark = pytest.mark.database_core

READS = ("/adjustments", "/credits", "/refunds", "/small-balances", "/limit-days", "/limit-days/today")  # fmt: skip
# What a GET may want besides `<noun>.read`: bytes that leave the house, and files of payments for the bank.
REVIEWED = {"export", "refunds.issue"}


def reading_scopes() -> dict[str, str]:
    """{operation: the scope it wants} of every GET."""
    from cleanclaim.project.api.addresses import api

    return {
        one["operationId"]: re.search(r"Scope: `([a-z._]+)`", one["description"])[1]
        for methods in api.get_openapi_schema()["paths"].values()
        for method, one in methods.items()
        if method == "get"
    }


def not_for_readers(found: dict[str, str]) -> dict[str, str]:
    """The operations whose scope is one that changes something."""
    return {
        name: scope
        for name, scope in found.items()
        if not scope.endswith(".read") and scope not in REVIEWED
    }


def test_no_get_wants_a_scope_that_changes_something(database: object) -> None:
    found = reading_scopes()

    assert not_for_readers(found) == {}
    assert len(found) > 40


def test_the_walk_notices_a_get_behind_a_writing_scope(database: object) -> None:
    found = {**reading_scopes(), "list_refunds": "accounts.adjust"}

    assert not_for_readers(found) == {"list_refunds": "accounts.adjust"}


def test_who_may_read_sees_and_changes_nothing(make_api: MakeApi, practice: int) -> None:
    ids = worlds.fill_practice(practice)
    reader = make_api(practice, scopes=["adjustments.read"])
    paths = [
        *READS,
        f"/refunds/{ids['refund_id']}",
        f"/adjustments/{ids['adjustment_id']}",
        f"/entries/{ids['entry_id']}/applied",
    ]

    seen = {path: reader.get(path).status_code for path in paths}
    tried = {path: reader.post(path, {}, key="reader-001").status_code for path in ("/adjustments", "/refunds", "/small-balances", "/bad-debt")}  # fmt: skip

    assert seen == dict.fromkeys(paths, 200)
    assert set(tried.values()) == {403}


def test_who_may_only_adjust_does_not_read_everybodys(make_api: MakeApi, practice: int) -> None:
    writer = make_api(practice, scopes=["accounts.adjust"])

    assert {writer.get(path).status_code for path in READS} == {403}
    assert (
        writer.post("/refunds", {}, key="writer-001").status_code == 422
    )  # at the door it is let in


def test_tokens_that_adjust_go_on_to_read(make_api: MakeApi, practice: int, plan: int) -> None:
    """The step of the upgrade: a program that could read its refunds yesterday can today."""
    from django.db import connection

    grant = importlib.import_module(
        "cleanclaim.apps.shared.api.migrations.0002_tokens_read_adjustments"
    ).GRANT
    writers = [make_api(each, scopes=["accounts.adjust"]) for each in (practice, plan)]
    other = make_api(practice, scopes=["files.read"])

    for _ in range(2):  # again: nothing is left to grant
        with connection.cursor() as cursor:
            cursor.execute(grant)

    assert [_scopes(one) for one in writers] == [["accounts.adjust", "adjustments.read"]] * 2
    assert _scopes(other) == ["files.read"]


def _scopes(api: Api) -> list[str]:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.api.tokens import authenticate
    from cleanclaim.apps.shared.tenancy.context import tenant

    caller = authenticate(api.token)
    assert caller is not None
    with tenant(api.organization_id):
        return list(ApiToken.objects.get(pk=caller.token_id).scopes)

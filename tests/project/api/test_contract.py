"""The API keeps its own schema: every operation under generated calls, valid and invalid, on the real database."""

import os
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given

from tests.project.api import worlds
from tests.project.api.conftest import Api

EXAMPLES = int(os.environ.get("CLEANCLAIM_API_EXAMPLES", "8"))
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def schema(practice: int) -> Any:
    import schemathesis

    from cleanclaim.project.wsgi import application

    found = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    # What no schema can say (a cursor of ours, a coverage of this patient) is refused with 400.
    accepted = found.config.checks.positive_data_acceptance.expected_statuses
    found.config.checks.positive_data_acceptance.expected_statuses = [*accepted, "400"]
    return found


@pytest.fixture
def callers(
    practice_api: Api, plan_api: Api, practice: int, plan: int
) -> list[tuple[Api, worlds.Ids]]:
    return [
        (practice_api, worlds.fill_practice(practice)),
        (plan_api, worlds.fill_plan(plan)),
    ]


def _operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def _run(operation: Any, api: Api, ids: worlds.Ids | None) -> None:
    """Generated calls; with `ids`, valid ones to rows that exist."""
    from schemathesis import GenerationMode

    mode = GenerationMode.POSITIVE if ids is not None else GenerationMode.NEGATIVE

    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        if ids:
            for name in case.path_parameters:
                case.path_parameters[name] = ids.get(name, 1)
            if "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = uuid.uuid4().hex  # each is a new request
        case.call_and_validate(headers={"Authorization": f"Bearer {api.token}"})

    check()


@pytest.mark.slow
def test_every_operation_keeps_the_schema(
    schema: Any, callers: list[tuple[Api, worlds.Ids]]
) -> None:
    failures: dict[str, str] = {}
    count = 0
    for operation in _operations(schema):
        count += 1
        for api, ids in [*callers, (callers[0][0], None)]:
            try:
                _run(operation, api, ids)
            except BaseExceptionGroup as error:
                failures[operation.label] = "\n".join(map(str, error.exceptions))[:1500]
            except AssertionError as error:
                failures[operation.label] = str(error)[:1500]

    text = "\n\n".join(f"{name}: {what}" for name, what in failures.items())
    if text:
        pytest.fail(text)
    assert count == len(worlds.operations())


def test_no_two_bodies_have_one_name(database: object) -> None:
    # The schema knows a body by its name alone: the second of a name would stand in for the first.
    from ninja import Schema

    import cleanclaim.project.api.addresses  # noqa: F401

    names = Counter(kind.__name__ for kind in _kinds(Schema))

    assert names["ClaimBody"] == 1
    assert [name for name, count in names.items() if count > 1] == []


def _kinds(parent: type) -> set[type]:
    """The kinds of body that are ours, at any depth."""
    ours = {kind for kind in parent.__subclasses__() if kind.__module__.startswith("cleanclaim.")}
    return ours.union(*map(_kinds, ours))


def test_the_contract_notices_a_door_that_lets_everybody_in(
    schema: Any, practice_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.apps.shared.api.tokens import authenticate
    from cleanclaim.project.api.token_auth import TokenAuth

    caller = authenticate(practice_api.token)
    monkeypatch.setattr(TokenAuth, "__call__", lambda _self, _request: caller)
    monkeypatch.setattr(TokenAuth, "authenticate", lambda _self, _request, _token: caller)

    operation = schema["/api/v1/claims"]["GET"]

    with pytest.raises(BaseExceptionGroup) as found:
        _run(operation, practice_api, {})
    assert "auth" in str(found.value.exceptions).lower()

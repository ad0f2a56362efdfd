"""A held file is let in by two persons, also where nobody brought it, and the auditor reads who they were."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cleanclaim.kernel.errors import PermissionRefusedError, StateError
from tests.apps.shared.exchange.conftest import DAY
from tests.apps.shared.exchange.test_vouching import ANA, BEA, stranger, vouch

pytestmark = pytest.mark.database_core


@pytest.fixture
def inside_plan(plan, practice_partner):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        yield practice_partner


def held(partner, make, by: int | None = None) -> int:
    """A file of known numbers with other bytes; None: it came by itself."""
    from cleanclaim.apps.shared.exchange.services import receive_file

    first, second = (make(body=f"REF*D9*{n}") for n in (1, 2))
    receive_file(first, partner=partner, name="f.x12", received_on=DAY, by=by)
    return receive_file(second, partner=partner, name="f.x12", received_on=DAY, by=by).file_id


def release(file_id: int, by: int) -> bool:
    from cleanclaim.apps.shared.exchange.services import release_held_file

    return release_held_file(file_id, by)


def state(file_id: int) -> str:
    from cleanclaim.apps.shared.exchange.models import FileState

    return FileState.objects.get(file_id=file_id).state


def found(kind: str) -> list[tuple[int | None, int | None, bool]]:
    """(who prepared, who approved, two persons) of what the auditor reads."""
    from cleanclaim.apps.reports.closing.population import approvals

    today = timezone.localdate()
    rows = approvals(today - timedelta(days=1), today + timedelta(days=1))
    return [(one.prepared_by, one.approved_by, one.is_apart) for one in rows if one.kind == kind]


def test_a_file_that_came_by_itself_is_released_by_two_persons(inside_plan, interchange):
    file_id = held(inside_plan, interchange)

    assert (release(file_id, ANA), state(file_id)) == (False, "held")
    with pytest.raises(PermissionRefusedError, match="you have released it already"):
        release(file_id, ANA)
    assert found("File released") == []

    assert (release(file_id, BEA), state(file_id)) == (True, "received")
    assert found("File released") == [(ANA, BEA, True)]


def test_of_a_file_that_somebody_brought_one_other_person_is_enough(inside_plan, interchange):
    file_id = held(inside_plan, interchange, by=ANA)

    with pytest.raises(PermissionRefusedError, match="was received by you"):
        release(file_id, ANA)

    assert (release(file_id, BEA), state(file_id)) == (True, "received")
    assert found("File released") == [(ANA, BEA, True)]


@pytest.mark.parametrize("brought_by", [ANA, None])
def test_the_database_holds_the_second_person_by_itself(
    inside_plan, interchange, monkeypatch, brought_by
):
    """The twin: without the service's own check the constraint refuses."""
    from cleanclaim.apps.shared.exchange.services import releasing

    monkeypatch.setattr(releasing, "_refuse_same", lambda file, word, by: None)
    file_id = held(inside_plan, interchange, by=brought_by)
    if brought_by is None:
        release(file_id, ANA)

    with (
        pytest.raises(IntegrityError, match="file_release_second_person"),
        transaction.atomic(),
    ):
        release(file_id, ANA)

    assert state(file_id) == "held"


def test_a_first_word_about_a_file_that_is_not_held_is_not_kept(inside_plan, interchange):
    from cleanclaim.apps.shared.exchange.models import FileRelease

    file_id = held(inside_plan, interchange)
    release(file_id, ANA)
    release(file_id, BEA)

    with pytest.raises(StateError, match="is received, expected held"):
        release(file_id, 903)

    assert FileRelease.objects.count() == 1


@pytest.mark.parametrize("brought_by", [ANA, None])
def test_the_auditor_reads_who_vouched_for_a_sender(inside_plan, interchange, brought_by):
    from cleanclaim.apps.reports.closing.population import population

    file_id = stranger(interchange, by=brought_by)
    if brought_by is None:
        vouch(file_id, ANA)
        assert found("Sender vouched for") == []
        [row] = population(DAY, DAY)
        assert row.words.endswith("Bay Clearing (Clearinghouse), says one person; a second one must say so too.")  # fmt: skip

    vouch(file_id, BEA)

    assert found("Sender vouched for") == [(ANA, BEA, True)]
    first = next(row for row in population(DAY, DAY) if row.file_id == file_id)
    assert (first.status, first.words[-43:]) == (
        "refused",
        " Bay Clearing is a partner (Clearinghouse).",
    )

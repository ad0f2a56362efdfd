"""A stranger becomes a partner by two persons, of one name and kind, and their file is taken in once."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.shared.exchange.conftest import DAY
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core
ANA, BEA, CY = 901, 902, 903


def stranger(make, by: int | None = None, **numbers) -> int:
    """A file of somebody unknown, refused at the door; None brought it by itself."""
    from cleanclaim.apps.shared.exchange.services import receive_file

    data = make(sender="STRANGER", **numbers)
    return receive_file(data, partner=None, name="f.x12", received_on=DAY, by=by).file_id


def vouch(file_id: int, by: int, name: str = "Bay Clearing", kind: str = "switch"):
    from cleanclaim.apps.shared.exchange.services import vouch_for_sender

    return vouch_for_sender(file_id, name=name, kind=kind, received_on=DAY, by=by)


def partners() -> list[tuple[str, str]]:
    from cleanclaim.apps.shared.exchange.models import Partner

    return list(Partner.objects.values_list("name", "kind"))


@pytest.fixture
def inside_plan(plan):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        yield plan


def test_the_partner_is_what_the_person_says_it_is(inside_plan, interchange):
    taken = vouch(stranger(interchange, by=ANA), BEA)

    assert taken.receipt.is_accepted
    assert partners() == [("Bay Clearing", "switch")]


@pytest.mark.parametrize(("name", "kind", "said"), [(" ", "switch", "name is empty"), ("Bay", "", "expected one of health_plan")])  # fmt: skip
def test_without_name_or_kind_nobody_becomes_a_partner(inside_plan, interchange, name, kind, said):
    with pytest.raises(InputError, match=said):
        vouch(stranger(interchange, by=ANA), BEA, name, kind)
    assert partners() == []


def test_a_file_that_came_by_itself_needs_two_persons(inside_plan, interchange):
    file_id = stranger(interchange)

    first = vouch(file_id, ANA)
    assert (first.receipt, partners()) == (None, [])
    with pytest.raises(PermissionRefusedError, match="you have vouched"):
        vouch(file_id, ANA)
    second = vouch(file_id, BEA, "bay clearing")

    assert second.receipt.is_accepted
    assert partners() == [("bay clearing", "switch")]


def test_two_persons_who_say_different_things_make_no_partner(inside_plan, interchange):
    file_id = stranger(interchange)

    vouch(file_id, ANA)
    assert vouch(file_id, BEA, kind="health_plan").receipt is None
    assert partners() == []
    assert vouch(file_id, CY, kind="health_plan").receipt.is_accepted


def test_the_second_file_of_the_same_stranger_is_taken_in_under_the_name_that_stands(
    inside_plan, interchange
):
    one, two = stranger(interchange, by=ANA), stranger(interchange, by=ANA, interchange=2, group=2)
    vouch(one, BEA)

    with pytest.raises(
        StateError, match="Bay Clearing is the partner of ZZ:STRANGER already, not Coast"
    ):
        vouch(two, BEA, "Coast")
    assert vouch(two, BEA).receipt.is_accepted
    assert len(partners()) == 1


def test_a_file_is_taken_in_once(inside_plan, interchange):
    file_id = stranger(interchange, by=ANA)
    taken = vouch(file_id, BEA).receipt

    with pytest.raises(StateError, match=f"taken in as file {taken.file_id}"):
        vouch(file_id, CY)


def test_the_files_state_is_locked_before_anything_is_asked(inside_plan, interchange):
    file_id = stranger(interchange, by=ANA)

    with CaptureQueriesContext(connection) as asked:
        vouch(file_id, BEA)

    [first, *_] = [one["sql"] for one in asked if "exchange_" in one["sql"]]
    assert "exchange_filestate" in first and "FOR UPDATE" in first


def test_of_two_persons_at_once_one_takes_the_file_in(plan, interchange):
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan):
        file_id = stranger(interchange, by=ANA)
    ready = threading.Barrier(2)
    people = iter((BEA, CY))

    def press():
        ready.wait(60)
        with tenant(plan):
            return vouch(file_id, next(people))

    answers = at_once([press] * 2, threads=2)

    told = [str(one) for one in answers if isinstance(one, StateError)]
    assert len(told) == 1 and "taken in as file" in told[0], answers
    with tenant(plan):
        assert MessageFile.objects.count() == 2

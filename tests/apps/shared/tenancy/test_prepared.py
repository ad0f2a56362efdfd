"""A question that is worded once answers as its queryset would: to every caller, thread and tenant."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import QuerySet

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.prepared import is_one_of, prepared

pytestmark = pytest.mark.database_core


@pytest.fixture
def ask(database):
    """Organizations by id, by kind where one is given; and how often it was worded."""
    from cleanclaim.apps.shared.tenancy.models import Organization

    worded = []

    @prepared
    def organizations(ids, kind) -> QuerySet[Organization]:
        worded.append(kind)
        found = Organization.objects.filter(is_one_of("id", ids))
        return (found if kind is None else found.filter(kind=kind)).order_by("-id")

    organizations.worded = worded
    return organizations


def test_rows_are_those_of_the_queryset_and_it_is_worded_once(ask, practice, plan):
    ids = [practice, plan]

    assert [row.pk for row in ask(ids=ids, kind=None)] == sorted(ids, reverse=True)
    assert [row.pk for row in ask(ids=[plan], kind=None)] == [plan]
    assert ask(ids=[], kind=None) == []
    assert len(ask.worded) == 1


def test_an_argument_that_is_none_has_wording_of_its_own(ask, practice, plan):
    ids = [practice, plan]

    assert [row.pk for row in ask(ids=ids, kind="practice")] == [practice]
    assert len(ask(ids=ids, kind=None)) == 2
    assert [row.pk for row in ask(ids=ids, kind="health_plan")] == [plan]
    assert len(ask.worded) == 2


def test_text_is_a_value_and_never_sql(ask, practice):
    assert ask(ids=[practice], kind="practice' OR 'a'='a") == []


def test_joined_rows_and_tuples_come_as_asked(practice):
    from cleanclaim.apps.shared.users.models import Membership
    from tests.project.api.conftest import add_person

    @prepared
    def joined(user_id):
        return Membership.objects.filter(user_id=user_id).select_related("organization")

    @prepared
    def names(user_id):
        return joined.__wrapped__(user_id).values_list("organization__name", "is_active")

    person = add_person(practice, "Practice biller")
    [membership] = joined(user_id=person.pk)
    statements = []
    with connection.execute_wrapper(
        lambda go, sql, *rest: statements.append(sql) or go(sql, *rest)
    ):
        name = membership.organization.name

    assert statements == []
    assert names(user_id=person.pk) == [(name, True)]


def test_each_thread_asks_on_its_own_connection(ask, practice):
    ask(ids=[practice], kind=None)  # worded here

    def other() -> list[int]:
        try:
            return [row.pk for row in ask(ids=[practice], kind=None)]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(other).result()

    assert found == [practice]


def test_a_tenant_sees_its_own_rows_alone(practice, plan):
    from cleanclaim.apps.billing.patients.models import Patient
    from tests.apps.billing.world import CHIDI

    @prepared
    def patients() -> QuerySet[Patient]:
        return Patient.objects.order_by("id")

    with tenant(practice):
        Patient.objects.create(last_name=CHIDI.last_name, first_name="A", born_on="1990-01-01")
        assert len(patients()) == 1
    with tenant(plan):
        assert patients() == []

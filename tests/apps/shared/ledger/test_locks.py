"""Claims are kept from others one by one, very many of them by the one lock of all."""

import pytest

from tests.apps.shared.ledger.cases import services, session

pytestmark = pytest.mark.database_core


def held() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("claims", "locks"), [(3, 4), (1000, 1001), (1001, 1), (50_000, 1)])
def test_the_server_is_never_asked_for_more_locks_than_it_has(practice, claims, locks):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        before = held()
        services.lock_claims(range(1, claims + 1))

        assert held() - before == locks


def test_whoever_keeps_some_claims_takes_all_where_nobody_else_keeps_any(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        services.lock_claims([7])
        services.lock_all_claims()

        services.lock_all_claims()


def test_whoever_keeps_some_claims_is_told_where_another_does_too(database, practice):
    """Each would wait for the other, until the server ends one of them in words that nobody understands."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.kernel.errors import StateError

    with session(database.app, practice) as other:
        other.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))",
            [f"ledger {practice} claims"],
        )
        with tenant(practice):
            services.lock_claims([7])

            with pytest.raises(StateError, match="somebody else posts"):
                services.lock_claims(range(1, 1002))

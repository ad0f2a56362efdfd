"""Claims are kept from others one by one, very many of them by the one lock of all."""

import pytest

from tests.apps.shared.ledger.cases import services

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

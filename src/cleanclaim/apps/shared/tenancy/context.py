"""One tenant per database transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from cleanclaim.kernel.errors import InvariantError

_current: ContextVar[int | None] = ContextVar("cleanclaim_tenant", default=None)


def current_tenant() -> int:
    """The organization whose rows this transaction sees.

    Raises:
        InvariantError: no tenant is set.
    """
    organization_id = _current.get()
    if organization_id is None:
        raise InvariantError(
            "no tenant is set: expected `with tenant(organization_id)` around this"
        )
    return organization_id


@contextmanager
def tenant(organization_id: int) -> Iterator[None]:
    """One database transaction that sees and writes only this organization's rows.

    Inside the same tenant's block it is a savepoint. `set_config(..., is_local)` ends with the
    transaction, so that a pooled connection never leaks a tenant.

    Raises:
        InvariantError: another tenant's transaction is open.
    """
    with _tenant(organization_id):
        yield


@contextmanager
def tenant_in_one_snapshot(organization_id: int) -> Iterator[None]:
    """As `tenant`, for reading what must fit together: every statement sees the rows as of one moment.

    Else a statement sees what was committed while the one before it ran. For reading alone: whoever changes what
    another transaction changed meanwhile is refused by the database, and a lock that was waited for shows old rows.
    Inside an open transaction that one's view of the rows stands.
    """
    with _tenant(
        organization_id, isolation="" if connection.in_atomic_block else "REPEATABLE READ"
    ):
        yield


@contextmanager
def _tenant(organization_id: int, *, isolation: str = "") -> Iterator[None]:
    outer = _current.get()
    if outer is not None and outer != organization_id:
        raise InvariantError(
            f"tenant {organization_id} opened inside the transaction of tenant {outer}"
        )
    if outer == organization_id:
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        if isolation:
            # Before the first question, which takes the snapshot. It ends with the transaction: no pooled connection keeps it.
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        _set_local(str(organization_id))
        token = _current.set(organization_id)
        try:
            yield
        finally:
            _current.reset(token)
        if len(connection.savepoint_ids) > 0:
            # Deferred checks must see the tenant. A COMMIT sees it; the end of an outer (test)
            # transaction comes after the tenant is gone, so they run here.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            _set_local("")


@contextmanager
def tenant_in_one_piece(organization_id: int) -> Iterator[None]:
    """As `tenant`, for long work of which a failure anywhere takes all back: without savepoints.

    Each atomic block of a service costs two statements less. An error that has left such a block
    must leave this one too: the transaction then refuses every further statement.
    """
    if connection.in_atomic_block:
        with tenant(organization_id):
            yield
        return
    features: Any = connection.features
    with tenant(organization_id):
        features.uses_savepoints = False
        try:
            yield
        finally:
            features.uses_savepoints = True


def _set_local(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [value])

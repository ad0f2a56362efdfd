"""One tenant per database transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
        _set_local(str(organization_id))
        token = _current.set(organization_id)
        try:
            yield
        finally:
            _current.reset(token)
        # Deferred checks must see the tenant; they run here and not at a COMMIT that might come
        # after an outer (test) transaction has moved on.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if len(connection.savepoint_ids) > 0:
            _set_local("")


def _set_local(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cleanclaim.tenant', %s, true)", [value])

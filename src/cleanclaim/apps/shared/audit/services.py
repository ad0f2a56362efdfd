"""Write audit events, and seal them in blocks."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from django.db import connection

from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.kernel.errors import InvariantError

Action = Literal["read", "create", "change", "send", "receive", "export"]

_request_id: ContextVar[str] = ContextVar("cleanclaim_request_id", default="")

# The current transaction must have its number before an event draws its id: the sealer waits until
# all transactions with lower numbers are over, and then knows that no lower id can still appear.
_INSERT = """
WITH started AS MATERIALIZED (SELECT pg_current_xact_id())
INSERT INTO audit_auditevent ("by", patient_id, action, what, detail, purpose, request_id)
SELECT %s, patient, %s, %s, detail, %s, %s
FROM started, unnest(%s::bigint[], %s::text[]) AS seen (patient, detail)
"""


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Events written inside carry this request's id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def record_audit(
    action: Action,
    *,
    patient_ids: Iterable[int],
    by: int | None,
    what: str,
    detail: str = "",
    purpose: str = "",
) -> None:
    """Write one event per distinct patient in the caller's transaction, in one statement.

    Args:
        action: read, create, change, send, receive or export.
        patient_ids: ids of this tenant's patients (provider side) or members (payer side).
        by: the user's id; None for the system.
        what: the page or the verb in words, at most 80 characters; never patient data.
        detail: ids of the records touched, at most 200 characters; never patient data.
        purpose: treatment, payment, operations or whatever the person named.

    Raises:
        InvariantError: the action is not one of the known ones, or a text is too long.
    """
    record_audits(action, {detail: patient_ids}, by=by, what=what, purpose=purpose)


def record_audits(
    action: Action,
    patients_of: Mapping[str, Iterable[int]],
    *,
    by: int | None,
    what: str,
    purpose: str = "",
) -> None:
    """As `record_audit`, for several details in one statement: one event per detail and distinct patient."""
    if action not in get_args(Action):
        raise InvariantError(f"audit action {action!r}: expected one of {get_args(Action)}")
    if len(what) > 80 or len(purpose) > 40 or any(len(detail) > 200 for detail in patients_of):
        raise InvariantError(f"audit event {what[:80]!r}: a text is longer than its column")
    seen = [
        (patient, detail)
        for detail, patients in patients_of.items()
        for patient in sorted(set(patients))
    ]
    if not seen:
        return
    columns = [array_text(column) for column in zip(*seen, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [by, action, what, purpose, _request_id.get(), *columns])

"""One effect per key, however often a call is repeated.

The answer is stored in the same database transaction as the effect, behind an advisory lock of that
transaction. So there is no moment at which one exists without the other: a call that dies leaves neither
(the lock ends with its transaction, no key is ever stuck), and a repetition finds both or none. A call that
is refused (4xx) changed nothing and is not stored: the same key may be tried again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models
from django.db.models.functions import Now

from cleanclaim.apps.shared.api.models import IdempotencyRecord
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import CleanclaimError, StateError

KEEP_DAYS = 30
_FORGET_AT_ONCE = 100  # how many old answers a call clears away at most


class KeyReusedError(CleanclaimError):
    """The key came before with another request. 422."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers: `body` is JSON text, `patient_ids` those whom it shows."""

    status: int
    body: str
    patient_ids: tuple[int, ...] = ()
    is_replay: bool = False


def answer_once(key: str, *, request_sha256: str, run: Callable[[], Answer]) -> Answer:
    """What `run` answered to the first call with this key; it runs only where there was none.

    To be called inside the tenant's transaction, which must also hold everything that `run` does.

    Raises:
        StateError: a call with this key is still running.
        KeyReusedError: the key came before with another request.
    """
    if not _lock(key):
        raise StateError(
            "Idempotency-Key: a call with this key is still running",
            hint="Ask again in a moment with the same key",
        )
    _forget_old()
    stored = IdempotencyRecord.objects.filter(key=key).first()
    if stored is not None:
        if stored.request_sha256 != request_sha256:
            raise KeyReusedError(
                "Idempotency-Key: this key came before with another request",
                hint="Use a new key for each new request, the same one only to repeat it",
            )
        return Answer(stored.status, stored.body, tuple(stored.patient_ids), is_replay=True)
    answer = run()
    IdempotencyRecord.objects.create(
        key=key,
        request_sha256=request_sha256,
        status=answer.status,
        body=answer.body,
        patient_ids=list(answer.patient_ids),
    )
    return answer


def _lock(key: str) -> bool:
    """Hold the key until the transaction ends, if nobody else does."""
    digest = hashlib.sha256(f"idempotency {current_tenant()} {key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)]
        )
        return bool(cursor.fetchone()[0])


def _forget_old() -> None:
    """Delete some answers past their days; rows that another call is deleting are left to it."""
    limit = models.ExpressionWrapper(
        Now() - timedelta(days=KEEP_DAYS), output_field=models.DateTimeField()
    )
    old = (
        IdempotencyRecord.objects.filter(recorded_at__lt=limit)
        .select_for_update(skip_locked=True)
        .values_list("pk", flat=True)[:_FORGET_AT_ONCE]
    )
    ids = list(old)
    if ids:
        IdempotencyRecord.objects.filter(pk__in=ids).delete()

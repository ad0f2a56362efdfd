"""Emit events, subscribe to them and hand them out.

An event is written in the sender's transaction: it exists exactly when the change does. `dispatch_events`
hands each event to all its subscribers in one transaction of its own, so that a handler's database
work happens once; what a handler does outside the database may happen again and must bear it.
"""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection, models, transaction
from django.db.models.functions import Now

from cleanclaim.apps.shared.outbox.models import Event
from cleanclaim.kernel.errors import CleanclaimError, InvariantError

Handler = Callable[[dict[str, Any]], None]

MAXIMUM_TRIES = 5
_handlers: dict[str, list[Handler]] = {}
_log = logging.getLogger(__name__)


def subscribe(name: str, handler: Handler) -> None:
    """Call `handler(payload)` for each event of this name; in an app's `ready()`. Twice is once."""
    handlers = _handlers.setdefault(name, [])
    if handler not in handlers:
        handlers.append(handler)


def unsubscribe(name: str, handler: Handler) -> None:
    """Undo `subscribe`."""
    if handler in _handlers.get(name, []):
        _handlers[name].remove(handler)


def emit(name: str, payload: dict[str, Any]) -> int:
    """Write the event in the caller's transaction and return its id.

    `payload` holds ids and figures as JSON values (money as text), never patient data.

    Raises:
        InvariantError: no transaction is open, so that the event could outlive a failed change.
    """
    return emit_all(name, [payload])[0]


def emit_all(name: str, payloads: Sequence[dict[str, Any]]) -> list[int]:
    """As `emit`, for some events of one name in one statement; their ids, in order."""
    if not connection.in_atomic_block:
        raise InvariantError(f"event {name} emitted outside a transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_event (name, payload) "
            "SELECT %s, payload FROM unnest(%s::jsonb[]) AS payload RETURNING id",
            [name, [json.dumps(payload) for payload in payloads]],
        )
        return [row_id for (row_id,) in cursor]


def dispatch_events(*, limit: int = 1000) -> int:
    """Hand out pending events of the current tenant in order; returns how many were handled.

    Each event is handled in a savepoint. A handler that fails leaves the event pending with its error;
    after `MAXIMUM_TRIES` it is parked for a person to look at. Two dispatchers share the work.
    """
    handled = 0
    with transaction.atomic():
        events = Event.objects.select_for_update(skip_locked=True).filter(
            handled_at=None, parked_at=None
        )
        for event in events.order_by("id")[:limit]:
            handled += _hand_out(event)
    return handled


def _hand_out(event: Event) -> int:
    try:
        with transaction.atomic():
            for handler in _handlers.get(event.name, ()):
                handler(event.payload)
    except (CleanclaimError, DatabaseError, ValueError, LookupError) as error:
        _log.warning("event %s (%s) failed: %s", event.pk, event.name, type(error).__name__)
        _note_failure(event, error)
        return 0
    Event.objects.filter(pk=event.pk).update(handled_at=Now(), error="")
    return 1


def _note_failure(event: Event, error: BaseException) -> None:
    tries = event.tries + 1
    Event.objects.filter(pk=event.pk).update(
        tries=tries,
        error=f"{type(error).__name__}: {error}"[:300],
        parked_at=Now() if tries >= MAXIMUM_TRIES else models.Value(None),
    )

"""Open, take, snooze, finish and undo work."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.users.models import User
from cleanclaim.apps.shared.work.models import State, WorkItem, WorkTouch
from cleanclaim.apps.shared.work.rank import rank
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO

BULK_LIMIT = 1000
_UNDONE = ("state", "owner", "snoozed_until", "outcome", "closed_by_system")


@dataclass(frozen=True, slots=True)
class NewWork:
    """One thing to do. `amount` is dollars at stake; `reason` names no patient.

    Attributes:
        kind: a kind of `parameters/minutes.yaml`, such as `denial`.
        chance: 0 to 1, where the caller knows better than the kind's own figure.
        dedupe_key: unique per tenant; empty = kind, subject_kind and subject_id.
    """

    kind: str
    subject_kind: str
    subject_id: int
    title: str
    reason: str
    opened_on: date
    amount: Decimal = ZERO
    due_on: date | None = None
    patient_id: int | None = None
    patient_name: str = ""
    payer_name: str = ""
    owner: int | None = None
    chance: Decimal | None = None
    dedupe_key: str = ""

    @property
    def key(self) -> str:
        """What makes two requests the same work."""
        return self.dedupe_key or f"{self.kind}:{self.subject_kind}:{self.subject_id}"


_COLUMNS = {
    "kind": "text",
    "subject_kind": "text",
    "subject_id": "bigint",
    "patient_id": "bigint",
    "patient_name": "text",
    "payer_name": "text",
    "title": "text",
    "reason": "text",
    "amount": "numeric",
    "chance": "numeric",
    "due_on": "date",
    "opened_on": "date",
    "rank": "numeric",
    "rank_steps": "jsonb",
    "ranked_on": "date",
    "owner": "bigint",
    "dedupe_key": "text",
}
# What a repeated request brings up to date; who has it and how often it was touched stay.
_REFRESHED = (
    "title", "reason", "amount", "chance", "due_on", "rank", "rank_steps", "ranked_on",
    "patient_name", "payer_name",
)  # fmt: skip
_OPEN = f"""
INSERT INTO work_workitem ({", ".join(_COLUMNS)})
SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
ON CONFLICT (organization_id, dedupe_key) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _REFRESHED)},
    state = CASE WHEN work_workitem.state = 'done' THEN 'open' ELSE work_workitem.state END,
    outcome = '', closed_by_system = false, changed_at = now()
WHERE work_workitem.state <> 'done' OR work_workitem.closed_by_system
RETURNING id
"""


@transaction.atomic
def open_work(requests: Iterable[NewWork]) -> list[int]:
    """Open the items and return the ids of those that are open now, in one statement.

    The same key again brings an open item up to date, reopens one that the system closed, and leaves
    alone one that a person finished.

    Raises:
        ReferenceDataError: a kind has no figures for its rank.
    """
    unique = {request.key: request for request in requests}
    if not unique:
        return []
    rows = [_row(request) for _, request in sorted(unique.items())]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, columns)
        return [row[0] for row in cursor.fetchall()]


def _row(request: NewWork) -> tuple[Any, ...]:
    """Values in the order of `_COLUMNS`."""
    ranked = rank(
        request.kind,
        amount=request.amount,
        due_on=request.due_on,
        on=request.opened_on,
        chance=request.chance,
    )
    return (
        request.kind,
        request.subject_kind,
        request.subject_id,
        request.patient_id,
        request.patient_name[:100],
        request.payer_name[:120],
        request.title[:120],
        request.reason[:300],
        request.amount,
        ranked.chance,
        request.due_on,
        request.opened_on,
        ranked.value,
        json.dumps(ranked.steps),
        request.opened_on,
        request.owner,
        request.key[:120],
    )


@transaction.atomic
def close_work(
    kinds: str | Collection[str],
    *,
    subject_kind: str,
    subject_ids: Collection[int],
    outcome: str,
    but_for: Collection[str] = (),
) -> int:
    """Close what is open about these records because its cause is gone; returns how many.

    Args:
        but_for: keys of items that stay open.
    """
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    if not subject_ids:
        return 0
    return _close(
        "kind = ANY(%s) AND subject_kind = %s AND subject_id = ANY(%s::bigint[]) "
        "AND NOT dedupe_key = ANY(%s::text[])",
        [wanted, subject_kind, array_text(list(subject_ids)), list(but_for)],
        outcome=outcome,
    )


@transaction.atomic
def close_all(*, subject_kind: str, subject_ids: Collection[int], outcome: str) -> int:
    """Close whatever is open about these records because they are gone themselves; returns how many."""
    if not subject_ids:
        return 0
    return _close(
        "subject_kind = %s AND subject_id = ANY(%s::bigint[])",
        [subject_kind, array_text(list(subject_ids))],
        outcome=outcome,
    )


@transaction.atomic
def close_key(dedupe_key: str, *, outcome: str) -> int:
    """Close the one open item with this key because its cause is gone; returns 1 or 0."""
    return _close("dedupe_key = %s", [dedupe_key], outcome=outcome)


@transaction.atomic
def reopen_keys(dedupe_keys: Collection[str]) -> int:
    """Open those of these items again that the system closed: their cause is back. Returns how many; whose they are stays."""
    closed = WorkItem.objects.filter(
        dedupe_key__in=list(dedupe_keys), state=State.DONE, closed_by_system=True
    )
    return closed.update(state=State.OPEN, outcome="", closed_by_system=False, changed_at=Now())


def _close(where: str, parameters: list[Any], *, outcome: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_workitem SET state = 'done', snoozed_until = NULL, outcome = %s, "
            f"closed_by_system = true, changed_at = now() WHERE state <> 'done' AND {where}",
            [outcome[:200], *parameters],
        )
        return cursor.rowcount


@transaction.atomic
def take(item_id: int, *, by: int) -> WorkItem:
    """Make the item this person's.

    Raises:
        StateError: it is done, or somebody else's.
    """
    item = _lock_open(item_id)
    if item.owner is not None and item.owner != by:
        raise StateError(
            f"work item {item_id} is with {_name(item.owner)}", hint="Ask a lead to give it to you."
        )
    return _change(item, "taken", by=by, words="", owner=by)


@transaction.atomic
def give(item_id: int, *, owner: int | None, by: int) -> WorkItem:
    """Give the item to somebody, or back to everybody (None).

    Raises:
        StateError: it is done.
    """
    item = _lock_open(item_id)
    words = f"to {_name(owner)}" if owner is not None else "to everybody"
    return _change(item, "given", by=by, words=words, owner=owner)


@transaction.atomic
def snooze(item_id: int, *, until: date, on: date, by: int, words: str = "") -> WorkItem:
    """Put the item away until a day; from that day on it is in the queue again.

    Raises:
        InputError: the day is not after `on`, or after the day it is due.
        StateError: it is done.
    """
    item = _lock_open(item_id)
    if until <= on:
        raise InputError(f"snooze until {until}: expected a day after {on}")
    if item.due_on is not None and until > item.due_on >= on:
        raise InputError(
            f"snooze until {until}: the item is due on {item.due_on}",
            hint="Choose a day before it, or finish the item.",
        )
    return _change(
        item,
        "snoozed",
        by=by,
        words=words or f"until {until}",
        state=State.SNOOZED,
        snoozed_until=until,
    )


@transaction.atomic
def wake(item_id: int, *, by: int) -> WorkItem:
    """Bring a snoozed item back now.

    Raises:
        StateError: it is done.
    """
    return _change(
        _lock_open(item_id), "woken", by=by, words="", state=State.OPEN, snoozed_until=None
    )


@transaction.atomic
def finish(item_ids: int | Sequence[int], *, outcome: str, by: int) -> int:
    """Finish one item or many with the same outcome; all or none. Returns how many.

    Raises:
        InputError: no outcome, or more than 1,000 items.
        StateError: one is missing or done already; the message names it.
    """
    wanted = [item_ids] if isinstance(item_ids, int) else list(dict.fromkeys(item_ids))
    if not outcome.strip():
        raise InputError("finish: the outcome is empty, expected what came of it")
    if len(wanted) > BULK_LIMIT:
        raise InputError(f"finish: {len(wanted)} items at once, expected {BULK_LIMIT} at most")
    items = list(WorkItem.objects.select_for_update().filter(pk__in=wanted).order_by("id"))
    open_ids = {item.pk for item in items if item.state != State.DONE}
    stale = [item_id for item_id in wanted if item_id not in open_ids]
    if stale:
        raise StateError(
            f"work item {stale[0]} is done already"
            + (f", and {len(stale) - 1} more" if stale[1:] else ""),
            hint="Reload the queue; nothing was changed.",
        )
    _touch(items, "finished", by=by, words=outcome)
    return WorkItem.objects.filter(pk__in=open_ids).update(
        state=State.DONE,
        snoozed_until=None,
        outcome=outcome.strip()[:200],
        closed_by_system=False,
        touches=F("touches") + 1,
        changed_at=Now(),
    )


@transaction.atomic
def undo(item_id: int, *, by: int) -> WorkItem:
    """Take back this person's last step on the item.

    Raises:
        StateError: somebody (or the system) has done something since, or there is nothing to undo.
    """
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    last = WorkTouch.objects.filter(item=item).order_by("-id").first()
    if last is None or last.before is None:
        raise StateError(f"work item {item_id}: there is nothing to undo")
    if last.by != by or item.closed_by_system:
        who = "the system" if item.closed_by_system else _name(last.by)
        raise StateError(f"work item {item_id}: {who} has changed it since, so it stays")
    before: dict[str, Any] = dict(last.before)
    until = before.get("snoozed_until")
    before["snoozed_until"] = date.fromisoformat(until) if until else None
    WorkTouch.objects.create(item=item, by=by, kind="undone", words=last.kind)
    return _save(item, before)


@transaction.atomic
def add_note(item_id: int, *, words: str, by: int) -> None:
    """Write down what was done or said; the item stays where it is.

    Raises:
        InputError: the note is empty.
    """
    if not words.strip():
        raise InputError("note: it is empty, expected some words")
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    WorkTouch.objects.create(item=item, by=by, kind="note", words=words.strip()[:300])
    WorkItem.objects.filter(pk=item_id).update(touches=F("touches") + 1)


_RANK_AGAIN = """
UPDATE work_workitem SET rank = new.rank, rank_steps = new.steps, ranked_on = %s
FROM unnest(%s::bigint[], %s::numeric[], %s::jsonb[]) AS new (id, rank, steps)
WHERE work_workitem.id = new.id
"""


@transaction.atomic
def rank_again(*, on: date) -> int:
    """Work out every open item's rank for the day, since urgency grows; returns how many."""
    stale = WorkItem.objects.filter(~Q(state=State.DONE)).exclude(ranked_on=on).order_by("id")
    rows = []
    for item in stale.values_list("id", "kind", "amount", "due_on", "chance"):
        ranked = rank(item[1], amount=item[2], due_on=item[3], on=on, chance=item[4])
        rows.append((item[0], ranked.value, json.dumps(ranked.steps)))
    if rows:
        ids, ranks, steps = (list(column) for column in zip(*rows, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_RANK_AGAIN, [on, ids, ranks, steps])
    return len(rows)


def _lock_open(item_id: int) -> WorkItem:
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    if item.state == State.DONE:
        raise StateError(
            f"work item {item_id} is done: {item.outcome}", hint="Undo it first if it was yours."
        )
    return item


def _change(item: WorkItem, kind: str, *, by: int, words: str, **values: Any) -> WorkItem:
    _touch([item], kind, by=by, words=words)
    return _save(item, values)


def _save(item: WorkItem, values: dict[str, Any]) -> WorkItem:
    WorkItem.objects.filter(pk=item.pk).update(**values, touches=F("touches") + 1, changed_at=Now())
    item.refresh_from_db()
    return item


def _touch(items: Sequence[WorkItem], kind: str, *, by: int | None, words: str) -> None:
    """One touch per item with what an undo brings back."""
    insert_rows(
        WorkTouch,
        ["item", "by", "kind", "words", "before"],
        [
            (
                item.pk,
                by,
                kind,
                words[:300],
                json.dumps({name: getattr(item, name) for name in _UNDONE}, default=str),
            )
            for item in items
        ],
    )


def _name(user_id: int | None) -> str:
    return User.objects.filter(pk=user_id).values_list("name", flat=True).first() or "somebody else"

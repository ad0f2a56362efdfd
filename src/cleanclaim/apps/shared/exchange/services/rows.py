"""Write one file's rows: the bytes, its state, its events."""

import hashlib
from datetime import date

import psycopg
from django.db import connection
from django.db.models.functions import Now

from cleanclaim.apps.shared.exchange.envelope import Peek
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    EnvelopeKey,
    FileEvent,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import InvariantError

# Any number will do, as long as nobody else locks on it.
_DOOR = 0x646F6F72
_COLUMNS = (
    "id, direction, partner_id, name, kind, sha256, size_bytes, content, dated_on, sender, "
    'interchange_control, group_control, message_control, usage, answers_id, same_as_id, "by"'
)


def sha256_of(data: bytes) -> str:
    """The SHA-256 of the bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def lock_door() -> None:
    """Let one receiver of this tenant through at a time; the others wait until it commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_DOOR, current_tenant() % 2**31])


def clean_name(name: str) -> str:
    """The name as the database takes it: no NUL, no lone surrogates, at most 200 characters."""
    plain = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "?" for letter in plain)[:200] or "unnamed"


def add_file(
    *,
    direction: Direction,
    partner: Partner | None,
    name: str,
    sha256: str,
    size_bytes: int,
    content: bytes | None,
    dated_on: date,
    peeked: Peek | None,
    kind: str = "",
    answers_id: int | None = None,
    same_as_id: int | None = None,
    by: int | None = None,
) -> int:
    """Insert the file and return its id.

    The statement is bound on the server in binary: Django's client-side cursor would hold a large
    file four times over as hexadecimal text.
    """
    first = peeked.keys[0] if peeked and peeked.keys else None
    usage = (
        "T"
        if peeked and "T" in peeked.usages
        else "".join(sorted(peeked.usages))[:1]
        if peeked
        else ""
    )
    [file_id] = reserve_ids(MessageFile, 1)
    values = [
        file_id,
        str(direction),
        partner.pk if partner else None,
        clean_name(name),
        str(kind or (peeked.kind if peeked else Kind.UNKNOWN)),
        sha256,
        size_bytes,
        content,
        dated_on,
        peeked.sender if peeked else "",
        first.interchange_control if first else "",
        first.group_control if first else "",
        first.message_control if first else "",
        usage,
        answers_id,
        same_as_id,
        by,
    ]
    marks = ", ".join("%b" if value is content and value is not None else "%s" for value in values)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            f"INSERT INTO exchange_messagefile ({_COLUMNS}) VALUES ({marks})",
            values,
        )
    return file_id


def add_envelope_keys(file_id: int, peeked: Peek) -> None:
    """Remember the numbers of every group, so that the same again is noticed."""
    insert_rows(
        EnvelopeKey,
        ["file", "sender", "interchange_control", "group_control", "message_control"],
        [
            (file_id, key.sender, key.interchange_control, key.group_control, key.message_control)
            for key in peeked.keys
        ],
    )


def start_state(
    file_id: int, state: State, *, reason: str = "", words: str, by: int | None
) -> None:
    """The file's first state and event."""
    FileState.objects.create(file_id=file_id, state=state, reason=reason[:500])
    add_event(file_id, state, words=words, by=by)


def change_state(
    file_id: int, state: State, *, reason: str = "", words: str, by: int | None
) -> None:
    """Move the file on and say so in its events."""
    changed = FileState.objects.filter(file_id=file_id).update(
        state=state, reason=reason[:500], changed_at=Now()
    )
    if changed != 1:
        raise InvariantError(f"file {file_id} has no state row")
    add_event(file_id, state, words=words, by=by)


def add_event(file_id: int, kind: str, *, words: str, by: int | None) -> None:
    """One step of the file, in words."""
    FileEvent.objects.create(file_id=file_id, kind=str(kind), words=words[:500], by=by)

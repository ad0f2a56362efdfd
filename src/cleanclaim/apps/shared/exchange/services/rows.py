"""Write one file's rows: the bytes, its state, its events."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import psycopg
from django.db import connection

from cleanclaim.apps.shared.exchange.envelope import Peek
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    EnvelopeKey,
    FileEvent,
    Partner,
    State,
)
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.tenancy.context import current_tenant

# How much goes into one statement or transaction, so that memory and locks stay small.
HANDFUL = 200
HANDFUL_BYTES = 16 * 1024 * 1024

T = TypeVar("T")

# Any number will do, as long as nobody else locks on it.
_DOOR = 0x646F6F72
_COLUMNS = (
    "direction, partner_id, name, kind, sha256, size_bytes, dated_on, sender, "
    'interchange_control, group_control, message_control, usage, answers_id, same_as_id, "by"'
)
_TYPES = [
    "text",
    "bigint",
    "text",
    "text",
    "text",
    "bigint",
    "date",
    "text",
    "text",
    "text",
    "text",
    "text",
    "bigint",
    "bigint",
    "bigint",
    "text",
    "text",
    "text",
]
_MARKS = "(" + ", ".join(f"%s::{kind}" for kind in ("int", *_TYPES)) + ")"
# The bytes go straight into their row: in a row of `wanted`, which is read four times, they would be kept aside on disk.
_ADD = f"""
WITH given (place, {_COLUMNS}, state, reason, words) AS (VALUES {{rows}}),
wanted AS (SELECT nextval(pg_get_serial_sequence('exchange_messagefile', 'id')) AS id, * FROM given),
files AS (
    INSERT INTO exchange_messagefile (id, {_COLUMNS}, content)
    SELECT id, {_COLUMNS}, CASE place {{contents}} END FROM wanted
),
states AS (
    INSERT INTO exchange_filestate (file_id, state, reason) SELECT id, state, reason FROM wanted
),
answers AS (
    INSERT INTO exchange_fileanswer (question_id, answer_id, kind)
    SELECT answers_id, id, kind FROM wanted WHERE answers_id IS NOT NULL
)
INSERT INTO exchange_fileevent (file_id, kind, words, "by")
SELECT id, state, words, "by" FROM wanted RETURNING file_id
"""
_CHANGE = """
WITH moved AS (
    UPDATE exchange_filestate AS s SET state = %s, reason = %s, changed_at = statement_timestamp()
    FROM unnest(%s::bigint[], %s::text[]) AS given (file_id, words)
    WHERE s.file_id = given.file_id{only} RETURNING s.file_id, given.words
)
INSERT INTO exchange_fileevent (file_id, kind, words, "by")
SELECT f.id, %s, left(replace(moved.words, '{{partner}}', coalesce(p.name, '')), 500), %s::bigint
FROM moved JOIN exchange_messagefile f ON f.id = moved.file_id
LEFT JOIN exchange_partner p ON p.id = f.partner_id ORDER BY f.id
"""


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
    if not plain.isprintable():
        plain = "".join(letter if letter.isprintable() else "?" for letter in plain)
    return plain[:200] or "unnamed"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep, with its first state and event.

    `content` is None where the bytes are kept elsewhere or not at all; `kind` empty = as peeked.
    """

    direction: Direction
    partner: Partner | None
    name: str
    sha256: str
    size_bytes: int
    content: bytes | None
    dated_on: date
    peeked: Peek | None
    state: State
    words: str
    reason: str = ""
    kind: str = ""
    answers_id: int | None = None
    same_as_id: int | None = None
    by: int | None = None

    @property
    def usage(self) -> str:
        """T if any interchange in it is a test, else the first ISA15, empty if unreadable."""
        if self.peeked is None:
            return ""
        return "T" if "T" in self.peeked.usages else "".join(sorted(self.peeked.usages))[:1]


def add_files(files: Sequence[NewFile]) -> list[int]:
    """Insert the files with state, event and what they answer, a handful in one statement; their ids in order."""
    sized = handfuls(files, size=lambda file: file.size_bytes if file.content else 0)
    return [row_id for some in sized for row_id in _add(some)]


def handfuls(found: Sequence[T], *, size: Callable[[T], int]) -> Iterator[list[T]]:
    """Runs of at most HANDFUL files and HANDFUL_BYTES bytes, at least one file each."""
    some: list[T] = []
    weight = 0
    for one in found:
        if some and (len(some) == HANDFUL or weight + size(one) > HANDFUL_BYTES):
            yield some
            some, weight = [], 0
        some.append(one)
        weight += size(one)
    if some:
        yield some


def _add(files: Sequence[NewFile]) -> list[int]:
    """The statement is bound on the server in binary: Django's client-side cursor would hold a large
    file four times over as hexadecimal text.
    """
    values = [value for place, file in enumerate(files) for value in (place, *_row(file))]
    values += [file.content for file in files]
    marks = ", ".join([_MARKS] * len(files))
    contents = " ".join(f"WHEN {place} THEN %b::bytea" for place in range(len(files)))
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_ADD.format(rows=marks, contents=contents), values)
        return [row_id for (row_id,) in cursor]


def _row(file: NewFile) -> tuple[Any, ...]:
    peeked = file.peeked
    first = peeked.keys[0] if peeked and peeked.keys else None
    return (
        str(file.direction),
        file.partner.pk if file.partner else None,
        clean_name(file.name),
        str(file.kind or (peeked.kind if peeked else Kind.UNKNOWN)),
        file.sha256,
        file.size_bytes,
        file.dated_on,
        peeked.sender if peeked else "",
        first.interchange_control if first else "",
        first.group_control if first else "",
        first.message_control if first else "",
        file.usage,
        file.answers_id,
        file.same_as_id,
        file.by,
        str(file.state),
        file.reason[:500],
        file.words[:500],
    )


def add_envelope_keys(found: Iterable[tuple[int, Peek]]) -> None:
    """Remember the numbers of every group of the files, so that the same again is noticed."""
    insert_rows(
        EnvelopeKey,
        ["file", "sender", "interchange_control", "group_control", "message_control"],
        [
            (file_id, key.sender, key.interchange_control, key.group_control, key.message_control)
            for file_id, peeked in found
            for key in peeked.keys
        ],
    )


def change_states(
    words_of: Mapping[int, str],
    state: State,
    *,
    by: int | None,
    reason: str = "",
    from_state: State | None = None,
) -> int:
    """Move the files on, those in `from_state` where it is given, with one event each; how many moved.

    Args:
        words_of: what the event says, by file. A `{partner}` stands for the name of the file's partner.
    """
    only = " AND s.state = %s" if from_state else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGE.format(only=only),
            [
                str(state),
                reason[:500],
                list(words_of),
                list(words_of.values()),
                *([str(from_state)] if from_state else []),
                str(state),
                by,
            ],
        )
        return cursor.rowcount


def add_event(file_id: int, kind: str, *, words: str, by: int | None) -> None:
    """One step of the file, in words."""
    insert_rows(FileEvent, ["file", "kind", "words", "by"], [(file_id, str(kind), words[:500], by)])

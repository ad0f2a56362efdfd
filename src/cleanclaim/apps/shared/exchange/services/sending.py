"""Files on their way out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanclaim.apps.shared.exchange.envelope import Peek, peek
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.kernel.errors import InvariantError

# An acknowledgement of an acknowledgement would never end.
NEVER_ACKNOWLEDGED = (Kind.SYNTAX, Kind.INTERCHANGE)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A file that we wrote; `answers` is the received file that it answers, `name` what people see."""

    data: bytes
    partner: Partner
    kind: str
    name: str
    answers: MessageFile | None = None


@transaction.atomic
def queue_file(
    data: bytes,
    *,
    partner: Partner,
    kind: str,
    name: str,
    created_on: date,
    answers: MessageFile | None = None,
    by: int | None = None,
) -> MessageFile:
    """As `queue_files`, for one file."""
    [file] = queue_files(
        [Leaving(data, partner, kind, name, answers)], created_on=created_on, by=by
    )
    return file


@transaction.atomic
def queue_files(
    leaving: Sequence[Leaving], *, created_on: date, by: int | None = None
) -> list[MessageFile]:
    """Keep files that we wrote and queue them for delivery; their numbers are read from their envelopes.

    Raises:
        InvariantError: one would acknowledge a 999 or TA1, or is no interchange.
    """
    new = [_new_file(one, created_on, by) for one in leaving]
    return [_as_row(row_id, file) for row_id, file in zip(rows.add_files(new), new, strict=True)]


def _new_file(leaving: Leaving, created_on: date, by: int | None) -> rows.NewFile:
    kind, answers = leaving.kind, leaving.answers
    if answers is not None and kind in NEVER_ACKNOWLEDGED and answers.kind in NEVER_ACKNOWLEDGED:
        raise InvariantError(f"file {answers.pk} is a {answers.kind}, which is never acknowledged")
    peeked = peek(leaving.data)
    if not isinstance(peeked, Peek):
        raise InvariantError(f"a {kind} file that we wrote is no interchange: {peeked.message}")
    return rows.NewFile(
        direction=Direction.OUT,
        partner=leaving.partner,
        name=leaving.name,
        kind=kind,
        sha256=rows.sha256_of(leaving.data),
        size_bytes=len(leaving.data),
        content=leaving.data,
        dated_on=created_on,
        peeked=peeked,
        state=State.QUEUED,
        words=f"Queued for {leaving.partner.name}.",
        answers_id=answers.pk if answers else None,
        by=by,
    )


def _as_row(file_id: int, new: rows.NewFile) -> MessageFile:
    """The row as it was written, without its bytes and without asking the database for it."""
    first = new.peeked.keys[0] if new.peeked else None
    return MessageFile(
        pk=file_id,
        direction=new.direction,
        partner=new.partner,
        name=rows.clean_name(new.name),
        kind=str(new.kind),
        sha256=new.sha256,
        size_bytes=new.size_bytes,
        dated_on=new.dated_on,
        sender=new.peeked.sender if new.peeked else "",
        interchange_control=first.interchange_control if first else "",
        group_control=first.group_control if first else "",
        message_control=first.message_control if first else "",
        usage=new.usage,
        answers_id=new.answers_id,
        by=new.by,
    )


@transaction.atomic
def mark_delivered(file_ids: Sequence[int]) -> int:
    """The files lie in the partner's folder; returns how many were not marked before."""
    words = dict.fromkeys(file_ids, "Delivered to {partner}.")
    return rows.change_states(words, State.DELIVERED, from_state=State.QUEUED, by=None)

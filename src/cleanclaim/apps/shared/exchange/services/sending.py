"""Files on their way out."""

from collections.abc import Sequence
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
    """Keep a file that we wrote and queue it for delivery; its numbers are read from its envelope.

    Raises:
        InvariantError: it would acknowledge a 999 or TA1, or is no interchange.
    """
    if answers is not None and kind in NEVER_ACKNOWLEDGED and answers.kind in NEVER_ACKNOWLEDGED:
        raise InvariantError(f"file {answers.pk} is a {answers.kind}, which is never acknowledged")
    peeked = peek(data)
    if not isinstance(peeked, Peek):
        raise InvariantError(f"a {kind} file that we wrote is no interchange: {peeked.message}")
    new = rows.NewFile(
        direction=Direction.OUT,
        partner=partner,
        name=name,
        kind=kind,
        sha256=rows.sha256_of(data),
        size_bytes=len(data),
        content=data,
        dated_on=created_on,
        peeked=peeked,
        state=State.QUEUED,
        words=f"Queued for {partner.name}.",
        answers_id=answers.pk if answers else None,
        by=by,
    )
    [file_id] = rows.add_files([new])
    return _as_row(file_id, new, peeked)


def _as_row(file_id: int, new: rows.NewFile, peeked: Peek) -> MessageFile:
    """The row as it was written, without its bytes and without asking the database for it."""
    first = peeked.keys[0]
    return MessageFile(
        pk=file_id,
        direction=new.direction,
        partner=new.partner,
        name=rows.clean_name(new.name),
        kind=str(new.kind),
        sha256=new.sha256,
        size_bytes=new.size_bytes,
        dated_on=new.dated_on,
        sender=peeked.sender,
        interchange_control=first.interchange_control,
        group_control=first.group_control,
        message_control=first.message_control,
        usage=new.usage,
        answers_id=new.answers_id,
        by=new.by,
    )


@transaction.atomic
def mark_delivered(file_ids: Sequence[int]) -> int:
    """The files lie in the partner's folder; returns how many were not marked before."""
    return rows.change_states(
        file_ids,
        State.DELIVERED,
        from_state=State.QUEUED,
        words="Delivered to {partner}.",
        by=None,
    )

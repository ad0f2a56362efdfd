"""Files on their way out."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.shared.exchange.envelope import Peek, peek
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.exchange.services.answers import link_answer
from cleanclaim.kernel.errors import InvariantError, StateError

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
    file_id = rows.add_file(
        direction=Direction.OUT,
        partner=partner,
        name=name,
        sha256=rows.sha256_of(data),
        size_bytes=len(data),
        content=data,
        dated_on=created_on,
        peeked=peeked,
        kind=kind,
        answers_id=answers.pk if answers else None,
        by=by,
    )
    rows.start_state(file_id, State.QUEUED, words=f"Queued for {partner.name}.", by=by)
    if answers is not None:
        link_answer(question_id=answers.pk, answer_id=file_id, kind=kind)
    return MessageFile.objects.defer("content").select_related("partner").get(pk=file_id)


@transaction.atomic
def mark_delivered(file_id: int) -> None:
    """The file lies in the partner's folder. A second call changes nothing.

    Raises:
        StateError: it is not a file on its way out.
    """
    state = FileState.objects.select_for_update().get(file_id=file_id)
    file = MessageFile.objects.defer("content").select_related("partner").get(pk=file_id)
    if file.direction != Direction.OUT:
        raise StateError(f"file {file_id} was received, expected one on its way out")
    if state.state == State.QUEUED:
        words = f"Delivered to {file.partner.name}."
        rows.change_state(file_id, State.DELIVERED, words=words, by=None)

"""The one door for bytes. Everything that comes is kept; what may not be worked on is stopped here."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from cleanclaim.apps.shared.exchange.envelope import Peek, Unreadable, peek
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    EnvelopeKey,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.users.models import User
from cleanclaim.kernel.errors import PermissionRefusedError, StateError

LIMIT_BYTES = 128 * 1024 * 1024
_BLOCK = 1024 * 1024
# The outcome that a caller sees, by the state that the file is left in.
_OUTCOMES = {
    State.RECEIVED: "accepted",
    State.PROCESSED: "accepted",
    State.DUPLICATE: "duplicate",
    State.HELD: "held",
    State.UNREADABLE: "unreadable",
    State.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file at the door.

    Attributes:
        file_id: the row that keeps it.
        outcome: accepted, duplicate, held, unreadable or refused; only `accepted` is worked on.
        first_id: the earlier file with the same bytes or the same numbers, else None.
        message: one or two sentences for the person who brought it.
    """

    file_id: int
    outcome: str
    first_id: int | None
    message: str

    @property
    def is_accepted(self) -> bool:
        """Whether the file may be worked on."""
        return self.outcome == "accepted"


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: State
    message: str
    first_id: int | None = None


def size_limit() -> int:
    """The largest file in bytes that is taken in; `FILE_LIMIT_BYTES` of the settings."""
    return int(getattr(settings, "FILE_LIMIT_BYTES", LIMIT_BYTES))


def read_bounded(file: BinaryIO, size_bytes: int) -> tuple[bytes, str, int]:
    """The bytes for `receive_file` with their SHA-256 and number.

    Of a file above the size limit only the first block is held in memory.
    """
    if size_bytes <= size_limit():
        data = file.read()
        return data, rows.sha256_of(data), len(data)
    digest, first = hashlib.sha256(), b""
    while block := file.read(_BLOCK):
        first = first or block
        digest.update(block)
    return first, digest.hexdigest(), size_bytes


@transaction.atomic
def receive_file(
    data: bytes,
    *,
    partner: Partner | None,
    name: str,
    received_on: date,
    by: int | None = None,
    sha256: str = "",
    size_bytes: int | None = None,
) -> Receipt:
    """Keep the bytes and say whether they may be worked on; nothing else changes.

    Without a `partner` (an upload) the sender in ISA05/06 names it. For a file above the size limit the
    caller hands over its first bytes with the `sha256` and `size_bytes` of the whole: it is noted and
    refused. Of two threads with the same bytes one is accepted and the other told of the first.
    """
    rows.lock_door()
    peeked = peek(data)
    partner = partner or _partner_of(peeked)
    sha256 = sha256 or rows.sha256_of(data)
    size_bytes = len(data) if size_bytes is None else size_bytes
    first = _first_with(partner, sha256)
    verdict = (
        _Verdict(State.DUPLICATE, _already(first), first.pk)
        if first
        else _judge(peeked, partner, size_bytes)
    )
    file_id = rows.add_file(
        direction=Direction.IN,
        partner=partner,
        name=name,
        sha256=sha256,
        size_bytes=size_bytes,
        content=None if first or size_bytes > size_limit() else data,
        dated_on=received_on,
        peeked=peeked if isinstance(peeked, Peek) else None,
        same_as_id=first.pk if first else None,
        by=by,
    )
    if isinstance(peeked, Peek) and verdict.state in (State.RECEIVED, State.HELD):
        rows.add_envelope_keys(file_id, peeked)
    _settle(file_id, verdict, by=by)
    return Receipt(file_id, _OUTCOMES[verdict.state], verdict.first_id, verdict.message)


def receipt_of(file_id: int) -> Receipt:
    """The receipt of a file that came earlier, as it stands now."""
    state = FileState.objects.select_related("file").get(file_id=file_id)
    return Receipt(file_id, _OUTCOMES[State(state.state)], state.file.same_as_id, state.reason)


@transaction.atomic
def lock_received_file(file_id: int) -> MessageFile | None:
    """The file, locked until the caller commits, if it still waits to be worked on; else None.

    Every handler of a received file begins here: of two workers with the same file the second one
    waits, then finds it processed.
    """
    state = FileState.objects.select_for_update().get(file_id=file_id)
    return state.file if state.state == State.RECEIVED else None


@transaction.atomic
def mark_processed(file_id: int, *, words: str = "Processed", by: int | None = None) -> None:
    """The file has been worked on, whatever its answer was.

    Raises:
        StateError: it is not waiting to be worked on.
    """
    _move(file_id, from_state=State.RECEIVED, to=State.PROCESSED, words=words, by=by)


@transaction.atomic
def mark_refused(file_id: int, *, reason: str, by: int | None = None) -> None:
    """The file was read and turned away as a whole (a broken envelope, an unknown receiver).

    Raises:
        StateError: it is not waiting to be worked on.
    """
    _move(file_id, from_state=State.RECEIVED, to=State.REFUSED, words=reason, reason=reason, by=by)
    emit("exchange.file_stopped", {"file_id": file_id})


@transaction.atomic
def release_held_file(file_id: int, by: int) -> MessageFile:
    """Let a held file through. The person who brought it cannot be the one who releases it.

    Raises:
        StateError: the file is not held.
        PermissionRefusedError: the same person received it.
    """
    file = MessageFile.objects.defer("content").get(pk=file_id)
    if file.by is not None and file.by == by:
        raise PermissionRefusedError(
            f"file {file_id} was received by you", hint="A second person must release it."
        )
    _move(file_id, from_state=State.HELD, to=State.RECEIVED, words="Released", by=by)
    emit("exchange.file_settled", {"file_id": file_id})
    return file


@transaction.atomic
def refuse_held_file(file_id: int, *, reason: str, by: int) -> None:
    """Turn a held file away for good; it stays kept.

    Raises:
        StateError: the file is not held.
    """
    _move(file_id, from_state=State.HELD, to=State.REFUSED, words=reason, reason=reason, by=by)
    emit("exchange.file_settled", {"file_id": file_id})


def _move(
    file_id: int, *, from_state: State, to: State, words: str, by: int | None, reason: str = ""
) -> None:
    state = FileState.objects.select_for_update().get(file_id=file_id)
    if state.state != from_state:
        raise StateError(
            f"file {file_id} is {State(state.state).label.lower()}, expected "
            f"{from_state.label.lower()}",
            hint="Open it again to see what happened since.",
        )
    rows.change_state(file_id, to, reason=reason, words=words, by=by)


def _settle(file_id: int, verdict: _Verdict, *, by: int | None) -> None:
    """Write the first state; a stopped file is announced, since a person must look at it."""
    accepted = verdict.state == State.RECEIVED
    rows.start_state(
        file_id,
        verdict.state,
        reason="" if accepted else verdict.message,
        words=verdict.message,
        by=by,
    )
    if not accepted and verdict.state != State.DUPLICATE:
        emit("exchange.file_stopped", {"file_id": file_id})


def _judge(peeked: Peek | Unreadable, partner: Partner | None, size_bytes: int) -> _Verdict:
    """The first reason to stop a file that is not a duplicate, else received."""
    if size_bytes > size_limit():
        return _Verdict(
            State.REFUSED,
            f"The file has {size_bytes:,} bytes, the limit is {size_limit():,}. "
            "Ask the sender to split it; its bytes were not taken in.",
        )
    if isinstance(peeked, Unreadable):
        return _Verdict(State.UNREADABLE, peeked.words)
    if settings.KIND == "production" and "T" in peeked.usages:
        return _Verdict(
            State.REFUSED,
            "ISA15: found T (test), expected P in a production world. "
            "Ask the sender for a production file; nothing was changed.",
        )
    return (
        _unknown_partner(peeked, partner)
        or _seen_before(peeked)
        or _Verdict(State.RECEIVED, "Received.")
    )


def _unknown_partner(peeked: Peek, partner: Partner | None) -> _Verdict | None:
    if Organization.objects.get(pk=current_tenant()).kind == OrganizationKind.SWITCH:
        return None  # the file door serves senders that nobody has registered
    if partner is None:
        return _Verdict(
            State.REFUSED,
            f"ISA06: {peeked.sender} is not one of our partners. "
            "Add the partner, then send the file again.",
        )
    expected = f"{partner.their_qualifier}:{partner.their_id.strip()}"
    if peeked.sender != expected:
        return _Verdict(
            State.HELD,
            f"ISA06: {peeked.sender}, expected {expected} from {partner.name}. "
            "A second person must release it.",
        )
    return None


def _seen_before(peeked: Peek) -> _Verdict | None:
    """Held if a group's numbers came before with other bytes (the same bytes never get here)."""
    seen = {
        (key.interchange_control, key.group_control, key.message_control): key.file_id
        for key in EnvelopeKey.objects.filter(
            sender__in={key.sender for key in peeked.keys},
            interchange_control__in={key.interchange_control for key in peeked.keys},
        )
        .exclude(file__state__state=State.REFUSED)
        .order_by("-id")
    }
    for key in peeked.keys:
        numbers = (key.interchange_control, key.group_control, key.message_control)
        if numbers in seen:
            first = MessageFile.objects.defer("content").get(pk=seen[numbers])
            return _Verdict(
                State.HELD,
                f"ISA13 {numbers[0]}, GS06 {numbers[1] or 'none'}, ST02 {numbers[2] or 'none'} came "
                f"before with other bytes in {_name(first)}. A second person must release it.",
                first.pk,
            )
    return None


def _partner_of(peeked: Peek | Unreadable) -> Partner | None:
    if isinstance(peeked, Unreadable):
        return None
    qualifier, _, sender = peeked.sender.partition(":")
    return Partner.objects.filter(their_qualifier=qualifier, their_id=sender).order_by("id").first()


def _first_with(partner: Partner | None, sha256: str) -> MessageFile | None:
    return (
        MessageFile.objects.defer("content")
        .filter(direction=Direction.IN, partner=partner, sha256=sha256, same_as=None)
        .first()
    )


def _already(first: MessageFile) -> str:
    return f"The same bytes came before in {_name(first)}. Nothing was changed."


def _name(file: MessageFile) -> str:
    """How people find a file again: its number, name, day and who brought it."""
    who = User.objects.filter(pk=file.by).values_list("name", flat=True).first()
    return f'file {file.pk} "{file.name}" of {file.dated_on}, received by {who or "the system"}'

"""The one door for bytes. Everything that comes is kept; what may not be worked on is stopped here."""

import hashlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.db import transaction

from cleanclaim.apps.shared.exchange.envelope import Peek
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.exchange.services.judging import (
    Arriving,
    Looked,
    Verdict,
    already,
    firsts_of,
    judge,
    look,
    seen_numbers,
    size_limit,
    stands,
)
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import StateError

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
    [receipt] = receive_files(
        [
            Arriving(
                data,
                partner=partner,
                name=name,
                sha256=sha256 or rows.sha256_of(data),
                size_bytes=len(data) if size_bytes is None else size_bytes,
            )
        ],
        received_on=received_on,
        by=by,
    )
    return receipt


@transaction.atomic
@without_cycle_collection()
def receive_files(
    arriving: Sequence[Arriving], *, received_on: date, by: int | None = None
) -> list[Receipt]:
    """As `receive_file`, for many files in few statements; one receipt per file, in order."""
    rows.lock_door()
    receipts: list[Receipt] = []
    looked = [look(one) for one in arriving]
    for wave in _waves(looked):
        receipts += _receive(wave, received_on=received_on, by=by)
    return receipts


def _waves(looked: Sequence[Looked]) -> Iterator[list[Looked]]:
    """Runs of files of which none has the bytes or the numbers of another: each sees those before it."""
    wave: list[Looked] = []
    marks: set[Hashable] = set()
    for one in looked:
        own: set[Hashable] = {one.bytes_key, *one.keys}
        if wave and own & marks:
            yield wave
            wave, marks = [], set()
        wave.append(one)
        marks |= own
    if wave:
        yield wave


def _receive(wave: Sequence[Looked], *, received_on: date, by: int | None) -> list[Receipt]:
    """Judge and keep files that have nothing to do with each other."""
    firsts, seen = firsts_of(wave), seen_numbers(wave)
    verdicts = []
    for one in wave:
        first = firsts.get(one.bytes_key)
        verdicts.append(
            Verdict(State.DUPLICATE, already(first), first.pk)
            if first and stands(first)
            else judge(one, seen)
        )
    ids = rows.add_files(
        [
            _new_file(one, verdict, firsts.get(one.bytes_key), received_on=received_on, by=by)
            for one, verdict in zip(wave, verdicts, strict=True)
        ]
    )
    found = list(zip(ids, wave, verdicts, strict=True))
    rows.add_envelope_keys(
        (file_id, one.peeked)
        for file_id, one, verdict in found
        if isinstance(one.peeked, Peek) and verdict.state in (State.RECEIVED, State.HELD)
    )
    for file_id, _, verdict in found:
        if verdict.state not in (State.RECEIVED, State.DUPLICATE):
            emit("exchange.file_stopped", {"file_id": file_id})  # a person must look at it
    return [
        Receipt(file_id, _OUTCOMES[verdict.state], verdict.first_id, verdict.message)
        for file_id, _, verdict in found
    ]


def _new_file(
    one: Looked, verdict: Verdict, first: MessageFile | None, *, received_on: date, by: int | None
) -> rows.NewFile:
    arriving = one.arriving
    keeps_bytes = verdict.state != State.DUPLICATE and arriving.size_bytes <= size_limit()
    return rows.NewFile(
        direction=Direction.IN,
        partner=one.partner,
        name=arriving.name,
        sha256=arriving.sha256,
        size_bytes=arriving.size_bytes,
        content=arriving.data if keeps_bytes else None,
        dated_on=received_on,
        peeked=one.peeked if isinstance(one.peeked, Peek) else None,
        state=verdict.state,
        reason="" if verdict.state == State.RECEIVED else verdict.message,
        words=verdict.message,
        same_as_id=first.pk if first else None,
        by=by,
    )


def receipt_of(file_id: int) -> Receipt:
    """The receipt of a file that came earlier, as it stands now."""
    state = FileState.objects.select_related("file").get(file_id=file_id)
    return Receipt(file_id, _OUTCOMES[State(state.state)], state.file.same_as_id, state.reason)


def lock_received_file(file_id: int) -> MessageFile | None:
    """The file, locked until the caller commits, if it still waits to be worked on; else None.

    Every handler of a received file begins here: of two workers with the same file the second one
    waits, then finds it processed.
    """
    found = lock_received_files([file_id])
    return found[0] if found else None


@transaction.atomic
def lock_received_files(file_ids: Sequence[int]) -> list[MessageFile]:
    """Those of the files that still wait to be worked on, in order of arrival, with partner and bytes."""
    states = (
        FileState.objects.select_for_update(of=("self",))
        .filter(file_id__in=list(file_ids))
        .select_related("file__partner")
        .order_by("file_id")
    )
    return [state.file for state in states if state.state == State.RECEIVED]


@transaction.atomic
def lock_waiting(file_ids: Sequence[int]) -> set[int]:
    """As `lock_received_files`, for a caller who has the files already: which of them still wait."""
    states = FileState.objects.select_for_update().filter(file_id__in=list(file_ids))
    found = states.order_by("file_id").values_list("file_id", "state")
    return {file_id for file_id, state in found if state == State.RECEIVED}


@transaction.atomic
def mark_processed(file_id: int, *, words: str = "Processed", by: int | None = None) -> None:
    """The file has been worked on, whatever its answer was.

    Raises:
        StateError: it is not waiting to be worked on.
    """
    move(file_id, from_state=State.RECEIVED, to=State.PROCESSED, words=words, by=by)


@transaction.atomic
def mark_all_processed(words_of: Mapping[int, str], *, by: int | None = None) -> None:
    """As `mark_processed`, for files that were locked and worked together, each with its own words.

    Raises:
        StateError: one of them is not waiting to be worked on; none is then marked.
    """
    if not words_of:
        return
    moved = rows.change_states(words_of, State.PROCESSED, by=by, from_state=State.RECEIVED)
    if moved != len(words_of):
        raise StateError(f"{len(words_of) - moved} of {len(words_of)} files do not wait any more")


@transaction.atomic
def mark_refused(file_id: int, *, reason: str, by: int | None = None) -> None:
    """The file was read and turned away as a whole (a broken envelope, an unknown receiver).

    Raises:
        StateError: it is not waiting to be worked on.
    """
    move(file_id, from_state=State.RECEIVED, to=State.REFUSED, words=reason, reason=reason, by=by)
    emit("exchange.file_stopped", {"file_id": file_id})


@transaction.atomic
def refuse_held_file(file_id: int, *, reason: str, by: int) -> None:
    """Turn a held file away for good; it stays kept.

    Raises:
        StateError: the file is not held.
    """
    move(file_id, from_state=State.HELD, to=State.REFUSED, words=reason, reason=reason, by=by)
    emit("exchange.file_settled", {"file_id": file_id})


def move(
    file_id: int, *, from_state: State, to: State, words: str, by: int | None, reason: str = ""
) -> None:
    """Take one file from a state to another, with its event.

    Raises:
        StateError: it is in another state.
    """
    moved = rows.change_states({file_id: words}, to, reason=reason, by=by, from_state=from_state)
    if moved != 1:
        state = FileState.objects.get(file_id=file_id)
        raise StateError(
            f"file {file_id} is {State(state.state).label.lower()}, expected "
            f"{from_state.label.lower()}",
            hint="Open it again to see what happened since.",
        )

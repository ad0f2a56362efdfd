"""Take 837 files in: answers and cases, in one database transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from cleanclaim.apps.payer.intake.judging import Judged, corrects, judge
from cleanclaim.apps.payer.intake.models import IntakeFile, IntakeMessage
from cleanclaim.apps.payer.intake.services.answering import (
    Answered,
    Queued,
    answer_claims,
    answer_syntax,
)
from cleanclaim.apps.payer.intake.writing import Source, write_cases
from cleanclaim.apps.payer.plans.services import remember_partners
from cleanclaim.apps.shared.audit.services import record_audits
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.services import (
    lock_waiting,
    mark_all_processed,
    mark_refused,
)
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.outbox.services import emit_all
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.edi import Received, ReceivedGroup, ReceivedMessage
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.kernel.words import counted
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import to_json

REASONS_KEPT = 20
CLAIMS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file. `answer_ids` are the files queued for its sender.

    `outcome`: accepted (every claim), partial, rejected (no claim), refused (the whole file).
    """

    file_id: int
    outcome: str
    claims_in: int = 0
    claims_accepted: int = 0
    reason: str = ""
    answer_ids: tuple[int, ...] = field(default=())
    was_taken_before: bool = False

    @property
    def claims_rejected(self) -> int:
        """Claims that go no further."""
        return self.claims_in - self.claims_accepted


@transaction.atomic
def take_in(file: MessageFile, *, received_on: date, by: int | None = None) -> TakenIn:
    """As `take_in_files`, for one file."""
    return take_in_files([file], received_on=received_on, by=by)[0]


@transaction.atomic
def take_in_files(
    files: Sequence[MessageFile], *, received_on: date, by: int | None = None
) -> list[TakenIn]:
    """Answer the files and make a case of every claim. A second call, or a second worker, changes nothing.

    Raises:
        StateError: a file has no partner, so that nobody could be answered; none is then taken in.
    """
    with without_cycle_collection():
        return _take_in(files, received_on=received_on, by=by)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A file with its reading, or the words that refuse it."""

    file: MessageFile
    received: Received | None
    refusal: str = ""


def _take_in(files: Sequence[MessageFile], *, received_on: date, by: int | None) -> list[TakenIn]:
    waiting = lock_waiting([file.pk for file in files])
    arrived = [_read(file) for file in files if file.pk in waiting]
    read = [(one.file, one.received) for one in arrived if one.received is not None]
    answers = answer_syntax(read, created_on=received_on)
    taken = [_taken_before(file.pk) for file in files if file.pk not in waiting]
    for one in arrived:
        if one.refusal:
            queued = answers.get(one.file.pk, [])
            taken.append(_refuse(one.file, one.refusal, queued, received_on=received_on, by=by))
    for wave in _waves(_judgeable(one) for one in arrived if not one.refusal):
        taken += _accept(wave, answers, received_on=received_on, by=by)
    by_file = {one.file_id: one for one in taken}
    return [by_file[file.pk] for file in files]


def _read(file: MessageFile) -> _Arrived:
    if file.partner is None:
        raise StateError(f"file {file.pk}: no partner", hint="Add the partner, then take it in")
    try:
        received = read_traded(content_in(file))
    except InputError as error:
        return _Arrived(file, None, str(error))
    if settings.KIND == "production" and any(i.usage == "T" for i in received.interchanges):
        return _Arrived(file, None, "ISA15: found T (test), expected P in a production world")
    if not any(i.is_accepted for i in received.interchanges):
        words = "; ".join(f"TA1 {i.ta1.note}" for i in received.interchanges)
        return _Arrived(file, received, words)
    return _Arrived(file, received)


def _taken_before(file_id: int) -> TakenIn:
    row = IntakeFile.objects.filter(file_id=file_id).first()
    if row is None:
        raise StateError(f"file {file_id} is not waiting to be taken in")
    return TakenIn(
        file_id,
        row.outcome,
        row.claims_in,
        row.claims_accepted,
        row.reason,
        was_taken_before=True,
    )


def _refuse(
    file: MessageFile, words: str, answers: Sequence[int], *, received_on: date, by: int | None
) -> TakenIn:
    IntakeFile.objects.create(
        file_id=file.pk,
        partner_id=file.partner_id,
        received_on=received_on,
        outcome="refused",
        reason=words[:300],
    )
    mark_refused(file.pk, reason=words, by=by)
    return TakenIn(file.pk, "refused", reason=words, answer_ids=tuple(answers))


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its 837 messages."""

    file: MessageFile
    messages: "list[_Message]"

    @property
    def judged(self) -> list[Judged]:
        return [j for message in self.messages for j in message.judged]

    @property
    def accepted(self) -> list[Judged]:
        return [j for j in self.judged if j.rejection is None]


@dataclass(slots=True)
class _Message:
    """One 837 message with its claims (none if its syntax was refused) and, once judged, their answers."""

    row_id: int
    group: ReceivedGroup
    message: ReceivedMessage
    claims: list[Claim]
    judged: list[Judged] = field(default_factory=list)


def _judgeable(arrived: _Arrived) -> _File:
    """The file's 837 messages with their claims."""
    found = [
        (group, message)
        for interchange in (arrived.received.interchanges if arrived.received else ())
        for group in interchange.groups
        for message in group.messages
        if message.kind == "837"
    ]
    return _File(
        arrived.file,
        [
            _Message(0, group, message, list(message.claims()) if message.is_accepted else [])
            for group, message in found
        ],
    )


def _waves(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Runs of files that are judged together. One that corrects claims must see those before it as cases."""
    wave: list[_File] = []
    count = 0
    for one in files:
        claims = [claim for message in one.messages for claim in message.claims]
        if wave and (count + len(claims) > CLAIMS_AT_ONCE or any(map(corrects, claims))):
            yield wave
            wave, count = [], 0
        wave.append(one)
        count += len(claims)
    if wave:
        yield wave


def _accept(
    wave: Sequence[_File], answers: Queued, *, received_on: date, by: int | None
) -> list[TakenIn]:
    """Judge the files' claims together and write all that follows, in the order of the files."""
    messages = [message for one in wave for message in one.messages]
    _judge(messages)
    _write_rows(wave, received_on=received_on)
    judged = [j for message in messages for j in message.judged]
    sources = [
        Source(one.file.pk, one.file.partner_id, message.row_id)
        for one in wave
        for message in one.messages
        for _ in message.judged
    ]
    icns = iter(write_cases(judged, sources, received_on=received_on))
    answered = [
        Answered(one.file, m.message.header, m.judged, [next(icns) for _ in m.judged])
        for one in wave
        for m in one.messages
        if m.judged
    ]
    claim_answers = answer_claims(answered, received_on=received_on)
    _tell(wave, by=by)
    return [
        TakenIn(
            one.file.pk,
            _outcome(one),
            len(one.judged),
            len(one.accepted),
            _reason(one.messages),
            (*answers.get(one.file.pk, ()), *claim_answers.get(one.file.pk, ())),
        )
        for one in wave
    ]


def _judge(messages: Sequence[_Message]) -> None:
    judged = iter(judge([claim for message in messages for claim in message.claims]))
    ids = reserve_ids(IntakeMessage, len(messages))
    for message, row_id in zip(messages, ids, strict=True):
        message.row_id = row_id
        message.judged = [next(judged) for _ in message.claims]


def _tell(wave: Sequence[_File], *, by: int | None) -> None:
    """Remember who sends for whom, write the audit, mark the files and announce them."""
    partner_of: dict[int, int] = {}
    for one in wave:
        for j in one.accepted:
            if j.provider and j.provider.partner_id is None:
                partner_of.setdefault(j.provider.id, one.file.partner_id)
    remember_partners(partner_of)
    seen = {
        f"file {one.file.pk}": [j.member_id for j in one.accepted if j.member_id] for one in wave
    }
    record_audits("receive", seen, by=by, what="claim")
    counts = {one.file.pk: (len(one.judged), len(one.accepted)) for one in wave}
    words = {
        pk: f"{counted(claims, 'claim')}, {taken} accepted"
        for pk, (claims, taken) in counts.items()
    }
    mark_all_processed(words, by=by)
    emit_all(
        "intake.file_taken",
        [
            {"file_id": pk, "accepted": taken, "rejected": claims - taken}
            for pk, (claims, taken) in counts.items()
        ],
    )


_MESSAGE_COLUMNS = (
    "id",
    "intake",
    "guide",
    "group_control",
    "message_control",
    "batch_reference",
    "outcome",
    "claims_in",
    "claims_accepted",
    "reasons",
)


_FILE_COLUMNS = (
    "id",
    "file_id",
    "partner_id",
    "received_on",
    "outcome",
    "reason",
    "claims_in",
    "claims_accepted",
    "claims_rejected",
    "charge",
)


def _write_rows(wave: Sequence[_File], *, received_on: date) -> None:
    ids = reserve_ids(IntakeFile, len(wave))
    rows = [_file_row(row_id, one, received_on) for row_id, one in zip(ids, wave, strict=True)]
    insert_rows(IntakeFile, _FILE_COLUMNS, rows)
    messages = [
        _message_row(message, row_id)
        for row_id, one in zip(ids, wave, strict=True)
        for message in one.messages
    ]
    insert_rows(IntakeMessage, _MESSAGE_COLUMNS, messages)


def _file_row(row_id: int, one: _File, received_on: date) -> tuple[Any, ...]:
    judged, accepted = one.judged, one.accepted
    return (
        row_id,
        one.file.pk,
        one.file.partner_id,
        received_on,
        _outcome(one),
        _reason(one.messages),
        len(judged),
        len(accepted),
        len(judged) - len(accepted),
        sum((_kept(j.claim.charge) for j in judged), ZERO),
    )


def _kept(charge: Decimal) -> Decimal:
    return charge if fits_ledger(charge) else ZERO


def _message_row(m: _Message, intake_id: int) -> tuple[Any, ...]:
    message = m.message
    reasons = [f"segment {f.position}: {f.message}" for f in message.findings if f.is_error]
    accepted = sum(1 for j in m.judged if j.rejection is None)
    return (
        m.row_id,
        intake_id,
        message.guide[:20],
        m.group.control_number[:9],
        message.control_number[:9],
        message.header.reference[:50] if message.is_accepted else "",
        "accepted" if message.is_accepted else "rejected",
        len(m.judged),
        accepted,
        to_json(reasons[:REASONS_KEPT]).decode(),
    )


def _outcome(one: _File) -> str:
    if not one.accepted:
        return "rejected"
    is_whole = len(one.accepted) == len(one.judged)
    is_whole = is_whole and all(m.message.is_accepted for m in one.messages)
    return "accepted" if is_whole else "partial"


def _reason(messages: Sequence[_Message]) -> str:
    """The first thing that is wrong with the file, in words."""
    if not messages:
        return "The file holds no claims (837)"
    for m in messages:
        if not m.message.is_accepted:
            errors = [f for f in m.message.findings if f.is_error] or list(m.group.findings)
            if errors:
                return f"message {m.message.control_number}: {errors[0].message}"[:300]
            return f"message {m.message.control_number}: refused with its group or interchange"
        for j in m.judged:
            if j.rejection is not None:
                return f"claim {j.claim.control_number}: {j.rejection.words}"[:300]
    return ""

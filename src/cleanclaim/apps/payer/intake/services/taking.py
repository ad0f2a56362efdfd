"""Take one 837 file in: answers and cases, in one database transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from cleanclaim.apps.payer.intake.judging import Judged, judge
from cleanclaim.apps.payer.intake.models import IntakeFile, IntakeMessage
from cleanclaim.apps.payer.intake.services.answering import (
    Answered,
    answer_claims,
    answer_syntax,
)
from cleanclaim.apps.payer.intake.writing import Source, write_cases
from cleanclaim.apps.payer.plans.batching import without_cycle_collection
from cleanclaim.apps.payer.plans.services import remember_partner
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.services import (
    lock_received_file,
    mark_processed,
    mark_refused,
)
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.edi import Received, ReceivedGroup, ReceivedMessage
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger
from cleanclaim.values.codec import to_json

REASONS_KEPT = 20


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
    """Answer the file and make a case of every claim. A second call, or a second worker, changes nothing.

    Raises:
        StateError: the file has no partner, so that nobody could be answered.
    """
    with without_cycle_collection():
        return _take_in(file, received_on=received_on, by=by)


def _take_in(file: MessageFile, *, received_on: date, by: int | None) -> TakenIn:
    if lock_received_file(file.pk) is None:
        return _taken_before(file.pk)
    if file.partner is None:
        raise StateError(f"file {file.pk}: no partner", hint="Add the partner, then take it in")
    try:
        received = read_traded(content_in(file))
    except InputError as error:
        return _refuse(file, str(error), [], received_on=received_on, by=by)
    if settings.KIND == "production" and any(i.usage == "T" for i in received.interchanges):
        words = "ISA15: found T (test), expected P in a production world"
        return _refuse(file, words, [], received_on=received_on, by=by)
    answers = answer_syntax(received, file, created_on=received_on)
    if not any(i.is_accepted for i in received.interchanges):
        words = "; ".join(f"TA1 {i.ta1.note}" for i in received.interchanges)
        return _refuse(file, words, answers, received_on=received_on, by=by)
    return _accept(file, received, answers, received_on=received_on, by=by)


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
class _Message:
    """One 837 message with its row's id and its claims' answers; none if its syntax was refused."""

    row_id: int
    group: ReceivedGroup
    message: ReceivedMessage
    judged: list[Judged]


def _accept(
    file: MessageFile,
    received: Received,
    answers: list[int],
    *,
    received_on: date,
    by: int | None,
) -> TakenIn:
    messages = _judge_messages(received)
    judged = [j for message in messages for j in message.judged]
    accepted = [j for j in judged if j.rejection is None]
    _write_rows(file, messages, judged, accepted, received_on=received_on)
    row_ids: list[int | None] = [m.row_id for m in messages for _ in m.judged]
    icns = iter(write_cases(judged, row_ids, Source(file.pk, file.partner_id, received_on)))
    answered = [
        Answered(m.message.header, m.judged, [next(icns) for _ in m.judged])
        for m in messages
        if m.judged
    ]
    answers += answer_claims(answered, file, received_on=received_on)
    without = {j.provider.id for j in accepted if j.provider and j.provider.partner_id is None}
    remember_partner(without, partner_id=file.partner_id)
    member_ids = [j.member_id for j in accepted if j.member_id]
    record_audit("receive", patient_ids=member_ids, by=by, what="claim", detail=f"file {file.pk}")
    outcome = _outcome(messages, judged, accepted)
    words = f"{len(judged)} claims, {len(accepted)} accepted"
    mark_processed(file.pk, words=words, by=by)
    emit(
        "intake.file_taken",
        {"file_id": file.pk, "accepted": len(accepted), "rejected": len(judged) - len(accepted)},
    )
    return TakenIn(file.pk, outcome, len(judged), len(accepted), _reason(messages), tuple(answers))


def _judge_messages(received: Received) -> list[_Message]:
    """All 837 messages; the claims of those whose syntax is accepted are judged together."""
    found = [
        (group, message)
        for interchange in received.interchanges
        for group in interchange.groups
        for message in group.messages
        if message.kind == "837"
    ]
    claims = [list(m.claims()) if m.is_accepted else [] for _, m in found]
    judged = iter(judge([claim for some in claims for claim in some]))
    ids = reserve_ids(IntakeMessage, len(found))
    return [
        _Message(row_id, group, message, [next(judged) for _ in some])
        for row_id, (group, message), some in zip(ids, found, claims, strict=True)
    ]


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


def _write_rows(
    file: MessageFile,
    messages: Sequence[_Message],
    judged: Sequence[Judged],
    accepted: Sequence[Judged],
    *,
    received_on: date,
) -> None:
    intake = IntakeFile.objects.create(
        file_id=file.pk,
        partner_id=file.partner_id,
        received_on=received_on,
        outcome=_outcome(messages, judged, accepted),
        reason=_reason(messages),
        claims_in=len(judged),
        claims_accepted=len(accepted),
        claims_rejected=len(judged) - len(accepted),
        charge=sum((_kept(j.claim.charge) for j in judged), ZERO),
    )
    rows = [_message_row(message, intake.pk) for message in messages]
    insert_rows(IntakeMessage, _MESSAGE_COLUMNS, rows)


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


def _outcome(
    messages: Sequence[_Message], judged: Sequence[Judged], accepted: Sequence[Judged]
) -> str:
    if not accepted:
        return "rejected"
    is_whole = len(accepted) == len(judged) and all(m.message.is_accepted for m in messages)
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

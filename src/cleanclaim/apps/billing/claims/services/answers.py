"""What the payer says of our files (TA1, 999) and of our claims (277CA), before any money."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from cleanclaim.apps.billing.claims import rows, work
from cleanclaim.apps.billing.claims.models import (
    Claim,
    Submission,
    SubmissionClaim,
    SubmissionState,
)
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.models import Kind, MessageFile
from cleanclaim.apps.shared.exchange.selectors import find_sent_file
from cleanclaim.apps.shared.exchange.services import record_answer
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.values.acknowledgement import (
    ClaimAcknowledgement,
    ClaimStatus,
    InterchangeAnswer,
    MessageAnswer,
    Outcome,
    SyntaxAcknowledgement,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an acknowledgement did; `unmatched` names claims or messages that we never sent."""

    accepted: int = 0
    rejected: int = 0
    unmatched: tuple[str, ...] = ()


@transaction.atomic
def apply_interchange_answer(answer: InterchangeAnswer, *, file: MessageFile) -> Answered:
    """A TA1: a refused interchange refuses every claim in it; an accepted one is noted at the file."""
    assert file.partner_id is not None
    sent = find_sent_file(
        partner_id=file.partner_id, interchange_control=answer.interchange_control_number
    )
    if sent is None:
        return Answered(unmatched=(answer.interchange_control_number,))
    is_accepted = answer.code != "R"
    record_answer(
        question_id=sent.pk, answer_id=file.pk, kind=Kind.INTERCHANGE.value, is_accepted=is_accepted
    )
    if is_accepted:
        return Answered()
    reason = f"The interchange was refused (TA1 {answer.note})."
    rejected = 0
    for submission_id, _, _ in _lock_submissions(sent.pk):
        rejected += _refuse(submission_id, [reason], file=file)
    return Answered(rejected=rejected)


@transaction.atomic
def apply_syntax_acknowledgement(ack: SyntaxAcknowledgement, *, file: MessageFile) -> Answered:
    """A 999: messages that were accepted wait for their claims' answers; the claims of others are rejected.

    A group that we never sent to this partner changes nothing and is named in the result.
    """
    assert file.partner_id is not None
    sent = find_sent_file(partner_id=file.partner_id, group_control=ack.group_control_number)
    if sent is None:
        return Answered(unmatched=(f"group {ack.group_control_number}",))
    is_refused = ack.outcome is Outcome.REJECTED
    record_answer(
        question_id=sent.pk, answer_id=file.pk, kind=Kind.SYNTAX.value, is_accepted=not is_refused
    )
    answers = {_number(message.control_number): message for message in ack.messages}
    received = []
    rejected = 0
    for submission_id, message_control, state in _lock_submissions(sent.pk):
        message = answers.get(_number(message_control))
        if is_refused or (message is not None and message.outcome is Outcome.REJECTED):
            rejected += _refuse(submission_id, _reasons(ack, message), file=file)
        elif state == SubmissionState.SENT:
            received.append(submission_id)
    _note_received(received, file=file)
    return Answered(rejected=rejected)


def _lock_submissions(sent_file_id: int) -> list[tuple[int, str, str]]:
    """(id, ST02, state) of the messages in a file that we sent, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, message_control, state FROM claims_submission WHERE file_id = %s "
            "ORDER BY id FOR UPDATE",
            [sent_file_id],
        )
        return cursor.fetchall()


def _note_received(submission_ids: Sequence[int], *, file: MessageFile) -> None:
    """Move the submissions on, with a step on the timeline of each of their claims, in one statement."""
    if not submission_ids:
        return
    words = f"Received by the payer without a fault in the format (999, file {file.pk})."
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH moved AS (UPDATE claims_submission SET state = 'received' WHERE id = ANY(%s) RETURNING id) "
            'INSERT INTO claims_claimevent (claim_id, "on", kind, words, file_id) '
            "SELECT place.claim_id, %s, 'received-by', %s, %s FROM moved "
            "JOIN claims_submissionclaim AS place ON place.submission_id = moved.id "
            "ORDER BY place.submission_id, place.position",
            [list(submission_ids), file.dated_on, words, file.pk],
        )


def _number(control: str) -> str:
    return control.lstrip("0")


def _reasons(ack: SyntaxAcknowledgement, message: MessageAnswer | None) -> list[str]:
    findings = message.findings if message else ()
    said = [one.message for one in findings if one.message]
    codes = (message.codes if message else ()) or ack.codes
    return said or [f"The format was refused (999 codes {', '.join(codes) or 'none'})."]


def _refuse(submission_id: int, reasons: Sequence[str], *, file: MessageFile) -> int:
    """The payer never took the message in: each claim of it that still waits is rejected."""
    places = SubmissionClaim.objects.filter(submission_id=submission_id)
    waiting = Claim.objects.filter(
        pk__in=places.values("claim_id"), state__in=(State.SENT, State.ACCEPTED)
    )
    ids = list(waiting.values_list("id", flat=True))
    Submission.objects.filter(pk=submission_id).update(
        state=SubmissionState.REFUSED, reasons=list(reasons)[:50], rejected_count=len(ids)
    )
    _set_states([(claim_id, State.REJECTED, "") for claim_id in ids])
    words = f"Refused with its file: {reasons[0]}"
    rows.add_events(
        [(claim_id, "rejected", words) for claim_id in ids],
        on=file.dated_on,
        by=None,
        file_id=file.pk,
    )
    work.open_rejected(dict.fromkeys(ids, words), on=file.dated_on)
    return len(ids)


@transaction.atomic
def apply_claim_acknowledgement(ack: ClaimAcknowledgement, *, file: MessageFile) -> Answered:
    """A 277CA: each claim of the batch is accepted, with the payer's number, or rejected, with work.

    Statuses find their claims in the batch by control number and charge, equal ones in the order in which they were
    sent. A claim that the payer has answered with money meanwhile keeps its state.
    """
    statuses = [status for provider in ack.providers for status in provider.claims]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, file_id FROM claims_submission WHERE batch_reference = %s AND partner_id = %s "
            "ORDER BY id DESC LIMIT 1 FOR UPDATE",
            [ack.batch_reference, file.partner_id],
        )
        found = cursor.fetchone()
    if found is None:
        return Answered(unmatched=(f"batch {ack.batch_reference}",))
    submission_id, sent_file_id = found
    record_answer(
        question_id=sent_file_id,
        answer_id=file.pk,
        kind=Kind.CLAIM_ANSWER.value,
        is_accepted=True,
    )
    matched, unmatched = _match(submission_id, statuses)
    accepted = sum(one.status.is_accepted for one in matched)
    rejected = len(matched) - accepted
    _store(matched)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_submission SET state = 'answered', accepted_count = accepted_count + %s, "
            "rejected_count = rejected_count + %s WHERE id = %s",
            [accepted, rejected, submission_id],
        )
    _tell(matched, on=file.dated_on, file=file)
    return Answered(accepted, rejected, tuple(unmatched))


@dataclass(frozen=True, slots=True)
class _Match:
    place_id: int
    claim_id: int
    patient_id: int
    status: ClaimStatus


def _match(submission_id: int, statuses: Sequence[ClaimStatus]) -> tuple[list[_Match], list[str]]:
    """Each status with its claim; the control numbers of those without one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.claim_id, c.patient_id, c.control_number, c.billed "
            "FROM claims_submissionclaim p JOIN claims_claim c ON c.id = p.claim_id "
            "WHERE p.submission_id = %s AND p.answer = '' ORDER BY p.position",
            [submission_id],
        )
        waiting = defaultdict(list)
        for place_id, claim_id, patient_id, control_number, billed in cursor.fetchall():
            waiting[control_number].append((billed, place_id, claim_id, patient_id))
    matched, unmatched = [], []
    for status in statuses:
        candidates = waiting.get(status.control_number, [])
        found = next((one for one in candidates if one[0] == status.charge), None)
        if found is None and candidates:
            found = candidates[0]
        if found is None:
            unmatched.append(status.control_number)
            continue
        candidates.remove(found)
        matched.append(_Match(found[1], found[2], found[3], status))
    return matched, unmatched


def _store(matched: Sequence[_Match]) -> None:
    _set_states(
        [
            (
                one.claim_id,
                State.ACCEPTED if one.status.is_accepted else State.REJECTED,
                one.status.payer_control_number[:80],
            )
            for one in matched
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_submissionclaim AS p SET answer = w.answer "
            "FROM unnest(%s::bigint[], %s::text[]) AS w(id, answer) WHERE p.id = w.id",
            [
                array_text([one.place_id for one in matched]),
                array_text([_answer(one.status) for one in matched]),
            ],
        )


def _set_states(found: Sequence[tuple[int, State, str]]) -> None:
    """Move claims that wait for this answer; a payer's number is kept where none is given."""
    if not found:
        return
    ids, states, numbers = zip(*found, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim AS c SET state = CASE WHEN c.state IN ('sent', 'accepted') "
            "THEN w.state ELSE c.state END, payer_control_number = "
            "CASE w.number WHEN '' THEN c.payer_control_number ELSE w.number END "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS w(id, state, number) "
            "WHERE c.id = w.id",
            [array_text(ids), array_text([state.value for state in states]), array_text(numbers)],
        )


def _answer(status: ClaimStatus) -> str:
    """The status as its codes: A7:562:85."""
    return ":".join(part for part in (status.category, status.status, status.entity) if part)[:40]


def _tell(matched: Sequence[_Match], *, on: date, file: MessageFile) -> None:
    events = []
    rejected = {}
    for one in matched:
        said = f" {one.status.message}" if one.status.message else ""
        if one.status.is_accepted:
            number = one.status.payer_control_number
            words = f"Accepted by the payer as {number}." if number else "Accepted by the payer."
            events.append((one.claim_id, "accepted", words))
        else:
            words = f"Rejected by the payer ({_answer(one.status)}).{said}"
            events.append((one.claim_id, "rejected", words))
            rejected[one.claim_id] = words
    rows.add_events(events, on=on, by=None, file_id=file.pk)
    work.open_rejected(rejected, on=on)
    record_audit(
        "receive",
        patient_ids=[one.patient_id for one in matched],
        by=None,
        what="claim acknowledgement",
        detail=f"file {file.pk}",
    )

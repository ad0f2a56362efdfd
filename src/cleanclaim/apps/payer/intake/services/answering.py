"""The answers to a file: TA1, 999 and 277CA, queued to the partner who sent it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from cleanclaim.apps.payer.intake.front_end import ACCEPTED
from cleanclaim.apps.payer.intake.judging import Judged
from cleanclaim.apps.payer.plans.selectors import payer_profile
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.services import Leaving, next_envelopes, queue_files
from cleanclaim.edi import (
    Batch,
    Received,
    ReceivedInterchange,
    syntax_acknowledgements,
    write_277ca,
    write_999,
    write_ta1,
)
from cleanclaim.edi.claim_answers import by_provider
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, ClaimStatus


@dataclass(frozen=True, slots=True)
class Answered:
    """One accepted 837 message: its head, and each claim with the front end's answer and our number."""

    file: MessageFile
    header: Batch
    judged: Sequence[Judged]
    icns: Sequence[str]


# File ids by the id of the file that they answer.
Queued = dict[int, list[int]]


def answer_syntax(arrived: Sequence[tuple[MessageFile, Received]], *, created_on: date) -> Queued:
    """Queue a TA1 per interchange that wants one, and a 999 with one message per functional group."""
    drafts = [
        draft
        for file, received in arrived
        for interchange in received.interchanges
        for draft in _syntax_drafts(file, interchange)
    ]
    return _queue(drafts, created_on=created_on)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A file to be written once it has its control numbers."""

    file: MessageFile  # that it answers
    kind: str
    number: str
    write: Callable[..., bytes]  # (envelope=)


def _syntax_drafts(file: MessageFile, interchange: ReceivedInterchange) -> Iterator[_Draft]:
    number = interchange.control_number or str(file.pk)
    if interchange.wants_ta1:
        yield _Draft(file, "TA1", number, partial(write_ta1, interchange.ta1))
    if found := syntax_acknowledgements(interchange):
        yield _Draft(file, "999", number, partial(write_999, found))


def answer_claims(answered: Sequence[Answered], *, received_on: date) -> Queued:
    """Queue one 277CA file for each file, with a message per 837 message."""
    if not answered:
        return {}
    profile = payer_profile()
    drafts = []
    for _, messages in groupby(answered, key=lambda one: one.file.pk):
        some = list(messages)
        found = [
            _acknowledge(message, profile.payer_name, profile.payer_id, received_on)
            for message in some
        ]
        file = some[0].file
        drafts.append(_Draft(file, "277CA", str(file.pk), partial(write_277ca, found)))
    return _queue(drafts, created_on=received_on)


def _queue(drafts: Sequence[_Draft], *, created_on: date) -> Queued:
    partners = [draft.file.partner for draft in drafts]
    envelopes = next_envelopes(partners, created_on=created_on)
    leaving = [
        Leaving(
            draft.write(envelope=envelope),
            draft.file.partner,
            draft.kind,
            f"{draft.kind}-{draft.number}.x12",
            draft.file,
        )
        for draft, envelope in zip(drafts, envelopes, strict=True)
    ]
    queued: Queued = {}
    for draft, file in zip(drafts, queue_files(leaving, created_on=created_on), strict=True):
        queued.setdefault(draft.file.pk, []).append(file.pk)
    return queued


def _acknowledge(
    message: Answered, payer_name: str, payer_id: str, received_on: date
) -> ClaimAcknowledgement:
    return by_provider(
        (
            (judged.claim.billing, _status(judged, icn))
            for judged, icn in zip(message.judged, message.icns, strict=True)
        ),
        batch=message.header,
        payer_name=payer_name,
        payer_id=payer_id,
        received_on=received_on,
        processed_on=received_on,
    )


def _status(judged: Judged, icn: str) -> ClaimStatus:
    claim, why = judged.claim, judged.rejection
    category, status, entity = ACCEPTED
    if why is not None:
        category, status, entity = why.category, why.status, why.entity
    patient = claim.patient_person
    first, last = claim.service_from, claim.service_to
    return ClaimStatus(
        control_number=claim.control_number,
        category=category,
        status=status,
        charge=claim.charge,
        entity=entity,
        payer_control_number=icn,
        clearinghouse_number=claim.clearinghouse_number,
        service_from=first,
        service_to=None if last == first else last,
        message=why.words if why else "",
        patient_last_name=patient.last_name,
        patient_first_name=patient.first_name,
        member_id=claim.subscriber.person.member_id,
    )

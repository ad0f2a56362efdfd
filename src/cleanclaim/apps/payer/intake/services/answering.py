"""The answers to a file: TA1, 999 and 277CA, queued to the partner who sent it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.apps.payer.intake.front_end import ACCEPTED
from cleanclaim.apps.payer.intake.judging import Judged
from cleanclaim.apps.payer.plans.selectors import payer_profile
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.exchange.services import next_envelope, queue_file
from cleanclaim.edi import (
    Batch,
    Received,
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

    header: Batch
    judged: Sequence[Judged]
    icns: Sequence[str]


def answer_syntax(received: Received, file: MessageFile, *, created_on: date) -> list[int]:
    """Queue a TA1 per interchange that wants one, and a 999 with one message per functional group."""
    partner = file.partner
    queued = []
    for interchange in received.interchanges:
        number = interchange.control_number or str(file.pk)
        if interchange.wants_ta1:
            envelope = next_envelope(partner, created_on=created_on)
            data = write_ta1(interchange.ta1, envelope=envelope)
            queued.append(_queue(data, file, kind="TA1", number=number, created_on=created_on))
        acknowledgements = syntax_acknowledgements(interchange)
        if acknowledgements:
            envelope = next_envelope(partner, created_on=created_on)
            data = write_999(acknowledgements, envelope=envelope)
            queued.append(_queue(data, file, kind="999", number=number, created_on=created_on))
    return queued


def answer_claims(
    answered: Sequence[Answered], file: MessageFile, *, received_on: date
) -> list[int]:
    """Queue one 277CA file with a message per 837 message."""
    if not answered:
        return []
    profile = payer_profile()
    acknowledgements = [
        _acknowledge(message, profile.payer_name, profile.payer_id, received_on)
        for message in answered
    ]
    envelope = next_envelope(file.partner, created_on=received_on)
    data = write_277ca(acknowledgements, envelope=envelope)
    return [_queue(data, file, kind="277CA", number=str(file.pk), created_on=received_on)]


def _queue(data: bytes, file: MessageFile, *, kind: str, number: str, created_on: date) -> int:
    queued = queue_file(
        data,
        partner=file.partner,
        kind=kind,
        name=f"{kind}-{number}.x12",
        created_on=created_on,
        answers=file,
    )
    return queued.pk


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

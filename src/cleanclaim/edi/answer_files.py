"""The files that answer a file: TA1, 999 and 277CA, addressed back to its sender."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from cleanclaim.edi.ack999.write import write_999
from cleanclaim.edi.answers import Policy, syntax_acknowledgements
from cleanclaim.edi.claim_answers import claim_acknowledgement, judged_claims
from cleanclaim.edi.hc277ca.write import write_277ca
from cleanclaim.edi.received import Received, ReceivedInterchange
from cleanclaim.edi.ta1.write import write_ta1
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, Outcome
from cleanclaim.wire.x12.writer import Envelope, harmless


class AnswerFile(NamedTuple):
    """One answer to one interchange.

    Attributes:
        place: number of the interchange within its file, from 1.
        kind: `ta1`, `999` or `277CA`.
        is_accepted: whether every claim that a 277CA speaks of is accepted; the others say it of their interchange.
    """

    place: int
    kind: str
    data: bytes
    is_accepted: bool


def answer_files(
    received: Received, kept: Received | None, *, policy: Policy, control: int, now: datetime
) -> Iterator[AnswerFile]:
    """Each answer, interchange by interchange.

    Args:
        received: what the levels of the caller found; the TA1 and the 999 say it.
        kept: the same file with its segments, without which no claim is answered; None: no 277CA.
        control: interchange control number of the first answer; the next ones follow.
        now: when the answers are made.
    """
    for place, interchange in enumerate(received.interchanges, 1):
        claims = _claim_answers(kept.interchanges[place - 1], policy, now.date()) if kept else []
        is_good = all(s.is_accepted for c in claims for p in c.providers for s in p.claims)
        for kind, data in _answers(interchange, policy, claims, control, now):
            control += 1
            is_accepted = is_good if kind == "277CA" else interchange.is_accepted
            yield AnswerFile(place, kind, data, is_accepted)


def _claim_answers(
    interchange: ReceivedInterchange, policy: Policy, today: date
) -> list[ClaimAcknowledgement]:
    """One 277CA message per 837 that the 999 accepts."""
    found: list[ClaimAcknowledgement] = []
    refused = {
        (ack.group_control_number, answer.control_number)
        for ack in syntax_acknowledgements(interchange, policy)
        for answer in ack.messages
        if answer.outcome is Outcome.REJECTED
    }
    for group in interchange.groups if interchange.is_accepted else ():
        for message in group.messages:
            is_out = (group.control_number, message.control_number) in refused
            if message.kind != "837" or message.walked is None or is_out:
                continue
            batch = message.header
            found.append(
                claim_acknowledgement(
                    judged_claims(message),
                    batch=batch,
                    payer_name=batch.receiver.name,
                    payer_id=batch.receiver.identifier,
                    received_on=today,
                    processed_on=today,
                    policy=policy,
                )
            )
    return found


def _answers(
    interchange: ReceivedInterchange,
    policy: Policy,
    claims: list[ClaimAcknowledgement],
    control: int,
    now: datetime,
) -> list[tuple[str, bytes]]:
    found = []
    if interchange.wants_ta1:
        found.append(
            ("ta1", write_ta1(interchange.ta1, envelope=_envelope(interchange, control, now)))
        )
    if acks := syntax_acknowledgements(interchange, policy):
        envelope = _envelope(interchange, control + len(found), now)
        found.append(("999", write_999(acks, envelope=envelope)))
    if claims:
        envelope = _envelope(interchange, control + len(found), now)
        found.append(("277CA", write_277ca(claims, envelope=envelope)))
    return found


def _envelope(interchange: ReceivedInterchange, control: int, now: datetime) -> Envelope:
    """Back to the sender, whatever stands in its envelope."""
    group = interchange.groups[0] if interchange.groups else None
    own, theirs = _fitting(interchange.receiver_id), _fitting(interchange.sender_id)
    return Envelope(
        sender_qualifier=_qualifier(interchange.receiver_qualifier),
        sender_id=own or "RECEIVER",
        receiver_qualifier=_qualifier(interchange.sender_qualifier),
        receiver_id=theirs or "SENDER",
        interchange_control=control,
        group_control=control,
        message_control=1,
        usage=interchange.usage if interchange.usage in ("T", "P") else "T",
        created_on=now.date(),
        created_at=now.strftime("%H%M"),
        gs_sender=_fitting(group.gs_receiver if group else "") or own or "RECEIVER",
        gs_receiver=_fitting(group.gs_sender if group else "") or theirs or "SENDER",
    )


def _fitting(identifier: str) -> str:
    """An id as our envelope can hold it."""
    return harmless(identifier, 15).strip()


def _qualifier(sent: str) -> str:
    return sent if len(sent) == 2 and sent.isascii() and sent.isalnum() else "ZZ"

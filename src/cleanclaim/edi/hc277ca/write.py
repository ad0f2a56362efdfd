"""From claim acknowledgements to a 277CA: one message each."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import total
from cleanclaim.values.acknowledgement import ClaimAcknowledgement, ClaimStatus, ProviderStatus
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import (
    Envelope,
    Message,
    composite,
    day8,
    number,
    segment,
    write_group,
)

GUIDE = "005010X214"


def write_277ca(
    acks: Sequence[ClaimAcknowledgement],
    *,
    envelope: Envelope,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The acknowledgements, in order, as one interchange.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    if not acks:
        raise InputError("no claim acknowledgements to write")
    messages = [
        Message("277", _message(ack, envelope, envelope.message_control + place), GUIDE)
        for place, ack in enumerate(acks)
    ]
    return write_group(
        messages, envelope=envelope, functional_id="HN", guide=GUIDE, delimiters=delimiters
    )


def _message(ack: ClaimAcknowledgement, envelope: Envelope, control: int) -> list[str]:
    # Our own number of the answer; it repeats in no other interchange of ours.
    reference = f"{envelope.interchange_control:09d}{control:04d}"
    created = day8(envelope.created_on)
    processed = day8(ack.processed_on)
    statuses = [status for provider in ack.providers for status in provider.claims]
    out = [
        segment("BHT", "0085", "08", reference, created, envelope.created_at, "TH"),
        segment("HL", "1", "", "20", "1"),
        segment("NM1", "PR", "2", ack.payer_name, "", "", "", "", "PI", ack.payer_id),
        segment("TRN", "1", reference),
        segment("DTP", "050", "D8", day8(ack.received_on)),
        segment("DTP", "009", "D8", processed),
        segment("HL", "2", "1", "21", "1" if ack.providers else "0"),
        segment("NM1", "41", "2", ack.submitter_name, "", "", "", "", "46", ack.submitter_id),
        segment("TRN", "2", ack.batch_reference),
        _status("A1", "19", "PR", processed, "WQ", total(s.charge for s in statuses)),
        *_totals(statuses, "90", "AA"),
    ]
    level = 2
    for provider in ack.providers:
        level += 1
        out += _provider(provider, level)
        own = level
        for status in provider.claims:
            level += 1
            out += _claim(status, level, own, processed)
    return out


def _status(
    category: str, code: str, entity: str, on: str, action: str, charge: Decimal, words: str = ""
) -> str:
    return segment(
        "STC", composite(category, code, entity), on, action, number(charge), *[""] * 7, words
    )


def _totals(statuses: Iterable[ClaimStatus], accepted_code: str, rejected_code: str) -> list[str]:
    rows = list(statuses)
    accepted = [s for s in rows if s.is_accepted]
    rejected = [s for s in rows if not s.is_accepted]
    out = []
    if accepted:
        out.append(segment("QTY", accepted_code, str(len(accepted))))
    if rejected:
        out.append(segment("QTY", rejected_code, str(len(rejected))))
    if accepted:
        out.append(segment("AMT", "YU", number(total(s.charge for s in accepted))))
    if rejected:
        out.append(segment("AMT", "YY", number(total(s.charge for s in rejected))))
    return out


def _provider(provider: ProviderStatus, level: int) -> list[str]:
    qualifier, value = ("XX", provider.npi) if provider.npi else ("FI", provider.tin)
    out = [
        segment("HL", str(level), "2", "19", "1" if provider.claims else "0"),
        segment("NM1", "85", "2", provider.name, "", "", "", "", qualifier, value),
        segment("TRN", "1", "0"),
    ]
    if provider.npi and provider.tin:
        out.append(segment("REF", "TJ", provider.tin))
    return out + _totals(provider.claims, "QA", "QC")


def _claim(status: ClaimStatus, level: int, above: int, processed: str) -> list[str]:
    has_id = "MI" if status.member_id else ""
    out = [
        segment("HL", str(level), str(above), "PT"),
        segment("NM1", "QC", "1", status.patient_last_name, status.patient_first_name, "", "", "", has_id,
                status.member_id),
        segment("TRN", "2", status.control_number),
        _status(status.category, status.status, status.entity, processed, "WQ" if status.is_accepted else "U",
                status.charge, status.message),
    ]  # fmt: skip
    if status.payer_control_number:
        out.append(segment("REF", "1K", status.payer_control_number))
    if status.clearinghouse_number:
        out.append(segment("REF", "D9", status.clearinghouse_number))
    if status.service_from and status.service_to:
        out.append(
            segment("DTP", "472", "RD8", f"{day8(status.service_from)}-{day8(status.service_to)}")
        )
    elif status.service_from:
        out.append(segment("DTP", "472", "D8", day8(status.service_from)))
    return out

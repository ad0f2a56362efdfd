"""Take an 835 in: one remittance per trace number, duplicates refused, the file answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.billing.coverage.services import find_or_add_payers, payer_key
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import (
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
)
from cleanclaim.apps.shared.exchange.models import Kind, MessageFile
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.services import next_envelope, queue_file
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.edi import ReceivedInterchange, syntax_acknowledgements, write_999
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import fits_ledger
from cleanclaim.values import remittance as values
from cleanclaim.values.codec import to_json


@dataclass(frozen=True, slots=True)
class Refused:
    """A payment that was received before; `first_id` is the remittance that it repeats."""

    trace_number: str
    first_id: int
    message: str


@dataclass(frozen=True, slots=True)
class ReceivedRemittances:
    """What an 835 file brought: ids of new remittances, payments refused, faults of the format."""

    ids: tuple[int, ...]
    refused: tuple[Refused, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The remittance of the same payer, trace, amount and day that was here first."""

    remittance_id: int
    file_id: int
    received_on: date


@transaction.atomic
def receive_remittances(
    file: MessageFile, *, received_on: date, by: int | None = None
) -> ReceivedRemittances:
    """Keep each payment of an 835 file as a remittance to be posted, and answer the file with a 999.

    A payment that was received before, in whatever file, is refused and named; nothing of it is kept
    but the file. A message that the format refuses is told to the sender in the 999 and changes nothing.
    The caller locks the file first and marks it processed after.
    """
    # Two files with the same payment at once: the second one waits and then finds the first.
    lock_names(["remittances receive"])
    ids: list[int] = []
    refused: list[Refused] = []
    faults: list[str] = []
    position = 0
    for interchange in read_traded(content_in(file)).interchanges:
        for group in interchange.groups:
            for message in group.messages:
                if message.kind != "835":
                    continue
                position += 1
                if not message.is_accepted:
                    faults += [
                        f"message {message.control_number}: {f.message}" for f in message.findings
                    ]
                    continue
                value = message.remittance()
                if unfit := _unfit(value):
                    faults.append(f"message {message.control_number}: {unfit}")
                elif known := find_known(value):
                    refused.append(_refusal(value, known))
                else:
                    ids.append(_keep(file, value, position=position, received_on=received_on))
        _answer(file, interchange, on=received_on)
    work.open_refused([(one.first_id, one.message) for one in refused], on=received_on)
    work.open_faulty(file, faults, on=received_on)
    return ReceivedRemittances(tuple(ids), tuple(refused), tuple(faults))


def _unfit(value: values.Remittance) -> str:
    """The first amount that no account can hold, with its place; empty if there is none."""
    places = [
        ("BPR02", value.paid),
        *((f"PLB {plb.reason} {plb.reference}", plb.amount) for plb in value.provider_adjustments),
    ]
    for number, claim in enumerate(value.claims, 1):
        where = f"claim {number}"
        places += [(where, a) for a in (claim.charge, claim.paid, claim.patient_responsibility)]
        places += [(where, a.amount) for a in claim.all_adjustments]
        places += [(where, a) for line in claim.lines for a in (line.charge, line.paid)]
    wrong = next((place for place in places if not fits_ledger(place[1])), None)
    if wrong is None:
        return ""
    return f"{wrong[0]}: {wrong[1]}, expected whole cents below a trillion dollars"


def find_known(value: values.Remittance) -> Known | None:
    """The remittance with the same payer, trace, amount and day, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, file_id, received_on FROM remittances_remittance "
            "WHERE payer_trace_id = %s AND trace_number = %s AND paid = %s AND paid_on = %s",
            [value.payer_trace_id[:10], value.trace_number[:50], value.paid, value.paid_on],
        )
        found = cursor.fetchone()
    return Known(*found) if found else None


def require_new(value: values.Remittance) -> None:
    """Say no to a payment that is here already, for doors that take one at a time.

    Raises:
        StateError: it is here; the message names the first one.
    """
    if known := find_known(value):
        raise StateError(_refusal(value, known).message)


def _refusal(value: values.Remittance, known: Known) -> Refused:
    message = (
        f"trace {value.trace_number} of payer {value.payer_trace_id}, {value.paid} of "
        f"{value.paid_on}, was received before: remittance {known.remittance_id} in file "
        f"{known.file_id} on {known.received_on}. Nothing was posted"
    )
    return Refused(value.trace_number, known.remittance_id, message)


def _keep(file: MessageFile, value: values.Remittance, *, position: int, received_on: date) -> int:
    payer_id = find_or_add_payers([value.payer])[payer_key(value.payer)]
    [remittance_id] = reserve_ids(Remittance, 1)
    columns: dict[str, Any] = {
        "id": remittance_id,
        "file_id": file.pk,
        "position": position,
        "payer_id": payer_id,
        "payer_name": value.payer.name[:120],
        "payer_trace_id": value.payer_trace_id[:10],
        "trace_number": value.trace_number[:50],
        "paid": value.paid,
        "paid_on": value.paid_on,
        "method": value.method[:3],
        "claim_count": len(value.claims),
        "body": to_json(value).decode(),
        "received_on": received_on,
    }
    insert_rows(Remittance, tuple(columns), [tuple(columns.values())])
    _keep_claims(remittance_id, value.claims)
    insert_rows(
        RemittanceAdjustment,
        ("remittance", "position", "reason", "reference", "amount"),
        [
            (remittance_id, place, one.reason[:2], one.reference[:50], one.amount)
            for place, one in enumerate(value.provider_adjustments, 1)
        ],
    )
    return remittance_id


def _keep_claims(remittance_id: int, claims: Sequence[values.ClaimPayment]) -> None:
    insert_rows(
        RemittanceClaim,
        (
            "remittance",
            "position",
            "control_number",
            "payer_control_number",
            "status_code",
            "charge",
            "paid",
            "patient_responsibility",
        ),
        [
            (
                remittance_id,
                place,
                one.control_number[:80],
                one.payer_control_number[:80],
                one.status_code[:2],
                one.charge,
                one.paid,
                one.patient_responsibility,
            )
            for place, one in enumerate(claims, 1)
        ],
    )


def _answer(file: MessageFile, interchange: ReceivedInterchange, *, on: date) -> None:
    """The 999 to the payer; a 999 or TA1 that travels along is never answered."""
    if file.partner is None:
        return
    acknowledgements = syntax_acknowledgements(interchange)
    if not acknowledgements:
        return
    envelope = next_envelope(file.partner, created_on=on)
    queue_file(
        write_999(acknowledgements, envelope=envelope),
        partner=file.partner,
        kind=Kind.SYNTAX.value,
        name=f"999-{file.pk}.x12",
        created_on=on,
        answers=file,
    )

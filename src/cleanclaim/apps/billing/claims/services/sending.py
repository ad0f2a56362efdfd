"""Send what is ready: 837 messages of the claims' kind (P, I or D), one submission each."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.billing.claims import rows
from cleanclaim.apps.billing.claims.models import (
    Submission,
    SubmissionClaim,
)
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.models import Kind, MessageFile, Partner
from cleanclaim.apps.shared.exchange.services import next_envelope, queue_file
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.edi import Batch, Correspondent, writer_of
from cleanclaim.kernel.money import total
from cleanclaim.values import claim as values
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Contact

MOST_CLAIMS = 5000  # per message, as the guide recommends

_Ready = tuple[int, int, int, str, values.Claim]  # claim id, version, patient id, purpose, value


@transaction.atomic
def submit_ready_claims(
    *,
    partner: Partner,
    submit_on: date,
    usage: str | None = None,
    limit: int = 100_000,
    claim_ids: Sequence[int] | None = None,
    by: int | None = None,
) -> list[MessageFile]:
    """Send claims in state ready, oldest first, as 837 files queued for `partner`; they become sent.

    Claims that went on to a further payer go only to that payer's own partner, unless they are named.
    At most 5,000 claims go into one message; chargeable claims and encounters never share one,
    nor do professional, institutional and dental ones. Of two
    callers at once each sends other claims.

    Args:
        usage: T or P; checked against what is agreed with the partner.
        claim_ids: send only these of the ready ones.
    """
    if usage is not None and usage != partner.usage:
        partner.usage = usage
    ready = _take_ready(limit, claim_ids, partner.their_id)
    files = []
    for _, same_purpose in groupby(ready, key=_message_of):
        claims = list(same_purpose)
        for start in range(0, len(claims), MOST_CLAIMS):
            part = claims[start : start + MOST_CLAIMS]
            files.append(_send(part, partner=partner, submit_on=submit_on, by=by))
    return files


_WENT_ON = (
    "EXISTS (SELECT 1 FROM claims_claimpayer AS further WHERE further.claim_id = claim.id "
    "AND further.state = 'billed' AND further.first_version > 1)"
)


def ready_for_next_payers() -> list[tuple[Partner, list[int]]]:
    """Claims that wait to go to a further payer, with that payer's trading partner; those without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partner.id, array_agg(claim.id ORDER BY claim.id) FROM claims_claim AS claim "
            "JOIN parties_payer AS payer ON payer.id = claim.payer_id "
            "JOIN exchange_partner AS partner ON partner.their_id = payer.payer_id "
            f"WHERE claim.state = 'ready' AND {_WENT_ON} GROUP BY partner.id ORDER BY partner.id"
        )
        found = dict(cursor.fetchall())
    partners = Partner.objects.in_bulk(list(found))
    return [(partners[key], claim_ids) for key, claim_ids in found.items()]


def _take_ready(limit: int, claim_ids: Sequence[int] | None, their_id: str) -> list[_Ready]:
    """Ready claims, locked, chargeable ones first, in the order in which they came."""
    only, wanted = "AND claim.id = ANY(%s)", list(claim_ids or ())
    if claim_ids is None:
        only = f"AND (payer.payer_id = %s OR NOT {_WENT_ON})"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT claim.id, claim.version, claim.patient_id, claim.purpose, now.body "
            "FROM claims_claim AS claim JOIN claims_claimversion AS now "
            "ON now.claim_id = claim.id AND now.number = claim.version "
            "JOIN parties_payer AS payer ON payer.id = claim.payer_id "
            f"WHERE claim.state = 'ready' {only} ORDER BY claim.id LIMIT %s "
            "FOR UPDATE OF claim SKIP LOCKED",
            [their_id if claim_ids is None else wanted, limit],
        )
        taken = cursor.fetchall()
    ready = [(*row, from_json(body, values.Claim)) for *row, body in taken]
    return sorted(ready, key=lambda one: (*_message_of(one), one[0]))


def _message_of(one: _Ready) -> tuple[str, str]:
    """What a message has in common: the claims' purpose and kind."""
    return one[3], writer_of(one[4]).name


def _send(
    claims: Sequence[_Ready], *, partner: Partner, submit_on: date, by: int | None
) -> MessageFile:
    [submission_id] = reserve_ids(Submission, 1)
    reference = f"B{submission_id}"
    batch = Batch(
        reference=reference,
        created_on=submit_on,
        submitter=_submitter(partner, claims[0][4]),
        receiver=Correspondent(partner.name[:60], partner.their_id),
        purpose=claims[0][4].purpose,
    )
    envelope = next_envelope(partner, created_on=submit_on)
    write = writer_of(claims[0][4])
    data = write([one[4] for one in claims], envelope=envelope, batch=batch)
    file = queue_file(
        data,
        partner=partner,
        kind=Kind.CLAIMS.value,
        name=f"{reference}.837",
        created_on=submit_on,
        by=by,
    )
    _keep(submission_id, reference, file, claims, partner, submit_on)
    _mark_sent([one[0] for one in claims], submit_on)
    words = f"Sent in batch {reference}, file {file.pk}."
    rows.add_events(
        [(one[0], "sent", words) for one in claims], on=submit_on, by=by, file_id=file.pk
    )
    record_audit(
        "send",
        patient_ids=[one[2] for one in claims],
        by=by,
        what="submit claims",
        detail=f"file {file.pk}",
    )
    return file


def _submitter(partner: Partner, first: values.Claim) -> Correspondent:
    name = Organization.objects.values_list("name", flat=True).get(pk=current_tenant())
    contact = first.billing.contact
    if contact is None or not contact.channels:
        # The guide wants a way to reach us; a domain that can never exist says that there is none.
        contact = Contact(name[:60], (("EM", "none@cleanclaim.invalid"),))
    elif not contact.name:
        contact = Contact(name[:60], contact.channels)
    return Correspondent(name[:60], partner.our_id, contact)


def _keep(
    submission_id: int,
    reference: str,
    file: MessageFile,
    claims: Sequence[_Ready],
    partner: Partner,
    submit_on: date,
) -> None:
    columns: dict[str, Any] = {
        "id": submission_id,
        "file_id": file.pk,
        "partner_id": partner.pk,
        "batch_reference": reference,
        "group_control": file.group_control,
        "message_control": file.message_control,
        "submitted_on": submit_on,
        "claim_count": len(claims),
        "charge": total(one[4].charge for one in claims),
    }
    insert_rows(Submission, tuple(columns), [tuple(columns.values())])
    insert_rows(
        SubmissionClaim,
        ("submission", "claim_id", "version", "position"),
        [(submission_id, one[0], one[1], place) for place, one in enumerate(claims, 1)],
    )


def _mark_sent(claim_ids: Sequence[int], submit_on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim SET state = %s, submitted_on = %s WHERE id = ANY(%s)",
            [State.SENT.value, submit_on, list(claim_ids)],
        )

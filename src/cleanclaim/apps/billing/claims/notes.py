"""A person's note on a claim's timeline."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.claims import rows
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.kernel.errors import InputError


@transaction.atomic
def add_note(claim_id: int, *, words: str, on: date, by: int | None) -> None:
    """Keep a note.

    Raises:
        Claim.DoesNotExist: no such claim in this tenant.
        InputError: it is empty.
    """
    claim = Claim.objects.get(pk=claim_id)
    if not words.strip():
        raise InputError(f"claim {claim_id}: the note is empty", hint="Write what happened.")
    rows.add_events([(claim_id, "note", f"Note: {words.strip()}")], on=on, by=by)
    record_audit(
        "change",
        patient_ids=[claim.patient_id],
        by=by,
        what="claim note",
        detail=f"claim {claim_id}",
    )

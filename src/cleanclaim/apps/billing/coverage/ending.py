"""End a coverage: it stays for the claims that used it, new claims do not see it."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.services import CHANGED
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.outbox.services import emit


@transaction.atomic
def end_coverage(coverage_id: int, *, on: date, by: int | None) -> Coverage:
    """The coverage counts no more from this day on.

    Raises:
        Coverage.DoesNotExist: no such coverage in this tenant.
    """
    row = Coverage.objects.select_for_update().get(pk=coverage_id)
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    emit(CHANGED, {"patient_id": row.patient_id})
    record_audit(
        "change",
        patient_ids=[row.patient_id],
        by=by,
        what="end coverage",
        detail=f"coverage {coverage_id}",
    )
    return row


@transaction.atomic
def reopen_coverage(coverage_id: int) -> None:
    """A coverage that was saved again counts again."""
    Coverage.objects.filter(pk=coverage_id).update(valid_to=None)

"""Questions about coverages."""

from cleanclaim.apps.billing.coverage.models import Coverage


def coverages_of(patient_id: int) -> list[Coverage]:
    """A patient's coverages with their payers, primary first."""
    found = Coverage.objects.filter(patient_id=patient_id).select_related("payer")
    return sorted(found, key=lambda c: ("PSTABCDEFGHU".find(c.payer_order), c.pk))

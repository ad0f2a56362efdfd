"""Questions about coverages."""

from collections.abc import Iterable

from cleanclaim.apps.billing.coverage.models import Coverage


def coverages_of(patient_id: int) -> list[Coverage]:
    """A patient's coverages with their payers, primary first."""
    found = Coverage.objects.filter(patient_id=patient_id).select_related("payer")
    return primary_first(found)


def primary_first(coverages: Iterable[Coverage]) -> list[Coverage]:
    """These coverages in the order in which they were entered to pay."""
    return sorted(coverages, key=lambda c: ("PSTABCDEFGHU".find(c.payer_order), c.pk))

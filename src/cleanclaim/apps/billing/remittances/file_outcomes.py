"""The remittances that an 835 brought, for the page of the file."""

from django.urls import reverse

from cleanclaim.apps.billing.remittances import tables
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.shared.exchange.brought import Brought
from cleanclaim.kernel.words import counted

SHOWN = 50


def remittances_of(file_id: int) -> list[Brought]:
    """Each payment of the file in its order, the first fifty."""
    rows = Remittance.objects.filter(file_id=file_id).order_by("position")[:SHOWN]
    return [
        Brought(
            words=f"Trace {row.trace_number}",
            note=f"{row.payer_name}, {counted(row.claim_count, 'claim')}",
            amount=row.paid,
            chip=tables.state_chip(row),
            href=reverse("remittances:remittance", args=[row.pk]),
        )
        for row in rows
    ]

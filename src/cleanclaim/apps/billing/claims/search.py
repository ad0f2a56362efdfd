"""What the palette finds: patients by name or member id, claims by our number or the payer's."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.questions import first_coverages, patients
from cleanclaim.apps.shared.pages.navigation import Hit


def find_patients(text: str, limit: int) -> Sequence[Hit]:
    """Patients by the start of the name, by member id or by number in another system."""
    rows = list(patients(text).order_by("last_name", "first_name", "id")[:limit])
    covers = first_coverages([row.pk for row in rows])
    return [
        Hit(
            row.full_name,
            " · ".join(
                part
                for part in (
                    f"born {row.born_on:%Y-%m-%d}" if row.born_on else "",
                    covers[row.pk].payer.name if row.pk in covers else "",
                )
                if part
            ),
            reverse("patients:page", args=[row.pk]),
            patient_id=row.pk,
        )
        for row in rows
    ]


def find_claims(text: str, limit: int) -> Sequence[Hit]:
    """Claims by control number (its start) or the payer's number."""
    rows = Claim.objects.filter(
        Q(control_number__istartswith=text) | Q(payer_control_number=text)
    ).order_by("-id")[:limit]
    return [
        Hit(
            f"Claim {row.control_number}",
            f"{row.patient_name} · {row.get_state_display()} · {row.charge:,.2f}",
            reverse("claims:page", args=[row.pk]),
            patient_id=row.patient_id,
        )
        for row in rows
    ]

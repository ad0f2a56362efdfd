"""What the ledger's pages are told of a practice's entries: names of claims and patients, and whether a payment can be re-applied."""

from collections.abc import Collection

from django.http import HttpRequest
from django.urls import reverse

from cleanclaim.apps.billing.adjustments.services import still_applied
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.ledger.links import Act
from cleanclaim.apps.shared.ledger.selectors import EntryView
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.users.permissions import Permission


def patient_names(patient_ids: Collection[int]) -> dict[int, str]:
    """{patient: family name, first name}."""
    found = Patient.objects.filter(is_one_of("pk", list(patient_ids)))
    return {one.pk: one.full_name for one in found}


def may_reapply(request: HttpRequest, view: EntryView) -> bool:
    """Whether this person can put the entry's payment elsewhere: it stands, and money of it still lies on an item."""
    if view.reversed_by is not None or view.kind == "reapply":
        return False
    return request.can(Permission.ACCOUNTS_ADJUST) and bool(still_applied(view.id))


def reapplying(request: HttpRequest, view: EntryView) -> Act | None:
    """Re-applying from the entry's own page, where it is one patient's."""
    patients = {leg.patient_id for leg in view.legs if leg.patient_id}
    if len(patients) != 1 or not may_reapply(request, view):
        return None
    address = reverse("adjustments:reapply", args=[*patients, view.id])
    return Act("Re-apply this payment", "r", address)

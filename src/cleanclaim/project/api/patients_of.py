"""Whose data a file carries: asked of both sides, for the audit of who was shown."""

from django.db.models import Q

from cleanclaim.apps.billing.claims.models import Claim, ClaimEvent, ClaimVersion
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.apps.payer.disbursements.models import CheckRunLine, Payment
from cleanclaim.apps.payer.intake.models import ClaimCase


def patients_of_file(file_id: int) -> list[int]:
    """Patients (of a practice) and members (of a plan) whose claims came, went or were paid in the file."""
    return sorted(_patients(file_id) | _members(file_id))


def _patients(file_id: int) -> set[int]:
    events = ClaimEvent.objects.filter(file_id=file_id).values("claim_id")
    versions = ClaimVersion.objects.filter(source_file_id=file_id).values("claim_id")
    remittances = Remittance.objects.filter(file_id=file_id).values("pk")
    places = RemittanceClaim.objects.filter(remittance__in=remittances)
    # Before it is posted a payment knows its claim by number only.
    posted = places.filter(claim_id__isnull=False).values("claim_id")
    claims = Claim.objects.filter(
        Q(pk__in=events)
        | Q(pk__in=versions)
        | Q(pk__in=posted)
        | Q(control_number__in=places.values("control_number"))
    )
    return set(claims.values_list("patient_id", flat=True))


def _members(file_id: int) -> set[int]:
    cases = ClaimCase.objects.filter(file_id=file_id, member_id__isnull=False)
    payments = Payment.objects.filter(file_id=file_id).values("pk")
    lines = CheckRunLine.objects.filter(payment_id__in=payments)
    return set(cases.values_list("member_id", flat=True)) | set(
        lines.values_list("member_id", flat=True)
    )

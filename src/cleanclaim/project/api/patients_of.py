"""Whose data a file carries: asked of both sides, for the audit of who was shown."""

from cleanclaim.apps.billing.claims.models import Claim, ClaimEvent, ClaimVersion
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.apps.payer.disbursements.models import CheckRunLine, Payment
from cleanclaim.apps.payer.intake.models import ClaimCase


def patients_of_file(file_id: int) -> list[int]:
    """Patients (of a practice) or members (of a plan) whose claims came, went or were paid in the file."""
    remittances = Remittance.objects.filter(file_id=file_id).values("pk")
    claims = (
        ClaimVersion.objects.filter(source_file_id=file_id).values_list("claim_id", flat=True),
        ClaimEvent.objects.filter(file_id=file_id).values_list("claim_id", flat=True),
        RemittanceClaim.objects.filter(remittance__in=remittances, claim_id__isnull=False)
        .values_list("claim_id", flat=True),
    )  # fmt: skip
    found: set[int] = set()
    for ids in claims:
        found.update(Claim.objects.filter(pk__in=ids).values_list("patient_id", flat=True))
    payments = Payment.objects.filter(file_id=file_id).values("pk")
    found.update(
        ClaimCase.objects.filter(file_id=file_id, member_id__isnull=False)
        .values_list("member_id", flat=True)
    )  # fmt: skip
    found.update(
        CheckRunLine.objects.filter(payment_id__in=payments).values_list("member_id", flat=True)
    )
    return sorted(found)

"""Whose data a message file holds, on both sides, so that every look at its bytes is audited."""

from collections.abc import Iterable

from cleanclaim.apps.billing.claims.models import Claim, ClaimVersion, SubmissionClaim
from cleanclaim.apps.billing.remittances.models import RemittanceClaim
from cleanclaim.apps.payer.disbursements.models import CheckRunLine, Payment
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.shared.exchange.patients import register_patient_finder


def register() -> None:
    """Tell the exchange how to find them; twice is once."""
    register_patient_finder(patients_of_provider_file)
    register_patient_finder(members_of_plan_file)


def patients_of_provider_file(file_id: int) -> Iterable[int]:
    """Patients whose claims came in the file, went out in it, or are answered by its remittances."""
    claim_ids = (
        ClaimVersion.objects.filter(source_file_id=file_id)
        .values("claim_id")
        .union(
            SubmissionClaim.objects.filter(submission__file_id=file_id).values("claim_id"),
            RemittanceClaim.objects.filter(
                remittance__file_id=file_id, claim_id__isnull=False
            ).values("claim_id"),
        )
    )
    found = {row["claim_id"] for row in claim_ids}
    return Claim.objects.filter(pk__in=found).values_list("patient_id", flat=True)


def members_of_plan_file(file_id: int) -> Iterable[int]:
    """Members whose claims came in the file, or are paid by its remittances."""
    payments = Payment.objects.filter(file_id=file_id).values_list("pk", flat=True)
    received = ClaimCase.objects.filter(file_id=file_id, member_id__isnull=False)
    paid = CheckRunLine.objects.filter(payment_id__in=list(payments))
    return {
        *received.values_list("member_id", flat=True),
        *paid.values_list("member_id", flat=True),
    }

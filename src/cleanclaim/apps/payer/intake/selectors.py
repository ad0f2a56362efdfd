"""Questions about what came in."""

from django.db.models import QuerySet

from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase, IntakeFile
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json


def intake_files() -> QuerySet[IntakeFile]:
    """Files that were taken in, newest first."""
    return IntakeFile.objects.order_by("-id")


def cases_of_file(file_id: int) -> QuerySet[ClaimCase]:
    """The cases of one file in the file's order, without their bodies."""
    return ClaimCase.objects.filter(file_id=file_id).defer("body").order_by("id")


def cases(*, state: str = "", text: str = "") -> QuerySet[ClaimCase]:
    """Cases, newest first; `text` is the beginning of our number or the provider's."""
    rows = ClaimCase.objects.defer("body").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if text:
        by_icn = rows.filter(icn__startswith=text)
        rows = by_icn if by_icn.exists() else rows.filter(control_number__istartswith=text)
    return rows


def case_by_icn(icn: str) -> ClaimCase | None:
    """The case with our number; None where there is none."""
    return ClaimCase.objects.filter(icn=icn).first() if icn else None


def claim_of(case: ClaimCase) -> Claim:
    """The claim as it was received."""
    return from_json(case.body, Claim)


def waiting_count() -> int:
    """How many cases are received and not yet decided."""
    return ClaimCase.objects.filter(state=CaseState.RECEIVED).count()

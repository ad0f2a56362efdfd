"""Claim edits: what a provider's claim must be before it goes out. One folder per edit, one line here."""

from cleanclaim.kernel.findings import Finding
from cleanclaim.rules.edits.billing_npi.rule import EDIT as BILLING_NPI
from cleanclaim.rules.edits.billing_tin.rule import EDIT as BILLING_TIN
from cleanclaim.rules.edits.charge_cents.rule import EDIT as CHARGE_CENTS
from cleanclaim.rules.edits.charge_negative.rule import EDIT as CHARGE_NEGATIVE
from cleanclaim.rules.edits.charge_zero.rule import EDIT as CHARGE_ZERO
from cleanclaim.rules.edits.diagnosis_missing.rule import EDIT as DIAGNOSIS_MISSING
from cleanclaim.rules.edits.diagnosis_pointer.rule import EDIT as DIAGNOSIS_POINTER
from cleanclaim.rules.edits.diagnosis_unknown.rule import EDIT as DIAGNOSIS_UNKNOWN
from cleanclaim.rules.edits.duplicate_line.rule import EDIT as DUPLICATE_LINE
from cleanclaim.rules.edits.line_sum.rule import EDIT as LINE_SUM
from cleanclaim.rules.edits.lines_none.rule import EDIT as LINES_NONE
from cleanclaim.rules.edits.modifier_25.rule import EDIT as MODIFIER_25
from cleanclaim.rules.edits.place_of_service.rule import EDIT as PLACE_OF_SERVICE
from cleanclaim.rules.edits.prior_payer_balance.rule import EDIT as PRIOR_PAYER_BALANCE
from cleanclaim.rules.edits.replacement_number.rule import EDIT as REPLACEMENT_NUMBER
from cleanclaim.rules.edits.service_date_future.rule import EDIT as SERVICE_DATE_FUTURE
from cleanclaim.rules.edits.service_date_missing.rule import EDIT as SERVICE_DATE_MISSING
from cleanclaim.rules.edits.subscriber_id.rule import EDIT as SUBSCRIBER_ID
from cleanclaim.rules.edits.values import Edit, EditContext, Hit, Stage
from cleanclaim.values.claim import Claim

__all__ = [
    "EDITS",
    "Edit",
    "EditContext",
    "Hit",
    "Stage",
    "attestation",
    "can_fix",
    "fix",
    "run_edits",
]

EDITS: tuple[Edit, ...] = (
    LINES_NONE,
    LINE_SUM,
    CHARGE_NEGATIVE,
    CHARGE_CENTS,
    CHARGE_ZERO,
    SERVICE_DATE_MISSING,
    SERVICE_DATE_FUTURE,
    DIAGNOSIS_MISSING,
    DIAGNOSIS_POINTER,
    DIAGNOSIS_UNKNOWN,
    BILLING_NPI,
    BILLING_TIN,
    SUBSCRIBER_ID,
    PLACE_OF_SERVICE,
    MODIFIER_25,
    DUPLICATE_LINE,
    REPLACEMENT_NUMBER,
    PRIOR_PAYER_BALANCE,
)
_BY_CODE = {edit.code: edit for edit in EDITS}


def run_edits(
    claim: Claim, context: EditContext, *, stage: Stage = Stage.SUBMISSION
) -> tuple[Finding, ...]:
    """Every finding of the edits that run at the stage, in the order of the registry."""
    findings = []
    for edit in EDITS:
        severity = edit.severity(stage)
        if severity is None:
            continue
        for hit in edit.check(claim, context):
            findings.append(
                Finding(edit.code, severity, hit.place, hit.message, edit.hint, edit.source)
            )
    return tuple(findings)


def can_fix(finding: Finding) -> bool:
    """Whether the edit behind the finding knows how to mend it."""
    edit = _BY_CODE.get(finding.code)
    return edit is not None and edit.fix is not None


def attestation(finding: Finding) -> str:
    """What a person must vouch for to use the fix; empty where there is nothing to vouch for."""
    edit = _BY_CODE.get(finding.code)
    return edit.attestation if edit else ""


def fix(claim: Claim, finding: Finding) -> Claim | None:
    """The mended claim, or None where the edit has no fix or it does not fit."""
    edit = _BY_CODE.get(finding.code)
    if edit is None or edit.fix is None:
        return None
    return edit.fix(claim, finding)

"""What changes claims. Every call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.claims.services.answers import (
    Answered,
    apply_claim_acknowledgement,
    apply_interchange_answer,
    apply_syntax_acknowledgement,
)
from cleanclaim.apps.billing.claims.services.changing import (
    Changed,
    change_claim,
    correct_claim,
    enter_claim,
    fix_claim,
    release_claim,
    resend_claim,
    void_claim,
)
from cleanclaim.apps.billing.claims.services.importing import ImportResult, import_claims
from cleanclaim.apps.billing.claims.services.sending import (
    ready_for_next_payers,
    submit_ready_claims,
)

__all__ = [
    "Answered",
    "Changed",
    "ImportResult",
    "apply_claim_acknowledgement",
    "apply_interchange_answer",
    "apply_syntax_acknowledgement",
    "change_claim",
    "correct_claim",
    "enter_claim",
    "fix_claim",
    "import_claims",
    "ready_for_next_payers",
    "release_claim",
    "resend_claim",
    "submit_ready_claims",
    "void_claim",
]

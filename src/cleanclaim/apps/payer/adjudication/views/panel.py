"""The examiner's panel of a pended case: why it waits, the evidence, and what can be done."""

from typing import Any

from django.http import HttpRequest

from cleanclaim.apps.payer.adjudication import questions, traces
from cleanclaim.apps.payer.adjudication.forms import DenyForm, ReleaseForm, reasons
from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.payer.intake.selectors import claim_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import signed_in
from cleanclaim.apps.shared.users.permissions import Permission

# The queue's name as `rules.adjudication.steps.duplicate` gives it.
DUPLICATE_QUEUE = "suspect duplicate"
_SUGGESTED = {
    DUPLICATE_QUEUE: {
        "group": "OA",
        "reason": "18",
        "words": "This service was billed before.",
    },
}


def panel_context(
    request: HttpRequest,
    case: ClaimCase,
    *,
    release: ReleaseForm | None = None,
    deny: DenyForm | None = None,
) -> dict[str, Any]:
    """Evidence and forms of one pended case; bound forms come back with their findings."""
    row = CaseDecision.objects.defer("body", "context").get(pk=case.decision_id)
    decision = questions.read_decision(row)
    priced = set(questions.lines_without_price(decision))
    likenesses = questions.likenesses(case) if _is_duplicate(case) else []
    if likenesses:
        record_audit(
            "read",
            patient_ids=questions.members_of([likeness.case for likeness in likenesses]),
            by=signed_in(request).pk,
            what="claim evidence",
        )
    [named] = questions.with_names([case])
    return {
        "case": case,
        "named": named,
        "pends": decision.pends,
        "limit": questions.prompt_pay(case.received_on),
        "likenesses": likenesses,
        "unpriced": [line for line in claim_of(case).lines if line.number in priced],
        "would_pay": _would_pay(traces.claim_steps(decision)),
        "release_form": release or ReleaseForm(lines=sorted(priced)),
        "deny_form": deny or DenyForm(initial=_SUGGESTED.get(case.pend_queue, {})),
        "reasons": reasons(),
        "may_decide": request.can(Permission.CASES_DECIDE),
        "is_release_open": release is not None,
        "is_deny_open": deny is not None,
        "money_limit": request.access.money_limit,
    }


def _is_duplicate(case: ClaimCase) -> bool:
    return case.pend_queue == DUPLICATE_QUEUE


def _would_pay(steps: Any) -> Any:
    """What the rules would pay without the pend, where they came so far."""
    return next((step.amount for step in steps if step.rule == "claim.outcome"), None)

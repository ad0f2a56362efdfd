"""Questions about decisions."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cleanclaim.apps.payer.adjudication.gather import plan_options
from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.values.claim import Claim
from cleanclaim.values.codec import from_json
from cleanclaim.values.decision import Decision

__all__ = ["DecisionView", "cases_in_state", "decision_of", "decisions_of_case", "plan_options"]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision whole: its row, its value with every trace step, and the claim it is about."""

    row: CaseDecision
    decision: Decision
    case: ClaimCase
    claim: Claim


def cases_in_state(*states: CaseState) -> QuerySet[ClaimCase]:
    """Cases in these states, newest first, without their bodies."""
    return ClaimCase.objects.filter(state__in=states).defer("body").order_by("-id")


def decisions_of_case(case_id: int) -> list[CaseDecision]:
    """A case's decisions in order, without their bodies."""
    rows = CaseDecision.objects.filter(case_id=case_id).defer("body", "context")
    return list(rows.order_by("number"))


def decision_of(decision_id: int) -> DecisionView | None:
    """The decision with everything that explains it; None where there is none."""
    row = CaseDecision.objects.filter(pk=decision_id).first()
    if row is None:
        return None
    case = ClaimCase.objects.get(pk=row.case_id)
    return DecisionView(row, from_json(row.body, Decision), case, from_json(case.body, Claim))

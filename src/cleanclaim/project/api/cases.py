"""The plan's cases: find them, read decisions with their trace, decide pends."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.payer.adjudication import selectors, services
from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.users.access import money_limit_of, refuse_above
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    PLAIN,
    WORDS,
    Answer,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text20,
    Text40,
    Text80,
    page_of,
)
from cleanclaim.values.decision import LineDecision
from cleanclaim.values.decision import Outcome as DecisionOutcome
from cleanclaim.values.trace import TraceStep

router = Router(tags=["cases"])
AnyState = Annotated[CaseState, Inline(CaseState)]
AnyKind = Annotated[DecisionKind, Inline(DecisionKind)]
AnyOutcome = Annotated[DecisionOutcome, Inline(DecisionOutcome)]
Note = Annotated[str, Field(min_length=3, max_length=500, pattern=WORDS)]


class Case(Answer):
    """One claim as the plan received it, with the amounts of its current decision."""

    id: int
    icn: str
    control_number: str
    frequency_code: str
    purpose: str
    state: AnyState
    file_id: int
    member_row_id: int | None
    provider_id: int | None
    charge: Money
    allowed: Money
    paid: Money
    patient_owes: Money
    paid_to_member: Money
    outcome: str
    service_from: Day | None
    service_to: Day | None
    received_on: Day
    reject_category: str
    reject_status: str
    reject_words: str
    pend_queue: str
    pend_reason: str
    decision_id: int | None

    patient_field: ClassVar[str] = "member_row_id"


class DecisionRow(Answer):
    """A decision in one line; a later one overrides or reverses an earlier one."""

    id: int
    number: int
    kind: AnyKind
    outcome: str
    decided_on: Day
    charge: Money
    allowed: Money
    paid: Money
    patient_owes: Money
    paid_to_member: Money
    reverses_id: int | None
    entry_id: int | None
    by: int | None
    note: str
    recorded_at: datetime


class CaseDetail(Case):
    """A case with its decisions in order."""

    decisions: list[DecisionRow]


class Step(Answer):
    """One step of a decision; it can be read aloud."""

    rule: str
    edition: str
    words: str
    amount: Money | None
    balance: Money | None
    inputs: list[list[str]]
    source: str


class LineAdjustment(Answer):
    """What is not paid, by group and reason."""

    group: str
    reason: str
    amount: Money


class DecidedLine(Answer):
    """One line: charge = paid + all adjustments."""

    number: int
    outcome: AnyOutcome
    charge: Money
    allowed: Money
    paid: Money
    paid_to_member: Money
    adjustments: list[LineAdjustment]
    remark_codes: list[str]
    steps: list[Step]


class Decision(DecisionRow):
    """A decision whole: every line with the trace that explains each amount."""

    case_id: int
    member_row_id: int | None
    editions: list[str]
    steps: list[Step]
    lines: list[DecidedLine]

    patient_field: ClassVar[str] = "member_row_id"


class CaseFilter(Paging):
    """Which cases; empty = all."""

    state: AnyState | None = None
    icn: Text20 = ""
    control_number: Text80 = ""
    member_row_id: RowId | None = None


class ReleasePend(Request):
    """Why the pended claim may be decided."""

    note: Note
    authority: Text40 = ""


class DenyPend(Request):
    """Why all lines are denied: a claim adjustment reason, and what the provider is told."""

    reason: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,5}$")]
    words: Annotated[str, Field(min_length=3, max_length=200, pattern=PLAIN)]
    note: Note
    remark_codes: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Z0-9]{2,6}$")]], Field(max_length=5)
    ] = []


_CASE_FIELDS = (
    "icn", "control_number", "frequency_code", "purpose", "state", "file_id", "provider_id",
    "charge", "allowed", "paid", "patient_owes", "paid_to_member", "outcome", "service_from",
    "service_to", "received_on", "reject_category", "reject_status", "reject_words", "pend_queue",
    "pend_reason", "decision_id",
)  # fmt: skip
_DECISION_FIELDS = (
    "number", "kind", "outcome", "decided_on", "charge", "allowed", "paid", "patient_owes",
    "paid_to_member", "reverses_id", "entry_id", "by", "note", "recorded_at",
)  # fmt: skip


@operation(router, "GET", "/cases", scope=Permission.CASES_READ, answer=Page[Case])
def list_cases(request: HttpRequest, filters: Query[CaseFilter]) -> Page[Case]:
    """Cases, newest first."""
    wanted = {
        "state": filters.state,
        "icn": filters.icn,
        "control_number": filters.control_number,
        "member_id": filters.member_row_id,
    }
    found = ClaimCase.objects.defer("body").filter(
        **{name: value for name, value in wanted.items() if value}
    )
    return page_of(found, lambda row: Case(**_fields(row)), filters, order=("-id",))


@operation(router, "GET", "/cases/{case_id}", scope=Permission.CASES_READ, answer=CaseDetail)
def get_case(request: HttpRequest, case_id: RowId) -> CaseDetail:
    """One case with its decisions."""
    return _detail(case_id)


@operation(
    router,
    "POST",
    "/cases/{case_id}/release",
    scope=Permission.CASES_DECIDE,
    answer=CaseDetail,
)
def release_pended_case(
    request: HttpRequest, case_id: RowId, idempotency_key: IdempotencyKey, body: ReleasePend
) -> CaseDetail:
    """Decide a pended case, its reasons looked at and let go; needs a person's token.

    What it then pays must be within the person's limit, else nothing is changed.
    """
    by = acting_user(request)
    services.release_pend(
        case_id,
        decided_on=timezone.localdate(),
        by=by,
        note=body.note,
        authority=body.authority,
    )
    decided = ClaimCase.objects.defer("body").get(pk=case_id)
    limit = money_limit_of(by, organization_id=request.auth.organization_id)
    refuse_above(limit, decided.paid + decided.paid_to_member)
    return _detail(case_id)


@operation(
    router, "POST", "/cases/{case_id}/deny", scope=Permission.CASES_DECIDE, answer=CaseDetail
)
def deny_pended_case(
    request: HttpRequest, case_id: RowId, idempotency_key: IdempotencyKey, body: DenyPend
) -> CaseDetail:
    """Deny a pended case, all lines; needs a person's token."""
    services.deny_pend(
        case_id,
        reason=body.reason,
        words=body.words,
        decided_on=timezone.localdate(),
        by=acting_user(request),
        note=body.note,
        remark_codes=tuple(body.remark_codes),
    )
    return _detail(case_id)


@operation(router, "GET", "/decisions/{decision_id}", scope=Permission.CASES_READ, answer=Decision)
def get_decision(request: HttpRequest, decision_id: RowId) -> Decision:
    """A decision with the trace of every amount."""
    view = selectors.decision_of(decision_id)
    if view is None:
        raise CaseDecision.DoesNotExist
    return Decision(
        **_decision_fields(view.row),
        case_id=view.row.case_id,
        member_row_id=view.row.member_id,
        editions=list(view.decision.editions),
        steps=[_step(step) for step in view.decision.steps],
        lines=[_line(line) for line in view.decision.lines],
    )


def _detail(case_id: int) -> CaseDetail:
    row = ClaimCase.objects.defer("body").get(pk=case_id)
    decisions = selectors.decisions_of_case(case_id)
    return CaseDetail(
        **_fields(row),
        decisions=[DecisionRow(**_decision_fields(decision)) for decision in decisions],
    )


def _fields(row: ClaimCase) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in _CASE_FIELDS}
    return {"id": row.pk, "member_row_id": row.member_id, **fields}


def _decision_fields(row: CaseDecision) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _DECISION_FIELDS}}


def _line(line: LineDecision) -> DecidedLine:
    return DecidedLine(
        number=line.number,
        outcome=line.outcome,
        charge=line.charge,
        allowed=line.allowed,
        paid=line.paid,
        paid_to_member=line.paid_to_member,
        adjustments=[
            LineAdjustment(group=str(one.group), reason=one.reason, amount=one.amount)
            for one in line.adjustments
        ],
        remark_codes=list(line.remark_codes),
        steps=[_step(step) for step in line.steps],
    )


def _step(step: TraceStep) -> Step:
    return Step(
        rule=step.rule,
        edition=step.edition,
        words=step.words,
        amount=step.amount,
        balance=step.balance,
        inputs=[list(pair) for pair in step.inputs],
        source=step.source,
    )

"""One case: header, facts, lines with a trace under every amount, timeline, and the re-run."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.adjudication import history, questions, services, tables, traces
from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.adjudication.selectors import decisions_of_case
from cleanclaim.apps.payer.adjudication.views.panel import panel_context
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.payer.intake.selectors import claim_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import StateError
from cleanclaim.values.claim import Claim


def read_case(request: HttpRequest, pk: int, *, what: str = "claim") -> ClaimCase:
    """The case with its body, the look at its member kept."""
    case = get_object_or_404(ClaimCase, pk=pk)
    record_audit(
        "read",
        patient_ids=questions.members_of([case]),
        by=signed_in(request).pk,
        what=what,
        detail=f"case {pk}",
    )
    return case


@requires(Permission.CASES_READ)
@require_safe
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The claim as decided, as of the header's day."""
    case = read_case(request, pk)
    if request.GET.get("xlsx"):
        return _export(request, case)
    return render(request, "cases/page.html", page_context(request, case))


def page_context(request: HttpRequest, case: ClaimCase) -> dict[str, Any]:
    """Everything that the page of a case shows."""
    claim = claim_of(case)
    decisions = decisions_of_case(case.pk)
    shown = _shown(request, decisions)
    decision = questions.read_decision(shown) if shown else None
    [named] = questions.with_names([case])
    names = names_of(decision.by for decision in decisions)
    limit = questions.prompt_pay(case.received_on)
    settled = questions.settled_on(case, decisions)
    standing = questions.decision_on(decisions, on=None, known_by=None)
    context: dict[str, Any] = {
        "case": case,
        "claim": claim,
        "patient": named.member or _patient(claim),
        "provider": named.provider or claim.billing.full_name,
        "may_see_members": request.can(Permission.MEMBERS_READ) and case.member_id,
        "facts": tables.case_facts(
            case, shown, limit=limit, settled_on=settled, today=request.as_of.day
        ),
        "limit": limit,
        "table": tables.line_table(
            tables.line_rows(claim, decision), claim, case_id=case.pk, decision=shown
        ),
        "decision": shown,
        "is_older": shown != standing,
        "steps": traces.claim_steps(decision) if decision else [],
        "moments": history.moments_of(
            case, decisions, names, links=request.can(Permission.FILES_READ)
        ),
        "reason": case.pend_reason,
    }
    if case.state == CaseState.PENDED:
        context |= panel_context(request, case)
    return context


def _patient(claim: Claim) -> str:
    person = claim.patient_person
    return ", ".join(part for part in (person.last_name, person.first_name) if part)


def _shown(request: HttpRequest, decisions: list[CaseDecision]) -> CaseDecision | None:
    """The decision that the address names, else the one that stood on the header's day."""
    if "decision" in request.GET:
        number = bounded_id(request.GET["decision"])
        found = next((d for d in decisions if d.number == number), None)
        if found is None:
            raise Http404
        return found
    as_of = request.as_of
    return questions.decision_on(decisions, on=as_of.effective_on, known_by=as_of.recorded_by)


def _export(request: HttpRequest, case: ClaimCase) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    by = signed_in(request).pk
    record_audit(
        "export", patient_ids=questions.members_of([case]), by=by, what="claim lines",
        detail=f"case {case.pk}",
    )  # fmt: skip
    shown = _shown(request, decisions_of_case(case.pk))
    decision = questions.read_decision(shown) if shown else None
    claim = claim_of(case)
    rows = tables.line_rows(claim, decision)
    table = tables.line_table(rows, claim, case_id=case.pk, decision=shown)
    return xlsx_response(table, name=f"claim-{case.icn or case.pk}")


@requires(Permission.CASES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one case of a list: what was decided about each line, in words."""
    case = read_case(request, pk)
    shown = _shown(request, decisions_of_case(pk))
    [named] = questions.with_names([case])
    context = {
        "case": case,
        "named": named,
        "chip": tables.state_chip(case),
        "decision": questions.read_decision(shown) if shown else None,
    }
    return render(request, "cases/_about.html", context)


@requires(Permission.CASES_READ)
@require_safe
def why(request: HttpRequest, pk: int, amount: str, line: int | None = None) -> HttpResponse:
    """The steps behind one amount of a line or of the whole claim, for the side pane."""
    read_case(request, pk, what="claim trace")
    shown = _shown(request, decisions_of_case(pk))
    if shown is None:
        raise StateError(
            f"case {pk} has no decision yet", hint="It is decided in the next run of the worker"
        )
    decision = questions.read_decision(shown)
    if line is None:
        trace = traces.claim_trace(decision, amount)
    else:
        found = next((one for one in decision.lines if one.number == line), None)
        if found is None:
            raise Http404
        trace = traces.line_trace(found, amount)
    return render(request, "cases/_trace.html", {"trace": trace, "decision": shown})


@requires(Permission.CASES_READ)
@require_safe
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide again without writing: with the same editions, or with what is known now."""
    read_case(request, pk, what="claim re-run")
    is_now = "now" in request.GET
    differences = services.rerun_as_known_now(pk) if is_now else services.rerun(pk)
    standing = questions.decision_on(decisions_of_case(pk), on=None, known_by=None)
    context = {
        "case_id": pk,
        "is_now": is_now,
        "table": tables.difference_table(differences),
        "decision": standing,
        "by_person": standing is not None and standing.kind == "override",
    }
    return render(request, "cases/_again.html", context)

"""Pages of the intake: files taken in, one file with messages, rejected claims and the answers sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.intake import questions, tables
from cleanclaim.apps.payer.intake.models import ClaimCase, IntakeFile
from cleanclaim.apps.payer.intake.selectors import claim_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError

EXPORT_ROWS = 10_000


@requires(Permission.CASES_READ)
@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    """Files taken in, newest first; shows no patient."""
    outcome = request.GET.get("outcome", "")
    if outcome and outcome not in questions.OUTCOMES:
        raise InputError(
            f"outcome {outcome[:20]!r}: expected one of {', '.join(questions.OUTCOMES)}"
        )
    text = request.GET.get("q", "").replace("\0", "")[:80]
    found = questions.matching_files(outcome=outcome, text=text)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        taken = questions.with_names(list(found.order_by("-id")[:EXPORT_ROWS]))
        return xlsx_response(tables.file_table(taken, foot="Total"), name="intake")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    totals = questions.totals(found)
    context = {
        "table": tables.file_table(
            questions.with_names(page.rows), foot=f"{len(page.rows)} shown of {totals.files:,}"
        ),
        "page": page,
        "totals": totals,
        "outcome": outcome,
        "outcomes": questions.OUTCOMES.items(),
        "text": text,
        "may_upload": request.can(Permission.FILES_RECEIVE),
    }
    return render(request, "intake/list.html", context)


@requires(Permission.CASES_READ)
@require_safe
def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: messages with located findings, rejected claims, and what we answered."""
    intake = get_object_or_404(IntakeFile, pk=pk)
    found = questions.rejected_claims(intake.file_id)
    by = signed_in(request).pk
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("id")[:EXPORT_ROWS])
        _audit(rows, action="export", by=by)
        return xlsx_response(tables.rejected_table(rows, intake_id=pk), name="rejected-claims")
    page = keyset_page(found, order=("id",), cursor=request.GET.get("after", ""))
    _audit(page.rows, action="read", by=by)
    messages = questions.messages_of(intake)
    [taken] = questions.with_names([intake])
    context = {
        "intake": intake,
        "taken": taken,
        "chip": tables.outcome_chip(intake.outcome),
        "facts": tables.file_facts(intake),
        "messages_table": tables.message_table(messages),
        "findings": [(m, m.reasons) for m in messages if m.reasons],
        "table": tables.rejected_table(page.rows, intake_id=pk),
        "page": page,
        "answers": questions.answers_sent(intake.file_id),
        "cases_href": f"{reverse('cases:list')}?file={intake.file_id}",
        "may_see_files": request.can(Permission.FILES_READ),
    }
    return render(request, "intake/file.html", context)


@requires(Permission.CASES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one file of the list; shows no patient."""
    intake = get_object_or_404(IntakeFile, pk=pk)
    [taken] = questions.with_names([intake])
    context = {
        "intake": intake,
        "taken": taken,
        "chip": tables.outcome_chip(intake.outcome),
        "answers": questions.answers_sent(intake.file_id),
        "may_see_files": request.can(Permission.FILES_READ),
    }
    return render(request, "intake/_about.html", context)


@requires(Permission.CASES_READ)
@require_safe
def rejected(request: HttpRequest, pk: int, case_id: int) -> HttpResponse:
    """Why one claim of the file was turned away, code by code, for the side pane."""
    intake = get_object_or_404(IntakeFile, pk=pk)
    case = get_object_or_404(questions.rejected_claims(intake.file_id), pk=case_id)
    _audit([case], action="read", by=signed_in(request).pk)
    context = {
        "title": f"Why {case.control_number} was rejected",
        "note": tables.status_code(case),
        "steps": tables.rejection_steps(case, claim_of(case)),
        "words": case.reject_words,
    }
    return render(request, "intake/_rejected.html", context)


def _audit(cases: list[ClaimCase], *, action: str, by: int) -> None:
    """A rejected claim mostly names nobody whom the plan knows; where it does, the look is kept."""
    members = [case.member_id for case in cases if case.member_id is not None]
    record_audit(action, patient_ids=members, by=by, what="rejected claims")  # type: ignore[arg-type]

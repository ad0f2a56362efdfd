"""The pended queue and the evidence of one pend."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.adjudication import questions, tables
from cleanclaim.apps.payer.adjudication.views.case import read_case
from cleanclaim.apps.payer.adjudication.views.panel import panel_context
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission

EXPORT_ROWS = 10_000


@requires(Permission.CASES_READ)
@require_safe
def pended(request: HttpRequest) -> HttpResponse:
    """Cases that wait for an examiner; received first, due first."""
    queue = request.GET.get("queue", "").replace("\0", "")[:40]
    found = questions.pended_cases()
    if queue:
        found = found.filter(pend_queue=queue)
    by = signed_in(request).pk
    is_export = "xlsx" in request.GET
    if is_export:
        check_permission(request, Permission.EXPORT)
        rows, page = list(found.order_by("received_on", "id")[:EXPORT_ROWS]), None
    else:
        page = keyset_page(found, order=("received_on", "id"), cursor=request.GET.get("after", ""))
        rows = page.rows
    record_audit(
        "export" if is_export else "read",
        patient_ids=questions.members_of(rows),
        by=by,
        what="pended claims",
    )
    totals = questions.totals(found)
    table = tables.pended_table(
        questions.with_names(rows),
        {row.pk: questions.prompt_pay(row.received_on) for row in rows},
        foot=f"{len(rows)} shown of {totals.count:,}",
    )
    if is_export:
        return xlsx_response(table, name="pended-claims")
    context = {
        "table": table,
        "page": page,
        "totals": totals,
        "queue": queue,
        "queues": questions.queues().items(),
    }
    return render(request, "cases/pended.html", context)


@requires(Permission.CASES_READ)
@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane of one pended case: reasons, evidence, actions."""
    get_object_or_404(ClaimCase.objects.filter(state=CaseState.PENDED), pk=pk)
    case = read_case(request, pk, what="claim evidence")
    context = panel_context(request, case) | {"is_in_queue": True}
    return render(request, "cases/_panel.html", context)

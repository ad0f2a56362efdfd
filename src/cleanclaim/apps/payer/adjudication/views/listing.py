"""Lists of cases: all with filters, and those of one member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.adjudication import questions, tables
from cleanclaim.apps.payer.members.models import Member
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError

EXPORT_ROWS = 10_000
MEMBER_ROWS = 20


@requires(Permission.CASES_READ)
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases, newest first; filtered, as a page or as a spreadsheet."""
    wanted = request.GET.get("state", "")
    if wanted and wanted not in questions.FILTERS:
        raise InputError(f"state {wanted[:20]!r}: expected one of {', '.join(questions.FILTERS)}")
    text = request.GET.get("q", "").replace("\0", "")[:80]
    places = {
        name: bounded_id(request.GET[name]) if request.GET.get(name) else None
        for name in ("file", "member")
    }
    found = questions.matching_cases(
        wanted=wanted, text=text, file_id=places["file"], member_id=places["member"]
    )
    by = signed_in(request).pk
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        record_audit("export", patient_ids=questions.members_of(rows), by=by, what="claim list")
        return xlsx_response(
            tables.case_table(questions.with_names(rows), foot="Total", is_export=True),
            name="claims",
        )
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    record_audit("read", patient_ids=questions.members_of(page.rows), by=by, what="claim list")
    totals = questions.totals(found)
    foot = f"{len(page.rows)} shown of {totals.count:,}"
    context = {
        "table": tables.case_table(questions.with_names(page.rows), foot=foot),
        "page": page,
        "totals": totals,
        "text": text,
        "wanted": wanted,
        "choices": [(name, words) for name, (words, _) in questions.FILTERS.items()],
        "places": {name: pk for name, pk in places.items() if pk is not None},
    }
    return render(request, "cases/list.html", context)


@requires(Permission.CASES_READ)
@require_safe
def of_member(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's newest claims, as a part of the member's page."""
    member = get_object_or_404(Member, pk=pk)
    found = questions.matching_cases(member_id=pk)
    rows = list(found.order_by("-id")[:MEMBER_ROWS])
    record_audit("read", patient_ids=[pk], by=signed_in(request).pk, what="claim list")
    totals = questions.totals(found)
    table = tables.case_table(
        questions.with_names(rows),
        foot=f"{len(rows)} shown of {totals.count:,}",
        of_member=True,
    )
    context = {"table": table, "member": member, "totals": totals}
    return render(request, "cases/_of_member.html", context)

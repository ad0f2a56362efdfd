"""Pages of the members: list, one member with cover, family, year and authorizations."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.members import questions, tables
from cleanclaim.apps.payer.members.models import Member
from cleanclaim.apps.payer.members.selectors import authorizations_of, find_members
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO

EXPORT_ROWS = 10_000


@requires(Permission.MEMBERS_READ)
@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    """Members by name; `q` is the beginning of names or of the member id."""
    text = request.GET.get("q", "").replace("\0", "")[:80]
    on = request.as_of.day
    found = find_members(text)
    by = signed_in(request).pk
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found[:EXPORT_ROWS])
        ids = [row.pk for row in rows]
        record_audit("export", patient_ids=ids, by=by, what="member list")
        plans = questions.plans_of(ids, on=on)
        return xlsx_response(tables.member_table(rows, plans, is_export=True), name="members")
    page = keyset_page(
        found, order=("last_name", "first_name", "id"), cursor=request.GET.get("after", "")
    )
    ids = [row.pk for row in page.rows]
    record_audit("read", patient_ids=ids, by=by, what="member list")
    table = tables.member_table(page.rows, questions.plans_of(ids, on=on))
    return render(request, "members/list.html", {"table": table, "page": page, "text": text})


@requires(Permission.MEMBERS_READ)
@require_safe
def member_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One member as of the header's day."""
    member = get_object_or_404(Member.objects.select_related("subscriber"), pk=pk)
    on = request.as_of.day
    family = questions.family_of(member)
    plans = questions.plans_of([one.pk for one in family], on=on)
    uses = questions.uses_of(
        member,
        on=on,
        recorded_on=request.as_of.effective_on,
        recorded_by=request.as_of.recorded_by,
    )
    spans = list(member.spans.select_related("plan").order_by("-valid_from", "id"))
    found = {
        "uses": tables.use_table(uses, member_id=pk),
        "spans": tables.span_table(spans, on=on),
        "family": tables.family_table(family, plans),
        "care": tables.authorization_table(authorizations_of([pk]).get(pk, []), on=on),
    }
    by = signed_in(request).pk
    if (wanted := request.GET.get("xlsx", "")) in found:
        check_permission(request, Permission.EXPORT)
        record_audit("export", patient_ids=[pk], by=by, what="member")
        return xlsx_response(found[wanted], name=f"member-{wanted}")
    seen = [one.pk for one in family]
    record_audit("read", patient_ids=seen, by=by, what="member")
    context = {
        "member": member,
        "is_words": tables.relationship(member),
        "facts": tables.member_facts(member, plans.get(pk, ""), uses),
        "has_family": len(family) > 1,
        "may_see_cases": request.can(Permission.CASES_READ),
        **found,
    }
    return render(request, "members/page.html", context)


@requires(Permission.MEMBERS_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one member of the list."""
    member = get_object_or_404(Member.objects.select_related("subscriber"), pk=pk)
    record_audit("read", patient_ids=[pk], by=signed_in(request).pk, what="member")
    on = request.as_of.day
    uses = questions.uses_of(
        member,
        on=on,
        recorded_on=request.as_of.effective_on,
        recorded_by=request.as_of.recorded_by,
    )
    plan = questions.plans_of([pk], on=on).get(pk, "")
    return render(request, "members/_about.html", {"member": member, "plan": plan, "uses": uses})


@requires(Permission.MEMBERS_READ)
@require_safe
def use(
    request: HttpRequest, pk: int, plan_id: int, year: int, kind: str, scope: str
) -> HttpResponse:
    """The entries behind one used amount, for the side pane."""
    if kind not in questions.KINDS or scope not in questions.SCOPES or not 1900 <= year <= 2999:
        raise Http404
    member = get_object_or_404(Member, pk=pk)
    entries = questions.entries_of_use(
        member,
        plan_id=plan_id,
        year=year,
        kind=kind,
        scope=scope,
        recorded_on=request.as_of.effective_on,
        recorded_by=request.as_of.recorded_by,
    )
    seen = {entry.member_id for entry in entries} | {pk}
    record_audit("read", patient_ids=seen, by=signed_in(request).pk, what="benefits used")
    names = {one.pk: str(one) for one in Member.objects.filter(pk__in=seen)}
    context = {
        "title": f"{questions.KINDS[kind]} used in {year}, {questions.SCOPES[scope]}",
        "lines": [(entry, names[entry.member_id]) for entry in entries],
        "total": sum((entry.amount for entry in entries), ZERO),
    }
    return render(request, "members/_use.html", context)

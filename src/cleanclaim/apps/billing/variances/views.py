"""Pages of variances: the ranked list, one of them, what posting would bring, and decisions."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.contracts.selectors import expected_history
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as Posting
from cleanclaim.apps.billing.variances import deciding, previewing, selectors, tables
from cleanclaim.apps.billing.variances import recovered as recovering
from cleanclaim.apps.billing.variances.models import KINDS, State, Variance
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import asked_day
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.words import counted
from cleanclaim.rules.variance import Kind

EXPORT_ROWS = 50_000
ALL = "all"


@requires(Permission.VARIANCES_READ)
@require_safe
def variance_list(request: HttpRequest) -> HttpResponse:
    """Differences, best worth asking for first; the facts count every compared line of the filter."""
    filters = _filters(request)
    every = selectors.variances(filters)
    if "xlsx" in request.GET:
        return _export(request, every)
    state = request.GET.get("state", State.OPEN)
    found = every if state == ALL else every.filter(state=state)
    page = keyset_page(found, order=("-rank", "id"), cursor=request.GET.get("after", ""))
    _audit(request, page.rows, "read")
    count = found.count()
    by_payer = selectors.by_payer(every)
    context = {
        "table": tables.variance_table(page.rows, foot=f"{len(page.rows)} shown of {count:,}"),
        "page": page,
        "facts": tables.total_facts(selectors.totals(every)),
        "payers": tables.payer_table(by_payer),
        "payer_names": [(pk, name) for pk, name, _ in by_payer],
        "filters": filters,
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "states": [(ALL, "All"), *State.choices],
        "state": state,
        "count": count,
        "may_decide": request.can(Permission.VARIANCES_DECIDE),
    }
    return render(request, "variances/list.html", context)


def _filters(request: HttpRequest) -> selectors.Filters:
    kind, state = request.GET.get("kind", ""), request.GET.get("state", State.OPEN)
    if kind and kind not in list(Kind):
        raise InputError(f"kind {kind[:20]!r}: expected one of {', '.join(Kind)}")
    if state not in (ALL, *State.values):
        raise InputError(f"state {state[:20]!r}: expected one of {', '.join((ALL, *State.values))}")
    return selectors.Filters(
        payer_id=bounded_id(request.GET.get("payer") or "0"),
        kind=kind,
        service_from=asked_day(request, "from", None),
        service_to=asked_day(request, "to", None),
        remittance_id=bounded_id(request.GET.get("remittance") or "0"),
        text=request.GET.get("q", "").replace("\0", "")[:80],
    )


def _export(request: HttpRequest, found: Any) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    if request.GET["xlsx"] == "pivot":
        return xlsx_response(
            tables.pivot_table(selectors.by_payer(found)), name="variances-by-payer"
        )
    rows = list(found.order_by("-rank", "id")[:EXPORT_ROWS])
    _audit(request, rows, "export")
    return xlsx_response(tables.variance_table(rows, is_export=True), name="variances")


@requires(Permission.VARIANCES_READ)
@require_safe
def variance_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One difference, whole."""
    return render(request, "variances/variance.html", _about(request, pk))


@requires(Permission.VARIANCES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """One difference for the side pane."""
    return render(request, "variances/_about.html", _about(request, pk))


def _about(request: HttpRequest, pk: int) -> dict[str, Any]:
    row = get_object_or_404(Variance, pk=pk)
    _audit(request, [row], "read")
    history = expected_history(row.item_id) if row.item_id else []
    decisions = deciding.decisions_of(row)
    names = names_of(one.by for one in decisions)
    return {
        "row": row,
        "chip": tables.kind_chip(row.kind),
        "state_chip": tables.state_chip(row),
        "steps": tables.expected_steps(history),
        "total_words": "The line should bring, patient's part included",
        "total": history[0].allowed if history else None,
        "moments": tables.moments(decisions, names),
        "href": tables.claim_href(row),
        "text": deciding.appeal_text(row),
        "is_open": row.state == State.OPEN,
        "is_decided": row.state in (State.DISPUTED, State.ACCEPTED, State.CLOSED),
        "may_decide": request.can(Permission.VARIANCES_DECIDE),
    }


@requires(Permission.VARIANCES_READ)
@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """The arithmetic of one rank, for the side pane."""
    row = get_object_or_404(Variance, pk=pk)
    steps, total_words = tables.rank_steps(row)
    context = {
        "title": f"Why {int(row.rank.to_integral_value()):,}",
        "note": f"worked out {row.compared_on:%b} {row.compared_on.day}",
        "steps": steps,
        "total_words": total_words,
        "total": row.rank,
    }
    return render(request, "pages/_trace.html", context)


@requires(Permission.VARIANCES_READ)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What posting a remittance would show; one that is posted leads to its variances."""
    row = get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    if row.state == Posting.POSTED:
        answer = redirect("variances:list")
        answer["Location"] += f"?state=all&remittance={pk}"
        return answer
    found = previewing.preview(pk, on=timezone.localdate())
    _audit(request, found.rows, "read")
    context = {
        "row": row,
        "found": found,
        "words": tables.count_words(found),
        "table": tables.preview_table(found),
    }
    return render(request, "variances/preview.html", context)


@requires(Permission.VARIANCES_READ)
@require_safe
def recovered(request: HttpRequest) -> HttpResponse:
    """What came in after it was asked for, by payer and clause."""
    decided_from, decided_to = asked_day(request, "from", None), asked_day(request, "to", None)
    rows = recovering.recoveries(decided_from=decided_from, decided_to=decided_to)
    table = recovering.recovered_table(rows)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name="recovered")
    context = {
        "table": table,
        "facts": recovering.recovered_facts(rows),
        "from": decided_from,
        "to": decided_to,
        "page": None,
    }
    return render(request, "variances/recovered.html", context)


@requires(Permission.VARIANCES_DECIDE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Dispute, accept, close or reopen the chosen ones; all or none."""
    action = request.POST.get("do", "")
    count = deciding.decide(
        [bounded_id(one) for one in request.POST.getlist("row")],
        action,
        words=request.POST.get("words", "").replace("\0", "").strip()[:1000],
        on=timezone.localdate(),
        by=_person(request),
    )
    told = {
        deciding.DISPUTE: "disputed; the letter is in the queue",
        deciding.ACCEPT: "accepted",
        deciding.CLOSE: "closed",
        deciding.REOPEN: "open again",
    }
    messages.success(request, f"{counted(count, 'variance')} {told[action]}.")
    return redirect("variances:list")


def _audit(request: HttpRequest, rows: Any, action: Any) -> None:
    patients = [row.patient_id for row in rows if row.patient_id]
    record_audit(action, patient_ids=patients, by=_person(request), what="variances")


def _person(request: HttpRequest) -> int:
    return cast(int, request.user.pk)

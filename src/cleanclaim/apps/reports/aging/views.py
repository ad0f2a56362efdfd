"""Pages of aging: groups by age, beside another day, the items behind a cell, the tie to the books."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.reports.aging import pictures, questions, tables
from cleanclaim.apps.reports.aging.asking import cell_of, other_day, pairs, view_of
from cleanclaim.apps.reports.aging.knowing import only_since_words, recorded_only_since
from cleanclaim.apps.reports.aging.questions import AgingRow, Tie, View
from cleanclaim.apps.reports.aging.queue_views import UNDO
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.csv_file import csv_response
from cleanclaim.apps.shared.pages.filing import pdf_response
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, one_snapshot, requires
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import show

ITEMS_SHOWN = 200
EXPORT_ROWS = 50_000


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def aging_page(request: HttpRequest) -> HttpResponse:
    """Who owes how much, for how long, as of the header's dates; beside another day where one is asked for."""
    view = view_of(request, request.GET)
    names = tables.collector_names(view)
    rows = questions.aging(view)
    first = recorded_only_since(view, rows)
    unknown = only_since_words(view, first) if first else ""
    table = tables.aging_table(view, rows, names, none=unknown)
    if _is_export(request):
        return _export(request, table, name=f"aging-{view.on}")
    found = questions.tie(view, rows)
    if "pdf" in request.GET:
        check_permission(request, Permission.EXPORT)
        return _pdf(request, view, table, found, rows, unknown)
    day = other_day(request.GET)
    context = {
        **_choices(view),
        "unknown": unknown,
        "table": table,
        "picture": pictures.aging_picture(view, rows, names),
        "facts": tables.aging_facts(view, rows, found) if rows or found.count else [],
        "elsewhere": tables.elsewhere_table(found),
        "beside": day,
    }
    if day is not None:
        other = view_of(request, request.GET, on=day)
        before = questions.aging(other)
        context["other"] = tables.aging_table(other, before, names)
        context["change"] = tables.change_table(view, rows, other, before, names)
    return render(request, "aging/aging.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def item_page(request: HttpRequest) -> HttpResponse:
    """The open items of a cell; they can be made a work queue."""
    view = view_of(request, request.GET)
    cell = cell_of(view, request.GET)
    is_export = _is_export(request)
    limit = EXPORT_ROWS if is_export else ITEMS_SHOWN
    rows = questions.open_items(
        view, cell, limit=limit + 1, after=bounded_id(request.GET.get("after", "0"))
    )
    is_cut = len(rows) > limit
    if is_cut:  # an item of several buckets stays on one page
        rows = [row for row in rows if row.item_id != rows[-1].item_id]
    record_audit(
        "export" if is_export else "read",
        patient_ids={row.patient_id for row in rows if row.patient_id},
        by=cast(int, request.user.pk),
        what="aging",
        detail=f"open items on {view.on}",
    )
    table = tables.item_table(rows, foot=f"{len(rows):,} shown")
    if is_export:
        return _export(request, table, name=f"open-items-{view.on}")
    context = {
        **_choices(view),
        "table": table,
        "cell": cell,
        "group": tables.cell_words(view, cell, tables.collector_names(view)),
        "ages": tables.age_links(view, cell),
        "kept": [*pairs(view, cell.group), *_kept_cell(request)],
        "next": rows[-1].item_id if is_cut else None,
        "queue": request.GET.get("queue", "")[:80],
        "undo": request.session.get(UNDO),
        "people": _people(request) if request.can(Permission.WORK_ASSIGN) else None,
    }
    return render(request, "aging/items.html", context)


def _kept_cell(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, request.GET[name]) for name in ("band", "credits") if request.GET.get(name)]


def _people(request: HttpRequest) -> list[tuple[int, str]]:
    members = Membership.objects.filter(organization=request.organization, is_active=True)
    return sorted(members.values_list("user_id", "user__name"), key=lambda one: one[1])


def _pdf(
    request: HttpRequest,
    view: View,
    table: Table,
    found: Tie,
    rows: list[AgingRow],
    unknown: str,
) -> HttpResponse:
    known = f", as known {timezone.localtime(view.known):%Y-%m-%d}" if view.known else ""
    groups = ", ".join(tables.NAMES[name].lower() for name in view.by)
    of_now = tables.of_now_words(view)
    return pdf_response(
        title=f"Aging on {show_day(view.on)}",
        subtitle=(
            f"{request.organization.name}{known}. By {groups}; owed by {tables.WHOSE[view.who]}; "
            f"age {tables.MEASURES[view.measure]}"
            f"{of_now and f'; {of_now}'}.{unknown and f' {unknown}'}"
        ),
        facts=tables.aging_facts(view, rows, found),
        tables=[table, tables.elsewhere_table(found)],
        foot=f"Aging {show(found.aging)} = books {show(found.books)} + booked elsewhere "
        f"{show(found.named)}; difference {show(found.difference)}",
        name=f"aging-{view.on}",
    )


def _choices(view: View) -> dict[str, Any]:
    return {
        "view": view,
        "dimensions": list(tables.NAMES.items()),
        "measures": [(one.value, words) for one, words in tables.MEASURES.items()],
        "of_now": tables.of_now_words(view),
        "whose": [(one.value, words) for one, words in tables.WHOSE.items()],
    }


def _is_export(request: HttpRequest) -> bool:
    return "xlsx" in request.GET or "csv" in request.GET


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return (xlsx_response if "xlsx" in request.GET else csv_response)(table, name=name)

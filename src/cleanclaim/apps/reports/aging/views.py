"""Pages of aging: groups by age, the items behind a group, the tie to the books."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cleanclaim.apps.reports.aging import questions, tables
from cleanclaim.apps.reports.aging.questions import Measure, View
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.models import Bucket
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError

ITEMS_SHOWN = 200
EXPORT_ROWS = 50_000


@requires(Permission.ACCOUNTS_READ)
@require_safe
def aging_page(request: HttpRequest) -> HttpResponse:
    """Who owes how much, for how long, as of the header's dates."""
    view = _view(request)
    rows = questions.aging(view)
    table = tables.aging_table(view, rows)
    if "xlsx" in request.GET:
        return _export(request, table, name=f"aging-{view.on}")
    found = questions.tie(view, rows)
    context = {
        **_choices(view),
        "table": table,
        "facts": tables.aging_facts(view, rows, found) if rows or found.count else [],
        "elsewhere": tables.elsewhere_table(found),
    }
    return render(request, "aging/aging.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def item_page(request: HttpRequest) -> HttpResponse:
    """The open items of a group."""
    view = _view(request)
    group = {
        name: request.GET[f"is_{name}"].replace("\0", "")
        for name in view.by
        if f"is_{name}" in request.GET
    }
    if group.get("bucket", Bucket.PATIENT) not in Bucket.values:
        raise InputError(f"bucket {group['bucket'][:20]!r}: expected one of {', '.join(Bucket)}")
    export = "xlsx" in request.GET
    limit = EXPORT_ROWS if export else ITEMS_SHOWN
    rows = questions.open_items(
        view,
        group=group,
        credits="credits" in request.GET,
        limit=limit + 1,
        after=bounded_id(request.GET.get("after", "0")),
    )
    is_cut = len(rows) > limit
    if is_cut:  # an item of several buckets stays on one page
        rows = [row for row in rows if row.item_id != rows[-1].item_id]
    ids = {row.patient_id for row in rows if row.patient_id}
    record_audit(
        "export" if export else "read",
        patient_ids=ids,
        by=cast(int, request.user.pk),
        what="aging",
        detail=f"open items on {view.on}",
    )
    table = tables.item_table(rows, foot=f"{len(rows):,} shown")
    if export:
        return _export(request, table, name=f"open-items-{view.on}")
    said = ", ".join(tables.group_words(name, value) for name, value in group.items())
    context = {
        **_choices(view),
        "table": table,
        "group": said,
        "credits": "credits" in request.GET,
        "next": rows[-1].item_id if is_cut else None,
    }
    return render(request, "aging/items.html", context)


def _view(request: HttpRequest) -> View:
    as_of = request.as_of
    by = dict.fromkeys(request.GET.getlist("by")) or {"bucket": None}
    text = request.GET.get("measure", Measure.BUCKET)
    if text not in [one.value for one in Measure]:
        raise InputError(f"measure {text[:20]!r}: expected one of {', '.join(Measure)}")
    return View(on=as_of.day, known=as_of.recorded_by, by=tuple(by), measure=Measure(text))


def _choices(view: View) -> dict[str, Any]:
    return {
        "view": view,
        "dimensions": list(tables.NAMES.items()),
        "measures": [(one.value, words) for one, words in tables.MEASURES.items()],
    }


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)

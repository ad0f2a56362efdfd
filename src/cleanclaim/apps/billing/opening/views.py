"""Pages of opening balances: check the files, prepare, approve as the second person, take back."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cleanclaim.apps.billing.opening import services, tables, undoing
from cleanclaim.apps.billing.opening.models import LoadState, OpeningLoad
from cleanclaim.apps.billing.opening.reading import ITEM_COLUMNS, NEEDED
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.accounts import PROVIDER_SIDE

FILE_LIMIT = 64 << 20
PROBLEMS_SHOWN = 200
LOADS_SHOWN = 200


@requires(Permission.ACCOUNTS_READ)
@require_safe
def load_list(request: HttpRequest) -> HttpResponse:
    """Every load, newest first."""
    rows = list(OpeningLoad.objects.defer("items", "balances").order_by("-id")[:LOADS_SHOWN])
    table = tables.load_table(rows, _names(rows))
    if "xlsx" in request.GET:
        return _export(request, table, name="opening-loads")
    context = {"table": table, "may_load": request.can(Permission.PERIODS_CLOSE)}
    return render(request, "opening/list.html", context)


@requires(Permission.PERIODS_CLOSE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def prepare(request: HttpRequest) -> HttpResponse:
    """Choose both files; what is wrong or does not tie is shown, and nothing is kept then."""
    context: dict[str, Any] = {
        "columns": [(name, name in NEEDED) for name in ITEM_COLUMNS],
        "accounts": PROVIDER_SIDE,
        "system": request.POST.get("system", "").replace("\0", "")[:80],
        "day": request.POST.get("as_of", "")[:20],
    }
    if request.method != "POST":
        return render(request, "opening/prepare.html", context)
    try:
        as_of = _as_of(context["day"])
        items, balances = _file(request, "items"), _file(request, "balances")
        reading = services.read_load(items.read(), balances.read(), as_of=as_of)
    except InputError as error:
        return render(
            request, "opening/prepare.html", {**context, "error": error.message}, status=422
        )
    if not reading.is_right:
        context |= {
            "facts": tables.reading_facts(reading),
            "tie": tables.tie_table(reading.tie),
            "problems": tables.problem_table(reading.problems[:PROBLEMS_SHOWN]),
            "error": services.refusal(reading),
            "shows_chart": any("in our chart" in one.message for one in reading.problems),
        }
        return render(request, "opening/prepare.html", context, status=422)
    items.seek(0)
    balances.seek(0)
    load_id = services.prepare_load(
        system=context["system"],
        as_of=as_of,
        items=items.read(),
        items_name=items.name or "items.csv",
        balances=balances.read(),
        by=_person(request),
    )
    messages.success(request, f"Load {load_id} ties and waits for a second person.")
    return redirect("opening:load", load_id)


def _as_of(text: str) -> date:
    return read_day(text, "day of the take-over")


def _file(request: HttpRequest, name: str) -> UploadedFile:
    file = request.FILES.get(name)
    if file is None:
        raise InputError(f"{name}: no file was chosen")
    if (file.size or 0) > FILE_LIMIT:
        raise InputError(
            f"{name}: {file.size:,} bytes, expected {FILE_LIMIT:,} at most; use the command"
        )
    return file


@requires(Permission.ACCOUNTS_READ)
@require_safe
def load_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One load: how it tied, who prepared and approved it."""
    row = get_object_or_404(OpeningLoad.objects.defer("items"), pk=pk)
    table = tables.tie_table(tables.kept_tie(row))
    if "xlsx" in request.GET:
        return _export(request, table, name=f"opening-load-{pk}")
    kept = list(row.kept.order_by("id"))
    names = _names([row]) | names_of(
        person for one in kept for person in (one.asked_by, one.kept_by)
    )
    context = {
        "row": row,
        "chip": tables.state_chip(row),
        "table": table,
        "facts": tables.load_facts(row),
        "findings": tables.kept_findings(row),
        "prepared_by": names.get(row.prepared_by or 0, "the command line"),
        "approved_by": names.get(row.approved_by or 0, "the command line"),
        "ended_by": names.get(row.ended_by or 0, "the command line"),
        "may_change": request.can(Permission.PERIODS_CLOSE),
        "kept": [
            (one, names.get(one.asked_by, "somebody"), names.get(one.kept_by, "somebody"))
            for one in kept
        ],
        "undo_asked_by": names.get(row.undo_asked_by or 0, ""),
        "is_own_undo": row.undo_asked_by == _person(request),
        "is_own": row.prepared_by == _person(request),
        "is_waiting": row.state == LoadState.PREPARED,
        "is_posted": row.state == LoadState.POSTED,
    }
    return render(request, "opening/load.html", context)


@requires(Permission.PERIODS_CLOSE)
@require_POST
@once
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or withdraw a load; ask to take a posted one back, approve that, or keep it."""
    get_object_or_404(OpeningLoad.objects.only("pk"), pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    if verb == "approve":
        services.post_load(pk, by=_person(request))
        messages.success(request, f"Load {pk} is posted.")
    elif verb == "withdraw":
        services.withdraw_load(pk, by=_person(request), reason=reason)
        messages.success(request, f"Load {pk} is withdrawn.")
    elif verb == "undo":
        undoing.ask_undo(pk, by=_person(request), reason=reason)
        messages.success(request, f"Taking load {pk} back waits for a second person.")
    elif verb == "approve-undo":
        count = undoing.undo_load(pk, by=_person(request), on=timezone.localdate())
        messages.success(request, f"Load {pk} is taken back, {count} entries reversed.")
    elif verb == "keep":
        undoing.keep_load(pk, by=_person(request))
        messages.success(request, f"Load {pk} stays.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve, withdraw, undo, approve-undo or keep")
    return redirect("opening:load", pk)


def _person(request: HttpRequest) -> int:
    return cast(int, request.user.pk)


def _names(rows: list[OpeningLoad]) -> dict[int, str]:
    return names_of(
        one
        for row in rows
        for one in (row.prepared_by, row.approved_by, row.undo_asked_by, row.ended_by)
    )


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)

"""The page of recoverability: what people set, what comes with the program, and a new figure."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.variances import chances
from cleanclaim.apps.billing.variances.models import KINDS, Recoverability
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.rules.variance import Kind, given_chances

MOST_SHOWN = 500


@requires(Permission.VARIANCES_READ)
@require_safe
def chance_list(request: HttpRequest) -> HttpResponse:
    """What people set, the newest first, and the program's own figures, which hold where nobody set one."""
    rows = list(Recoverability.objects.order_by("-id")[:MOST_SHOWN])
    table = _set_table(rows, names_of(row.set_by for row in rows))
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name="recoverability")
    context = {
        "table": table,
        "given": _given_table(given_chances(on=timezone.localdate())),
        "kinds": [(kind.value, KINDS[kind]) for kind in chances.SETTABLE],
        "payers": Payer.objects.order_by("name").values_list("id", "name"),
        "may_set": request.can(Permission.CONTRACTS_CHANGE),
        "today": timezone.localdate(),
    }
    return render(request, "variances/chances.html", context)


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def set_chance(request: HttpRequest) -> HttpResponse:
    """Set a figure from a day on; the worker ranks the differences that it concerns anew."""
    row = chances.set_chance(
        request.POST.get("kind", ""),
        chances.read_share(request.POST.get("share", "")[:40]),
        payer_id=bounded_id(request.POST.get("payer") or "0"),
        limit_days=chances.read_age(request.POST.get("age", "")),
        starts_on=read_day(request.POST.get("from", ""), "from"),
        words=request.POST.get("words", "").replace("\0", ""),
        on=timezone.localdate(),
        by=signed_in(request).pk,
    )
    told = "as before" if row.share is None else f"{row.share:.2f}"
    messages.success(
        request,
        f"{KINDS[Kind(row.kind)]}: {told} from {row.starts_on} on; the queue is being ranked anew.",
    )
    return redirect("variances:chances")


def _set_table(rows: Sequence[Recoverability], names: Mapping[int, str]) -> Table:
    return Table(
        caption="Recoverability that people set",
        columns=(
            Column("From", lambda row: row.starts_on, kind="day"),
            Column("Kind", lambda row: KINDS[Kind(row.kind)], kind="strong"),
            Column("Payer", lambda row: row.payer_name or "every payer", flexible=True),
            Column("Age", lambda row: _age(row.limit_days)),
            Column("Chance", lambda row: "as before" if row.share is None else f"{row.share:.2f}"),
            Column("Why", lambda row: row.words, kind="soft", flexible=True),
            Column("Set by", lambda row: names.get(row.set_by, "")),
            Column("Set on", lambda row: row.set_at, kind="day"),
        ),
        rows=rows,
        foot=f"{len(rows)} shown",
    )


def _given_table(rows: Sequence[tuple[str, int | None, str]]) -> Table:
    return Table(
        caption="Recoverability that comes with the program",
        columns=(
            Column("Kind", lambda row: KINDS[Kind(row[0])], kind="strong", flexible=True),
            Column("Age", lambda row: _age(row[1])),
            Column("Chance", lambda row: row[2]),
        ),
        rows=rows,
        key=lambda row: f"{row[0]} {row[1]}",
    )


def _age(limit: int | None) -> str:
    return "any age" if limit is None else f"up to {limit:,} days"

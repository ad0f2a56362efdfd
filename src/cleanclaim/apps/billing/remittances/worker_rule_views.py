"""The page on which a practice says whose payments the worker posts by itself, and whose a person looks at first."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import Way, WorkerRule
from cleanclaim.apps.billing.remittances.selectors import Filters, remittances
from cleanclaim.apps.billing.remittances.views import EXPORT_ROWS, person
from cleanclaim.apps.billing.remittances.worker_rules import Standing
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


@requires(Permission.REMITTANCES_READ)
@require_safe
def worker_rules(request: HttpRequest) -> HttpResponse:
    """Every rule, newest first, those that count marked; as a page or as a spreadsheet."""
    found = WorkerRule.objects.all()
    standing = services.standing_rules()
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        return xlsx_response(_table(rows, standing), name="by-itself-or-not")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    of_all = standing.get(0)
    context = {
        "table": _table(page.rows, standing),
        "page": page,
        "of_all": Way(of_all.way).label if of_all else Way.POST.label,
        "ways": Way.choices,
        "payers": Payer.objects.order_by("name").values_list("id", "name"),
        "may_post": request.can(Permission.REMITTANCES_POST),
        "ready": remittances(Filters(is_ready=True)).count(),
    }
    return render(request, "remittances/worker_rules.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
def worker_rule_set(request: HttpRequest) -> HttpResponse:
    """Say who starts the posting of a payer's payments from now on."""
    way = request.POST.get("way", "")
    if way not in Way.values:
        raise InputError(f"way {way[:20]!r}: expected one of {', '.join(Way.values)}")
    row = services.set_worker_rule(
        payer_id=bounded_id(request.POST.get("payer", "0") or "0"),
        way=Way(way),
        note=request.POST.get("note", "").replace("\0", ""),
        by=person(request),
    )
    messages.success(
        request, f"Rule {row.pk} counts from now on: {_payer(row)}, {Way(row.way).label.lower()}."
    )
    return redirect("remittances:worker_rules")


def _payer(row: WorkerRule) -> str:
    return row.payer_name or "all payers"


def _table(rows: Sequence[WorkerRule], standing: Standing) -> Table:
    names = names_of(row.made_by for row in rows)
    counting = {row.pk for row in standing.values()}
    return Table(
        caption="Look first, or post at once; newest first",
        columns=(
            Column("Rule", lambda row: row.pk, kind="id"),
            Column("Payer", _payer, kind="strong"),
            Column("Its payments", lambda row: Way(row.way).label),
            Column("Why", lambda row: row.note, flexible=True),
            Column("By", lambda row: names.get(row.made_by, "")),
            Column("Since", lambda row: timezone.localdate(row.made_at), kind="day"),
            Column(
                "State",
                lambda row: Chip("counts", "good") if row.pk in counting else Chip("replaced"),
                kind="chip",
            ),
        ),
        rows=rows,
        foot=f"{len(rows)} shown",
    )

"""The page on which a practice says whose payments the worker posts by itself, and whose a person looks at first."""

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import Way, WorkerRule
from cleanclaim.apps.billing.remittances.selectors import Filters, remittances
from cleanclaim.apps.billing.remittances.views import EXPORT_ROWS, person
from cleanclaim.apps.billing.remittances.worker_rules import Standing
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users import two_persons
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError

MOST_WAITING = 50


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
        "may_decide": request.can(Permission.RULES_APPROVE),
        "waiting": _waiting(person(request), standing),
        "ready": remittances(Filters(is_ready=True)).count(),
    }
    return render(request, "remittances/worker_rules.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def worker_rule_set(request: HttpRequest) -> HttpResponse:
    """Say who starts the posting of a payer's payments from now on."""
    way = request.POST.get("way", "")
    if way not in Way.values:
        raise InputError(f"way {way[:20]!r}: expected one of {', '.join(Way.values)}")
    row = services.set_worker_rule(
        payer_id=bounded_id(request.POST.get("payer", "0") or "0"),
        way=Way(way),
        note=request.POST.get("note", "").replace("\0", ""),
        on=timezone.localdate(),
        by=person(request),
    )
    when = "counts from now on" if row.is_in_force else "waits for a second person"
    messages.success(request, f"Rule {row.pk} {when}: {_words(row)}.")
    return redirect("remittances:worker_rules")


@requires(Permission.REMITTANCES_POST)
@require_POST
def worker_rule_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own word back before it counts."""
    get_object_or_404(WorkerRule, pk=pk)
    services.withdraw_worker_rule(pk, by=person(request))
    messages.success(request, f"Rule {pk} is withdrawn.")
    return redirect("remittances:worker_rules")


@requires(Permission.RULES_APPROVE)
@require_POST
def worker_rule_decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or refuse what somebody said, as the second person."""
    get_object_or_404(WorkerRule, pk=pk)
    if verb == "approve":
        services.approve_worker_rule(pk, by=person(request))
        messages.success(request, f"Rule {pk} counts.")
    elif verb == "refuse":
        words = request.POST.get("reason", "").replace("\0", "")
        services.refuse_worker_rule(pk, by=person(request), words=words)
        messages.success(request, f"Rule {pk} is refused.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve or refuse")
    return redirect("remittances:worker_rules")


def _words(row: WorkerRule) -> str:
    return f"{_payer(row)}, {Way(row.way).label.lower()}"


def _waiting(me: int, standing: Standing) -> list[tuple[WorkerRule, str, str, bool]]:
    """What a second person is to look at: (row, words, who said it, whether that is this person)."""
    counting = [row.pk for row in standing.values()]
    to_look_at = Q(state=two_persons.Standing.ALONE, pk__in=counting)
    found = WorkerRule.objects.filter(Q(state=two_persons.Standing.PROPOSED) | to_look_at)
    rows = list(found.order_by("id")[:MOST_WAITING])
    names = names_of(row.made_by for row in rows)
    return [(row, _words(row), names.get(row.made_by, ""), row.made_by == me) for row in rows]


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
                lambda row: _state(row, counting),
                kind="chip",
            ),
        ),
        rows=rows,
        foot=f"{len(rows)} shown",
    )


def _state(row: WorkerRule, counting: Collection[int]) -> Chip:
    if row.state == two_persons.Standing.PROPOSED:
        return Chip("to be approved", "act")
    if not row.is_in_force:
        return Chip(row.state)
    return Chip("counts", "good") if row.pk in counting else Chip("replaced")

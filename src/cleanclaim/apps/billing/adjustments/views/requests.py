"""Requests: mine, to approve, done; one request with its sheet; approve, refuse, withdraw, undo."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.adjustments import questions, services, tables
from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, Kind, State
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.audit.services import Action, record_audit
from cleanclaim.apps.shared.ledger.selectors import entry_views
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Moment
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_money_limit, check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted

EXPORT_ROWS = 10_000
SHOWS = (("approve", "To approve"), ("mine", "My requests"), ("done", "Done"))


@requires(Permission.ADJUSTMENTS_READ)
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """What I asked for, what waits for me, what is done."""
    chosen = request.GET.get("show", "approve")
    if chosen not in dict(SHOWS):
        raise InputError(f"show {chosen[:20]!r}: expected approve, mine or done")
    found = _rows(chosen, person_id(request))
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        named = questions.with_names(list(found.order_by("-id")[:EXPORT_ROWS]))
        _audit(request, [one.row for one in named], "export")
        return xlsx_response(tables.request_table(named, selectable=False), name="adjustments")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    _audit(request, page.rows, "read")
    context = {
        "table": tables.request_table(
            questions.with_names(page.rows),
            selectable=chosen == "approve" and request.can(Permission.ACCOUNTS_ADJUST),
            foot=f"{len(page.rows)} shown",
        ),
        "page": page,
        "chosen": chosen,
        "shows": [(name, words, _rows(name, person_id(request)).count()) for name, words in SHOWS],
        "limit": request.access.money_limit,
        "may_adjust": request.can(Permission.ACCOUNTS_ADJUST),
    }
    return render(request, "adjustments/list.html", context)


def _rows(chosen: str, by: int) -> QuerySet[Adjustment]:
    if chosen == "mine":
        return Adjustment.objects.filter(requested_by=by)
    if chosen == "approve":
        return questions.waiting_requests().exclude(requested_by=by)
    return Adjustment.objects.exclude(state=State.WAITING)


@requires(Permission.ADJUSTMENTS_READ)
@require_safe
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: its sheet, what it rests on, what was done with it."""
    row = get_object_or_404(Adjustment, pk=pk)
    lines = list(AdjustmentLine.objects.filter(adjustment=row).order_by("id"))
    record_audit(
        "read",
        patient_ids={line.patient_id for line in lines},
        by=person_id(request),
        what="adjustment",
        detail=f"adjustment {pk}",
    )
    rows = questions.sheet(lines)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(tables.sheet_table(rows), name=f"adjustment-{pk}")
    [named] = questions.with_names([row])
    is_mine = row.requested_by == person_id(request)
    may = request.can(Permission.ACCOUNTS_ADJUST)
    waits = may and row.state == State.WAITING
    context = {
        "row": row,
        "named": named,
        "chip": tables.state_chip(row),
        "reason": tables.reason_words(row),
        "facts": tables.request_facts(named),
        "table": tables.sheet_table(rows, _caption(row)),
        "moments": _moments(named, lines),
        "may_approve": waits and not is_mine and row.amount <= request.access.money_limit,
        "above_limit": waits and not is_mine and row.amount > request.access.money_limit,
        "may_refuse": waits and not is_mine,
        "may_withdraw": waits and is_mine,
        "may_undo": may and row.state == State.POSTED,
        "limit": request.access.money_limit,
    }
    return render(request, "adjustments/request.html", context)


def _caption(row: Adjustment) -> str:
    return "Reconciliation sheet" if row.kind == Kind.REAPPLY else "Before and after"


def _moments(named: questions.NamedRequest, lines: Sequence[AdjustmentLine]) -> list[Moment]:
    row = named.row
    moments = [Moment(row.requested_on, f"{named.requested_by} asked: {row.note}")]
    if row.posted_on:
        who = named.approved_by or named.requested_by
        entries = len({line.entry_id for line in lines})
        words = f"{who} posted it in {counted(entries, 'entry', 'entries')}."
        moments.append(Moment(row.posted_on, words, "good"))
    if row.closed_on:
        label = State(row.state).label
        moments.append(Moment(row.closed_on, f"{label}: {row.closed_words}".rstrip(": "), "act"))
    if row.original_entry_id:
        original = entry_views([row.original_entry_id]).get(row.original_entry_id)
        if original:
            words = f"The payment of entry {original.id}, as it was first applied"
            moments.insert(0, Moment(original.effective_on, words))
    return moments


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw or undo one request; back to it."""
    row = get_object_or_404(Adjustment, pk=pk)
    words = words_of(request, "words", longest=300)
    on, by = timezone.localdate(), person_id(request)
    calls: dict[str, Callable[[], Adjustment]] = {
        "approve": lambda: services.approve_adjustment(pk, on=on, by=by),
        "refuse": lambda: services.refuse_adjustment(pk, words=words, on=on, by=by),
        "withdraw": lambda: services.withdraw_adjustment(pk, words=words, on=on, by=by),
        "undo": lambda: services.undo_adjustment(pk, words=words, on=on, by=by),
    }
    if verb not in calls:
        raise InputError(f"{verb[:20]!r}: expected approve, refuse, withdraw or undo")
    done = calls[verb]()
    messages.success(request, f"{show(row.amount)}: {State(done.state).label.lower()}.")
    return redirect("adjustments:request", pk)


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def selected(request: HttpRequest) -> HttpResponse:
    """Approve or refuse the selected requests together: all or none, within the person's limit in all."""
    ids = [bounded_id(text) for text in request.POST.getlist("row")][:200]
    rows = list(Adjustment.objects.filter(pk__in=ids).order_by("id"))
    if not rows:
        messages.error(request, "Nothing was selected.")
        return not_done(redirect("adjustments:list"))
    verb = request.POST.get("do", "")
    on, by = timezone.localdate(), person_id(request)
    amount = total(row.amount for row in rows)
    if verb == "approve":
        check_money_limit(request, amount)
        for row in rows:
            services.approve_adjustment(row.pk, on=on, by=by)
    elif verb == "refuse":
        words = words_of(request, "words", longest=300)
        for row in rows:
            services.refuse_adjustment(row.pk, words=words, on=on, by=by)
    else:
        raise InputError(f"{verb[:20]!r}: expected approve or refuse")
    done = "approved and posted" if verb == "approve" else "refused"
    messages.success(request, f"{counted(len(rows), 'request')}, {show(amount)}: {done}.")
    return redirect("adjustments:list")


def _audit(request: HttpRequest, rows: Sequence[Adjustment], action: Action) -> None:
    ids = {row.patient_id for row in rows if row.patient_id}
    record_audit(action, patient_ids=ids, by=person_id(request), what="adjustments")

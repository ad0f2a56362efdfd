"""My day: the ranked queue, one item in the side pane, and what can be done with it."""

from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.work import selectors, services, tables
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.apps.shared.work.models import State, WorkItem
from cleanclaim.apps.shared.work.rank import kinds
from cleanclaim.kernel.errors import InputError

EXPORT_ROWS = 10_000
UNDO = "work_undo"  # in the session: what the last step changed, offered once to be taken back
UNDONE_LATER = ("take", "snooze", "finish")


@requires(Permission.WORK_READ)
@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    """What is to be done, best next first."""
    on = request.as_of.day
    filters = _filters(request)
    found = selectors.to_do(filters, on=on)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        items = list(found.order_by("-rank", "id")[:EXPORT_ROWS])
        _audit(request, items, action="export")
        return xlsx_response(tables.work_table(items, foot="Total"), name="work")
    page = keyset_page(found, order=("-rank", "id"), cursor=request.GET.get("after", ""))
    _audit(request, page.rows, action="read")
    by_kind = selectors.totals_by_kind(selectors.Filters(), on=on)
    is_all = filters == selectors.Filters()
    totals = selectors.sum_of(by_kind.values()) if is_all else selectors.totals(filters, on=on)
    foot = f"{len(page.rows)} shown of {totals.count:,}"
    context = {
        "table": tables.work_table(page.rows, foot=foot),
        "page": page,
        "totals": totals,
        "filters": filters,
        "by_kind": [
            (kind, tables.kind_words(kind), found.count) for kind, found in by_kind.items()
        ],
        "first_href": _first_href(page.rows),
        "undo": request.session.pop(UNDO, []),
    }
    return render(request, "work/queue.html", context)


def _filters(request: HttpRequest) -> selectors.Filters:
    kind = request.GET.get("kind", "")
    if kind and kind not in kinds(on=request.as_of.day):
        raise InputError(f"kind {kind[:24]!r}: expected a kind of work")
    return selectors.Filters(
        kind=kind,
        mine=person(request) if request.GET.get("mine") else None,
        text=request.GET.get("q", "").replace("\0", "")[:80],
    )


def _first_href(items: list[WorkItem]) -> str:
    return next(
        (href for item in items if (href := subject_href(item.subject_kind, item.subject_id))), ""
    )


@requires(Permission.WORK_READ)
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item for the side pane: why it is here, what was done, what can be done."""
    found = _item(request, pk)
    touches = list(selectors.touches_of(pk))
    names = names_of([found.owner, *(touch.by for touch in touches)])
    steps, total_words, total = tables.rank_steps(found)
    last = touches[-1] if touches else None
    context = {
        "item": found,
        "chip": tables.due_chip(found, on=request.as_of.day),
        "owner": names.get(found.owner),
        "moments": tables.moments(touches, names),
        "steps": steps,
        "total_words": total_words,
        "total": total,
        "href": subject_href(found.subject_kind, found.subject_id),
        "is_mine": found.owner == person(request),
        "is_done": found.state == State.DONE,
        "may_undo": bool(last and last.by == person(request) and last.before is not None),
    }
    return render(request, "work/_item.html", context)


@requires(Permission.WORK_READ)
@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """The arithmetic of one rank, for the side pane."""
    found = _item(request, pk)
    steps, total_words, total = tables.rank_steps(found)
    context = {
        "title": f"Why {int(total.to_integral_value()):,}",
        "note": f"worked out for {found.ranked_on:%b} {found.ranked_on.day}",
        "steps": steps,
        "total_words": total_words,
        "total": total,
    }
    return render(request, "pages/_trace.html", context)


@requires(Permission.WORK_READ)
@require_POST
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Take, snooze, wake, finish, undo or note one item; back to the queue."""
    found = _item(request, pk)
    by = person(request)
    if verb == "take":
        services.take(pk, by=by)
        words = "is yours"
    elif verb == "snooze":
        services.snooze(pk, until=day_of(request), on=request.as_of.day, by=by)
        words = "sleeps until then"
    elif verb == "wake":
        services.wake(pk, by=by)
        words = "is back"
    elif verb == "finish":
        services.finish(pk, outcome=words_of(request, "outcome"), by=by)
        words = "is done"
    elif verb == "undo":
        services.undo(pk, by=by)
        words = "is as it was before"
    elif verb == "note":
        services.add_note(pk, words=words_of(request, "words"), by=by)
        words = "has your note"
    else:
        raise InputError(f"{verb[:20]!r}: expected take, snooze, wake, finish, undo or note")
    if found.patient_id is not None:
        record_audit("change", patient_ids=[found.patient_id], by=by, what="work item",
                     detail=f"{verb} {pk}")  # fmt: skip
    messages.success(request, f"{found.title} ({pk}) {words}.")
    if verb in UNDONE_LATER:
        offer_undo(request, [pk])
    return redirect(queue_address(request))


def _item(request: HttpRequest, pk: int) -> WorkItem:
    found = get_object_or_404(WorkItem, pk=pk)
    _audit(request, [found], action="read")
    return found


def _audit(request: HttpRequest, items: list[WorkItem], *, action: str) -> None:
    patients = [item.patient_id for item in items if item.patient_id is not None]
    record_audit(action, patient_ids=patients, by=person(request), what="work queue")  # type: ignore[arg-type]


def offer_undo(request: HttpRequest, ids: list[int]) -> None:
    """Let the next queue page offer to take back the last step on these items."""
    request.session[UNDO] = ids


def words_of(request: HttpRequest, name: str) -> str:
    """A field's text, trimmed."""
    return request.POST.get(name, "").replace("\0", "").strip()


def day_of(request: HttpRequest) -> date:
    """The day until which something sleeps."""
    return read_day(request.POST.get("until", ""), "until")


def queue_address(request: HttpRequest) -> str:
    """The queue with the filters that the person came with."""
    kept = {name: request.POST[name] for name in ("kind", "mine", "q") if request.POST.get(name)}
    address = reverse("work:queue")
    return f"{address}?{urlencode(kept)}" if kept else address


def person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)

"""One step for many selected items, and its undo; all or none."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work import services
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.views import day_of, offer_undo, person, queue_address, words_of
from cleanclaim.kernel.errors import InputError

MOST_AT_ONCE = 200  # a page has 50


@requires(Permission.WORK_READ)
@require_POST
def change_selected(request: HttpRequest) -> HttpResponse:
    """Take, snooze or finish the selected items."""
    ids, by, verb = _selected(request), person(request), request.POST.get("do", "")
    if verb == "take":
        for pk in ids:
            services.take(pk, by=by)
        words = "yours"
    elif verb == "snooze":
        until = day_of(request)
        for pk in ids:
            services.snooze(pk, until=until, on=request.as_of.day, by=by)
        words = "put away until then"
    elif verb == "finish":
        services.finish(ids, outcome=words_of(request, "outcome"), by=by)
        words = "done"
    else:
        raise InputError(f"{verb[:20]!r}: expected take, snooze or finish")
    _audit(ids, by=by, verb=verb)
    offer_undo(request, ids)
    messages.success(request, f"{_items(len(ids))} {words}.")
    return redirect(queue_address(request))


@requires(Permission.WORK_READ)
@require_POST
def undo_selected(request: HttpRequest) -> HttpResponse:
    """Take back one's own last step on each of the items."""
    ids, by = _selected(request), person(request)
    for pk in ids:
        services.undo(pk, by=by)
    _audit(ids, by=by, verb="undo")
    messages.success(request, f"{_items(len(ids))} as before.")
    return redirect(queue_address(request))


def _selected(request: HttpRequest) -> list[int]:
    ids = list(dict.fromkeys(bounded_id(row) for row in request.POST.getlist("row")))
    if not ids:
        raise InputError("no item is selected", hint="Select items with x first.")
    if len(ids) > MOST_AT_ONCE:
        raise InputError(f"{len(ids)} items at once, expected {MOST_AT_ONCE} at most")
    found = WorkItem.objects.filter(pk__in=ids).count()
    if found < len(ids):
        raise InputError("an item of the selection does not exist", hint="Reload the queue.")
    return ids


def _items(count: int) -> str:
    return "1 item is" if count == 1 else f"{count} items are"


def _audit(ids: list[int], *, by: int, verb: str) -> None:
    patients = WorkItem.objects.filter(pk__in=ids, patient_id__isnull=False)
    record_audit(
        "change",
        patient_ids=patients.values_list("patient_id", flat=True),
        by=by,
        what="work item",
        detail=f"{verb} {len(ids)} items",
    )

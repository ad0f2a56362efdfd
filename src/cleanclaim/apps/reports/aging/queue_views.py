"""A cell of the aging becomes a work queue, and is taken back."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.reports.aging import queues
from cleanclaim.apps.reports.aging.asking import cell_of, view_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted

UNDO = "aging_queue"  # in the session: the work items of the queue made last


@requires(Permission.WORK_ASSIGN)
@require_POST
def make_queue(request: HttpRequest) -> HttpResponse:
    """Open work for every claim of the cell that the form names."""
    view = view_of(request, request.POST)
    made = queues.make_queue(
        view,
        cell_of(view, request.POST),
        name=request.POST.get("name", "").replace("\0", ""),
        owner=_owner(request),
        on=timezone.localdate(),
    )
    _audit(request, made.work_ids, detail=f"queue of {made.claims} claims")
    request.session[UNDO] = list(made.work_ids)
    messages.success(
        request, f"{counted(made.claims, 'claim')}, {show(made.amount)}: queue “{made.name}”."
    )
    kept = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "owner", "name"):
        kept.pop(name, None)
    return redirect(
        f"{reverse('aging:items')}?{kept.urlencode()}&{urlencode({'queue': made.name})}"
    )


@requires(Permission.WORK_ASSIGN)
@require_POST
def undo_queue(request: HttpRequest) -> HttpResponse:
    """Take back the queue that this person made last."""
    ids = request.session.pop(UNDO, [])
    closed = queues.undo_queue(ids)
    _audit(request, ids, detail="queue taken back")
    kept = len(ids) - closed
    words = f"; {counted(kept, 'item')} that somebody works on stay" if kept else ""
    messages.success(request, f"{counted(closed, 'item')} taken back{words}.")
    return redirect("aging:aging")


def _owner(request: HttpRequest) -> int | None:
    text = request.POST.get("owner", "")
    if not text:
        return None
    wanted = bounded_id(text)
    members = Membership.objects.filter(organization=request.organization, is_active=True)
    if not members.filter(user_id=wanted).exists():
        raise InputError(f"owner {wanted}: nobody of this organization")
    return wanted


def _audit(request: HttpRequest, ids: list[int] | tuple[int, ...], *, detail: str) -> None:
    patients = WorkItem.objects.filter(pk__in=ids, patient_id__isnull=False)
    record_audit(
        "change",
        patient_ids=patients.values_list("patient_id", flat=True),
        by=cast(int, request.user.pk),
        what="work queue",
        detail=detail,
    )

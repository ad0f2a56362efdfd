"""Payments that were refused as repeats: the list, and how two persons let one in."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import (
    RepeatedPayment,
    RepeatRequest,
    RequestState,
)
from cleanclaim.apps.billing.remittances.views import EXPORT_ROWS, person
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError

_WAITING = RepeatRequest.objects.filter(repeated=OuterRef("pk"), state=RequestState.REQUESTED)


@requires(Permission.REMITTANCES_READ)
@require_safe
def repeats(request: HttpRequest) -> HttpResponse:
    """Refused payments, newest first; as a page or as a spreadsheet."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:80]
    found = RepeatedPayment.objects.annotate(is_asked=Exists(_WAITING))
    if text:
        found = found.filter(Q(trace_number__istartswith=text) | Q(payer_name__icontains=text))
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        return xlsx_response(_table(rows), name="payments-that-came-again")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    context = {"table": _table(page.rows), "page": page, "text": text}
    return render(request, "remittances/repeats.html", context)


@requires(Permission.REMITTANCES_READ)
@require_safe
def repeat_about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane of one: what was said and decided, and what may be done; shows no patient."""
    row = get_object_or_404(RepeatedPayment.objects.annotate(is_asked=Exists(_WAITING)), pk=pk)
    asked = list(row.requests.order_by("id"))
    names = names_of(who for one in asked for who in (one.requested_by, one.decided_by))
    waiting = next((one for one in asked if one.state == RequestState.REQUESTED), None)
    context = {
        "row": row,
        "chip": _chip(row),
        "history": [
            (one, names.get(one.requested_by, ""), names.get(one.decided_by or 0, ""))
            for one in asked
        ],
        "waiting": waiting,
        "is_own": waiting is not None and waiting.requested_by == person(request),
        "may_post": request.can(Permission.REMITTANCES_POST),
        "may_release": request.can(Permission.FILES_RELEASE),
    }
    return render(request, "remittances/_repeat.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
def repeat_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why it is another payment; a second person decides."""
    get_object_or_404(RepeatedPayment.objects.only("pk"), pk=pk)
    reason = request.POST.get("reason", "").replace("\0", "")
    services.ask_for_repeat(pk, reason=reason, by=person(request))
    messages.success(request, "Asked. A second person lets the payment in, or leaves it refused.")
    return redirect("remittances:repeats")


@requires(Permission.REMITTANCES_POST)
@require_POST
def repeat_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    get_object_or_404(RepeatRequest.objects.only("pk"), pk=pk)
    services.withdraw_repeat(pk, by=person(request))
    messages.success(request, "Withdrawn; the payment stays refused.")
    return redirect("remittances:repeats")


@requires(Permission.FILES_RELEASE)
@require_POST
def repeat_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it in, or leave it refused, as the second person."""
    get_object_or_404(RepeatRequest.objects.only("pk"), pk=pk)
    verb = request.POST.get("verb", "")
    words = request.POST.get("words", "").replace("\0", "")
    if verb == "approve":
        remittance_id = services.approve_repeat(
            pk, on=timezone.localdate(), by=person(request), words=words
        )
        messages.success(request, "Let in: it is to be posted like any other.")
        return redirect("remittances:remittance", remittance_id)
    if verb == "refuse":
        services.refuse_repeat(pk, by=person(request), words=words)
        messages.success(request, "The payment stays refused.")
        return redirect("remittances:repeats")
    raise InputError(f"{verb[:20]!r}: expected approve or refuse")


def _chip(row: RepeatedPayment) -> Chip:
    if row.remittance_id:
        return Chip("let in", "good")
    return Chip("waits", "act") if row.is_asked else Chip("refused")  # type: ignore[attr-defined]


def _table(rows: list[RepeatedPayment]) -> Table:
    return Table(
        caption="Refused payments, newest first",
        columns=(
            Column("Trace", lambda row: row.trace_number, kind="strong"),
            Column("Payer", lambda row: row.payer_name, flexible=True),
            Column("Dated", lambda row: row.paid_on, kind="day"),
            Column("Refused", lambda row: row.refused_on, kind="day"),
            Column("Repeats", lambda row: row.first_id, kind="id"),
            Column("Amount", lambda row: row.paid, kind="money", total=True),
            Column("State", _chip, kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("remittances:remittance", row.remittance_id or row.first_id),
        side=lambda row: address("remittances:repeat_about", row.pk),
        foot=f"{len(rows)} shown",
    )

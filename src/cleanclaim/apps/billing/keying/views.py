"""Pages of keyed batches: the list, a new one, and the keying page with its tape."""

from typing import Literal, cast

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying import payload, selectors, tables
from cleanclaim.apps.billing.keying.finding import find_claims
from cleanclaim.apps.billing.keying.models import GONE, Batch, State
from cleanclaim.apps.billing.keying.other_views import other_context
from cleanclaim.apps.billing.keying.scans import media_type
from cleanclaim.apps.billing.keying.services import simulate_batch
from cleanclaim.apps.billing.keying.services.batches import holder_of
from cleanclaim.apps.billing.keying.services.posting import require_zero
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.billing.remittances.questions import by_account, legs_of_plan
from cleanclaim.apps.billing.remittances.seals import seal
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.selectors import content_of, content_slice
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO

EXPORT_ROWS = 10_000
# A PDF is shown in a frame of our own; the rest of the policy is the middleware's.
FRAMES_PDF = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
IN_OUR_FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'; base-uri 'none'"


@requires(Permission.REMITTANCES_READ)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Batches, newest first; filtered, as a page or as a spreadsheet."""
    state = request.GET.get("state", "")
    if state and state not in State.values:
        raise InputError(f"state {state[:20]!r}: expected one of {', '.join(State.values)}")
    deposited = request.GET.get("deposited", "")
    filters = selectors.Filters(
        state=state,
        deposited_on=read_day(deposited, "deposited") if deposited else None,
        text=request.GET.get("q", "").replace("\0", "")[:80],
    )
    found = selectors.batches(filters)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(_table(list(found.order_by("-id")[:EXPORT_ROWS])), name="paper-eobs")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    sums = Batch.objects.filter(pk__in=found.values("pk")).aggregate(
        count=Count("id"),
        amount=Sum("amount", filter=~Q(state__in=GONE)),
        open=Count("id", filter=Q(state=State.OPEN)),
        anew=Count("id", filter=Q(state=State.REPLACED)),
        dropped=Count("id", filter=Q(state=State.DROPPED)),
    )
    context = {
        "table": _table(page.rows, foot=f"{len(page.rows)} shown of {sums['count']:,}"),
        "page": page,
        "totals": {**sums, "amount": sums["amount"] or ZERO},
        "filters": filters,
        "states": State.choices,
        "is_filtered": filters != selectors.Filters(),
        "may_key": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "keying/list.html", context)


def _table(rows: list[Batch], *, foot: str = "") -> tables.Table:
    names = names_of(one for row in rows for one in (row.holder_id, row.made_by))
    posted = [row.remittance_id for row in rows if row.remittance_id]
    back = Remittance.objects.filter(pk__in=posted, state=RemittanceState.REVERSED)
    taken_back = frozenset(back.values_list("pk", flat=True))
    return tables.batch_table(rows, names=names, taken_back=taken_back, foot=foot)


@requires(Permission.REMITTANCES_READ)
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: keyed while it is open, read and printed after."""
    batch = get_object_or_404(Batch, pk=pk)
    holder = holder_of(batch, by=person(request)) if batch.state == State.OPEN else ""
    may_key = batch.state == State.OPEN and not holder and request.can(Permission.REMITTANCES_POST)
    state = payload.page_state(batch)
    claim_ids = [row["claim"] for row in state["entries"] if row["claim"]]
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        _audit(request, claim_ids, pk, action="export")
        return xlsx_response(tables.tape_table(batch, state["entries"]), name=f"paper-eob-{pk}")
    _audit(request, claim_ids, pk)
    taken_back = Remittance.objects.filter(
        pk=batch.remittance_id or 0, state=RemittanceState.REVERSED
    ).exists()
    scan = media_type(content_slice(batch.scan_id, start=0, length=16)) if batch.scan_id else ""
    context = {
        "batch": batch,
        "chip": tables.state_chip(batch, taken_back),
        "is_taken_back": taken_back,
        "holder": holder,
        "may_correct": taken_back
        and batch.state == State.POSTED
        and request.can(Permission.REMITTANCES_POST),
        "may_key": may_key,
        "state": {**state, "closed": not may_key},
        "count": len(state["entries"]),
        "left": batch.amount - selectors.tape_of(pk),
        "scan": scan,
        **other_context(request, batch),
    }
    response = render(request, "keying/batch.html", context)
    if scan == "application/pdf":
        response["Content-Security-Policy"] = FRAMES_PDF
    return response


@requires(Permission.REMITTANCES_POST)
@require_safe
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """The claims that a typed number may mean, with their lines, as JSON."""
    batch = get_object_or_404(Batch, pk=pk)
    text = request.GET.get("q", "").replace("\0", "")[:80]
    hits = find_claims(batch, text, is_reversal="reversal" in request.GET)
    _audit(request, [hit.claim.pk for hit in hits], pk)
    return JsonResponse({"hits": payload.hit_rows(hits)})


@requires(Permission.REMITTANCES_READ)
@require_safe
def simulate(request: HttpRequest, pk: int) -> HttpResponse:
    """What posting would do, as a part."""
    batch = get_object_or_404(Batch, pk=pk)
    try:
        require_zero(batch)
    except StateError as error:
        return render(request, "keying/_simulation.html", {"left": error.message.capitalize()})
    plan = simulate_batch(pk, posted_on=timezone.localdate())
    _audit(request, [place.claim.pk for place in plan.places if place.claim], pk)
    sums = by_account(legs_of_plan(plan, payer_id=batch.payer_id))
    context = {
        "plan": plan,
        "sums": sums,
        "held": plan.held,
        "left": "",
        "seal": seal(plan, payer_id=batch.payer_id),
    }
    return render(request, "keying/_simulation.html", context)


@requires(Permission.REMITTANCES_READ)
@xframe_options_sameorigin
@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan's own bytes, to be looked at."""
    batch = get_object_or_404(Batch, pk=pk, scan_id__isnull=False)
    data = content_of(batch.scan_id)
    claim_ids = [one.claim_id for one in selectors.standing(pk) if one.claim_id]
    _audit(request, claim_ids, pk)
    response = HttpResponse(data, content_type=media_type(data))
    response["Content-Disposition"] = f'inline; filename="scan-{pk}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = IN_OUR_FRAME
    return response


def _audit(
    request: HttpRequest,
    claim_ids: list[int],
    pk: int,
    *,
    action: Literal["read", "export"] = "read",
) -> None:
    patients = Claim.objects.filter(pk__in=set(claim_ids)).values_list("patient_id", flat=True)
    record_audit(
        action,
        patient_ids=sorted(set(patients)),
        by=person(request),
        what="keyed EOB",
        detail=f"batch {pk}",
    )


def person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)

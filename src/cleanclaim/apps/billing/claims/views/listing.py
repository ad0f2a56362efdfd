"""The list of claims: filters kept in the address, totals, export, send what is selected."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.claims import questions, selectors, tables
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services import submit_ready_claims
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.patients.asking import day_of, person_id, text_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError

EXPORT_ROWS = 10_000
MOST_SELECTED = 5_000
# Words that the filter knows for several states at once.
GROUPS: dict[str, tuple[str, tuple[State, ...]]] = {
    "todo": (
        "Need you",
        (State.HELD, State.READY, State.REJECTED, State.DENIED, State.PARTIAL),
    ),
    "with-payer": ("With the payer", (State.SENT, State.ACCEPTED)),
    "answered": ("Answered", (State.PAID, State.PARTIAL, State.DENIED, State.CLOSED)),
}
QUICK = ("", "todo", "held", "ready", "rejected", "with-payer", "denied", "closed")


@requires(Permission.CLAIMS_READ)
@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Claims, newest first; filtered by the address."""
    filters = _filters(request)
    found = selectors.claims(filters)
    if "xlsx" in request.GET:
        return _export(request, list(found.order_by("-id")[:EXPORT_ROWS]))
    page = keyset_page(found, order=("-id",), cursor=text_of(request, "after", longest=600))
    _audit(request, page.rows, action="read")
    totals = selectors.totals(filters)
    more = "+" if totals.is_more else ""
    foot = f"{len(page.rows)} of {totals.count:,}{more}"
    context = {
        "table": tables.claim_table(page.rows, foot=foot),
        "page": page,
        "totals": totals,
        "filters": filters,
        "state": text_of(request, "state"),
        "states": [*((key, words) for key, (words, _) in GROUPS.items()), *State.choices],
        "quick": [(key, _quick_words(key)) for key in QUICK],
        "payers": questions.payers(),
        "is_filtered": any(request.GET.get(name) for name in ("q", "state", "payer", "from", "to")),
        "may_submit": request.can(Permission.CLAIMS_SUBMIT),
        "may_enter": request.can(Permission.CHARGES_ENTER),
        "may_export": request.can(Permission.EXPORT),
    }
    return render(request, "claims/list.html", context)


def _quick_words(key: str) -> str:
    if not key:
        return "All"
    if key in GROUPS:
        return GROUPS[key][0]
    return tables.STATE_WORDS[State(key)].capitalize()


def _filters(request: HttpRequest) -> selectors.Filters:
    payer = text_of(request, "payer")
    return selectors.Filters(
        states=_states(text_of(request, "state")),
        payer_id=bounded_id(payer) if payer else None,
        service_from=day_of(request, "from"),
        service_to=day_of(request, "to"),
        text=text_of(request, "q"),
    )


def _states(wanted: str) -> tuple[str, ...]:
    if not wanted:
        return ()
    if wanted in GROUPS:
        return tuple(state.value for state in GROUPS[wanted][1])
    if wanted not in State.values:
        known = ", ".join((*GROUPS, *State.values))
        raise InputError(f"state {wanted[:20]!r}: expected one of {known}")
    return (wanted,)


def _export(request: HttpRequest, rows: list[Claim]) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    _audit(request, rows, action="export")
    return xlsx_response(tables.claim_table(rows, foot="Total"), name="claims")


def _audit(request: HttpRequest, rows: list[Claim], *, action: str) -> None:
    patients = [one.patient_id for one in rows]
    record_audit(action, patient_ids=patients, by=person_id(request), what="claim list")  # type: ignore[arg-type]


@requires(Permission.CLAIMS_READ)
@require_POST
def selected(request: HttpRequest) -> HttpResponse:
    """Send or export the claims that were selected."""
    ids = [bounded_id(row) for row in request.POST.getlist("row")][:MOST_SELECTED]
    rows = list(Claim.objects.filter(pk__in=ids).order_by("-id"))
    if not rows:
        raise InputError("no claim is selected", hint="Select claims with x first.")
    if request.POST.get("do") == "export":
        return _export(request, rows)
    check_permission(request, Permission.CLAIMS_SUBMIT)
    ready = [one for one in rows if one.state == State.READY]
    if not ready:
        raise StateError(
            f"none of the {len(rows)} selected claims is ready to send",
            hint="Only claims in state ready can be sent.",
        )
    send(request, ready)
    if len(ready) < len(rows):
        messages.warning(request, f"{len(rows) - len(ready)} selected claims are not ready.")
    return redirect("submissions:list")


def send(request: HttpRequest, claims: list[Claim]) -> None:
    """Send these ready claims and say so."""
    partner = questions.partner_of(claims)
    files = submit_ready_claims(
        partner=partner,
        submit_on=timezone.localdate(),
        claim_ids=[one.pk for one in claims],
        by=person_id(request),
    )
    if not files:
        raise StateError("none of these claims is ready any more", hint="Look at them again.")
    names = ", ".join(file.name for file in files)
    words = "1 claim is" if len(claims) == 1 else f"{len(claims):,} claims are"
    messages.success(request, f"{words} on the way to {partner.name} in {names}.")


@requires(Permission.CLAIMS_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one claim of a list."""
    claim = get_object_or_404(Claim, pk=pk)
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="claim")
    events = selectors.timeline(pk)
    context = {
        "claim": claim,
        "chip": tables.state_chip(claim),
        "facts": [
            Fact("Charged", claim.charge),
            Fact("Paid", claim.paid),
            Fact("Patient owes", claim.patient_owes),
            Fact("Open", claim.open_amount),
        ],
        "findings": selectors.open_findings(pk),
        "last": events[-1] if events else None,
        "href": reverse("claims:page", args=[pk]),
    }
    return render(request, "claims/_about.html", context)

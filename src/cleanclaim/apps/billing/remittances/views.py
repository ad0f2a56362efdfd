"""Pages of remittances: the list, and one with bytes, reading and postings side by side."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.remittances import (
    bodies,
    questions,
    selectors,
    services,
    tables,
    words,
)
from cleanclaim.apps.billing.remittances.again import waits_for_reversal
from cleanclaim.apps.billing.remittances.bodies import head_of, payments_at, whole
from cleanclaim.apps.billing.remittances.claim_facts import claim_facts
from cleanclaim.apps.billing.remittances.confirmed_days import confirmation_of
from cleanclaim.apps.billing.remittances.known import superseded_ids
from cleanclaim.apps.billing.remittances.laying import Place
from cleanclaim.apps.billing.remittances.matching import likely_claims
from cleanclaim.apps.billing.remittances.models import (
    Outcome,
    Remittance,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.plans import RemittancePlan, plan_remittance, trace_of
from cleanclaim.apps.billing.remittances.run_views import run_context
from cleanclaim.apps.billing.remittances.seals import seal
from cleanclaim.apps.billing.remittances.services.settling import OUTCOMES
from cleanclaim.apps.billing.remittances.worker_rules import worker_words
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import asked_day
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.models import User
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.rules.posting.head import odd_day
from cleanclaim.values import remittance as values

EXPORT_ROWS = 10_000
SIMULATED_AT_ONCE = 300  # claims; larger remittances are simulated when somebody asks
HELD_CLAIMS, READY = "held-claims", "ready"
STATES = (*State.choices, (READY, "Ready to post"), (HELD_CLAIMS, "With held claims"))
UNPOSTED = (State.RECEIVED, State.HELD, State.REVERSED)


@requires(Permission.REMITTANCES_READ)
@require_safe
def remittance_list(request: HttpRequest) -> HttpResponse:
    """Remittances, newest first; filtered, as a page or as a spreadsheet."""
    state = request.GET.get("state", "")
    known = [value for value, _ in STATES]
    if state and state not in known:
        raise InputError(f"state {state[:20]!r}: expected one of {', '.join(known)}")
    filters = selectors.Filters(
        state="" if state in (HELD_CLAIMS, READY) else state,
        paid_from=asked_day(request, "from", None),
        paid_to=asked_day(request, "to", None),
        posted_from=asked_day(request, "posted_from", None),
        posted_to=asked_day(request, "posted_to", None),
        has_held=state == HELD_CLAIMS,
        is_ready=state == READY,
        text=request.GET.get("q", "").replace("\0", "")[:80],
    )
    found, superseded = selectors.remittances(filters), superseded_ids()
    if "xlsx" in request.GET:
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        table = tables.remittance_table(rows, is_export=True, superseded=superseded)
        return _export(request, table, name="remittances")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    totals = questions.list_totals(found, superseded=superseded)
    foot = f"{len(page.rows)} shown of {totals.count:,}"
    context = {
        "table": tables.remittance_table(page.rows, foot=foot, superseded=superseded),
        "page": page,
        "totals": totals,
        "filters": filters,
        "states": STATES,
        "state": state,
        "is_filtered": filters != selectors.Filters(),
        "may_upload": request.can(Permission.FILES_RECEIVE),
        "refused": tables.refused_table(selectors.refused_lately(timezone.localdate())),
    }
    return render(request, "remittances/list.html", context)


@requires(Permission.REMITTANCES_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one remittance of the list; shows no patient."""
    row = get_object_or_404(Remittance, pk=pk)
    context = {
        "row": row,
        "chip": tables.state_chip(row, superseded=superseded_ids()),
        "posted_by": posted_by(row),
        "steps": tables.balance_steps(row, head_of(row), claims_paid=bodies.claims_paid(row)),
        "total_words": "Payment",
        "total": row.paid,
    }
    return render(request, "remittances/_about.html", context)


@requires(Permission.REMITTANCES_READ)
@require_safe
def remittance_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One remittance: bytes, reading and postings side by side; the claim under the cursor leads.

    Of a large one only the claims of the page are read; the worker adds it up (`run_views`).
    """
    row = get_object_or_404(Remittance, pk=pk)
    head = head_of(row)
    text = request.GET.get("q", "").replace("\0", "")[:80]
    outcome = request.GET.get("outcome", "")
    found, fits = selectors.places(row, text=text, outcome=outcome), None
    if "xlsx" in request.GET:
        return _export_claims(request, row, found)
    if text or outcome:
        fits = selectors.fitting(row, text=text, outcome=outcome)
        found = fits.places
    plan = _plan(request, row)
    wanted = bounded_id(request.GET.get("claim", "1"))
    page = keyset_page(
        found.filter(position__gte=wanted), order=("position",), cursor=request.GET.get("after", "")
    )
    said = payments_at(row.pk, [one.position for one in page.rows])
    claims = questions.claims_of(page.rows, said, payer_id=row.payer_id)
    lines = tables.claim_lines(page.rows, said, claims, _planned(plan))
    first = page.rows[0].position if page.rows else 0
    shown = _place_context(request, row, head, first, plan) if first else _no_place(row, head, plan)
    patients = [claim.patient_id for claim in claims.values()]
    patients += [one.claim.patient_id for one in shown.get("candidates", ())]
    _audit(request, patients, "read", row)
    context = {
        "row": row,
        "chip": tables.state_chip(row, superseded=superseded_ids()),
        "facts": tables.remittance_facts(
            row, head, claims_paid=shown["claims_paid"], posted_by=posted_by(row)
        ),
        "table": tables.claim_table(
            lines,
            foot=_foot(row, len(lines), fits),
            query="?simulate=1" if "simulate" in request.GET else "",
        ),
        "page": page,
        "text": text,
        "outcome": outcome,
        "outcomes": Outcome.choices,
        "is_unposted": row.state in UNPOSTED,
        "may_post": request.can(Permission.REMITTANCES_POST),
        **_day_context(row, head),
        **shown,
        "simulated": _simulated(request, plan, shown.get("seal", "")),
        **(run_context(row) if services.is_large(row) else {}),
    }
    return render(request, "remittances/remittance.html", context)


def _day_context(row: Remittance, head: values.Remittance) -> dict[str, Any]:
    """What a person said of the payment's day, or why somebody has to."""
    said = confirmation_of(row)
    is_asked = said is None and row.state in services.BEFORE_POSTING
    return {
        "day_said": said,
        "day_said_by": name_of(said.made_by) if said else "",
        "day_words": odd_day(head, on=timezone.localdate()) if is_asked else "",
        "may_settle_day": row.state in services.BEFORE_POSTING,
    }


def _simulated(request: HttpRequest, plan: RemittancePlan | None, now: str) -> str:
    """That it was simulated, when, and whether anything is other than what the page showed before."""
    if plan is None or "simulate" not in request.GET:
        return ""
    before, at = request.GET.get("shown", ""), f"{timezone.localtime():%H:%M:%S}"
    if plan.hold or not before:
        return f"Simulated at {at}. Nothing is posted."
    if now.startswith(before):
        return f"Simulated at {at}: nothing has changed since it was last shown. Nothing is posted."
    return f"Simulated at {at}: it is not what was shown before; look again. Nothing is posted."


def _foot(row: Remittance, count: int, fits: selectors.Fitting | None) -> str:
    """How many are shown; of a search also what those that fit pay together."""
    if fits is None:
        return f"{count} shown of {row.claim_count:,}"
    return f"{count} shown of {fits.count:,} that fit, paid {show(fits.paid)}"


@requires(Permission.REMITTANCES_READ)
@require_safe
def place(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """The three columns for another claim of the remittance, as a part."""
    row = get_object_or_404(Remittance, pk=pk)
    if not 1 <= position <= row.claim_count:
        raise Http404
    context = _place_context(request, row, head_of(row), position, _plan(request, row))
    if services.is_large(row):
        context |= run_context(row)
    claim = context["claim"]
    candidates = [one.claim.patient_id for one in context["candidates"]]
    _audit(request, [*([claim.patient_id] if claim else []), *candidates], "read", row)
    return render(request, "remittances/_place.html", context)


def _plan(request: HttpRequest, row: Remittance) -> RemittancePlan | None:
    """What posting would do, where the remittance is small, or no large one and somebody asked."""
    if row.state not in UNPOSTED or services.is_large(row):
        return None
    if row.claim_count > SIMULATED_AT_ONCE and "simulate" not in request.GET:
        return None
    return plan_remittance(row, whole(row), posted_on=timezone.localdate())


def _planned(plan: RemittancePlan | None) -> dict[int, str]:
    if plan is None or plan.hold:
        return {}
    return {one.position: OUTCOMES[one.plan.outcome] for one in plan.places}


def _no_place(
    row: Remittance, head: values.Remittance, plan: RemittancePlan | None
) -> dict[str, Any]:
    """A payment without claims: only provider adjustments, or nothing; or no claim fits the search."""
    claims_paid = bodies.claims_paid(row)
    posted = None if row.state in UNPOSTED else questions.posted_entries(row)
    context = {
        "posted": posted,
        "sums": posted.sums if posted else (),
        "segments": selectors.segment_lines(row, 1),
        "balance": tables.balance_steps(row, head, claims_paid=claims_paid),
        "claims_paid": claims_paid,
        "total": row.paid,
    }
    return context | _planned_whole(row, plan) if row.state in UNPOSTED else context


def _place_context(
    request: HttpRequest,
    row: Remittance,
    head: values.Remittance,
    position: int,
    plan: RemittancePlan | None,
) -> dict[str, Any]:
    kept = RemittanceClaim.objects.get(remittance=row, position=position)
    said = payments_at(row.pk, [position])
    payment = said[position]
    claim = questions.claims_of([kept], said, payer_id=row.payer_id).get(position)
    claims_paid = bodies.claims_paid(row)
    context = {
        "row": row,
        "kept": kept,
        "payment": payment,
        "claim": claim,
        "status": words.status_words(payment.status_code),
        "segments": selectors.segment_lines(row, position),
        "readings": tables.read_payment(payment),
        "remarks": words.claim_remarks(payment),
        "claim_facts": claim_facts(payment),
        "balance": tables.balance_steps(row, head, claims_paid=claims_paid),
        "claims_paid": claims_paid,
        "total": row.paid,
        "is_unposted": row.state in UNPOSTED,
        "is_answer": kept.outcome in (Outcome.PAID, Outcome.PARTIAL, Outcome.DENIED),
        "candidates": [],
        "is_held": kept.outcome == Outcome.HELD,
        "is_settled": kept.outcome == Outcome.SETTLED,
        "hold": kept.hold,
        "may_post": request.can(Permission.REMITTANCES_POST),
    }
    if row.state in UNPOSTED:
        return context | _planned_postings(row, position, plan)
    if context["is_held"]:
        context["candidates"] = likely_claims(payment)
        found = questions.held_place(row, kept, payment)
        context |= _held_now(found, kept) if found else {}
    posted = questions.posted_entries(row)
    return context | {
        "posted": posted,
        "sums": posted.sums,
        "entries": selectors.posting_of(kept),
    }


def _held_now(found: Place, kept: RemittanceClaim) -> dict[str, Any]:
    """What is in a held payment's way by now; nothing where the answer that it waited for was taken back since."""
    context: dict[str, Any] = {"again": found.again, "settles": found.settles}
    if waits_for_reversal(kept.hold) and not found.plan.is_held and found.claim:
        context["hold"] = "its reversal has come: nothing is in its way any more"
        context["apply_to"] = found.claim.control_number
    return context


def _planned_postings(
    row: Remittance, position: int, plan: RemittancePlan | None
) -> dict[str, Any]:
    if plan is not None:
        one = next(place for place in plan.places if place.position == position)
    else:
        one = questions.plan_one(row, position, posted_on=timezone.localdate())
    legs = questions.legs_of_place(one, payer_id=row.payer_id, trace=trace_of(row))
    return _planned_whole(row, plan) | {
        "legs": questions.leg_lines(legs),
        "hold": one.plan.hold,
        "again": one.again,
        "candidates": likely_claims(one.payment) if one.plan.is_held and not one.claim else [],
        "work": one.plan.work,
        "notes": one.plan.notes,
    }


def _planned_whole(row: Remittance, plan: RemittancePlan | None) -> dict[str, Any]:
    """What posting would do with all of it, and why it may not be posted; nothing of it where it was not planned."""
    if plan is None:
        return {"plan": None, "stop": "", "wanted_rule": "", "held_places": 0, "sums": [], "seal": "", "findings": ()}  # fmt: skip
    return {
        "plan": plan,
        "stop": plan.hold,
        "wanted_rule": plan.wanted_rule,
        "held_places": len(plan.held),
        "sums": questions.by_account(questions.legs_of_plan(plan, payer_id=row.payer_id)),
        "seal": "" if plan.hold else seal(plan, payer_id=row.payer_id),
        "findings": plan.findings,
    }


def _export_claims(
    request: HttpRequest, row: Remittance, found: QuerySet[RemittanceClaim]
) -> HttpResponse:
    rows = list(found.order_by("position")[: EXPORT_ROWS + 1])
    if len(rows) > EXPORT_ROWS:
        raise InputError(
            f"more than {EXPORT_ROWS:,} claims fit",
            hint="Narrow them by number or outcome, then export.",
        )
    said = payments_at(row.pk, [one.position for one in rows])
    claims = questions.claims_of(rows, said, payer_id=row.payer_id)
    _audit(request, [claim.patient_id for claim in claims.values()], "export", row)
    lines = tables.claim_lines(rows, said, claims, {})
    table = tables.claim_table(lines, is_export=True)
    return _export(request, table, name=f"remittance-{row.pk}")


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)


def _audit(request: HttpRequest, patient_ids: list[int], action: Any, row: Remittance) -> None:
    record_audit(
        action,
        patient_ids=patient_ids,
        by=person(request),
        what="remittance",
        detail=f"remittance {row.pk}",
    )


def posted_by(row: Remittance) -> str:
    """Who posted it: a person, the worker by which rule, or the system."""
    return worker_words(row) or name_of(row.posted_by)


def name_of(user_id: int | None) -> str:
    """A user's name; the system's where there is none."""
    if user_id is None:
        return "the system"
    user = User.objects.filter(pk=user_id).first()
    return user.name if user else f"user {user_id}"


def person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)

"""The claim page: one header, the facts, the lines with their traces, what happened, what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.charges.selectors import Line, charges_of
from cleanclaim.apps.billing.claims import questions, selectors, tables, timeline, traces
from cleanclaim.apps.billing.claims.amounts import Amounts
from cleanclaim.apps.billing.claims.answers import PaymentAnswer, payment_answers
from cleanclaim.apps.billing.claims.chain import chain_of
from cleanclaim.apps.billing.claims.convert import current_value, finding_value
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.owing import owed_of
from cleanclaim.apps.billing.claims.states import UNSENT, State
from cleanclaim.apps.billing.claims.work import HOLD
from cleanclaim.apps.billing.contracts.selectors import claim_expectations
from cleanclaim.apps.billing.patients.asking import person_id
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.selectors import EntryView, entries_of_claim, entry_view
from cleanclaim.apps.shared.pages.parts import Fact, Step
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.work.models import State as WorkState
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.selectors import items_about
from cleanclaim.rules.edits import attestation, can_fix
from cleanclaim.values.claim import Claim as ClaimValue
from cleanclaim.values.party import Role


@dataclass(frozen=True, slots=True)
class Next:
    """What the claim waits for, in two words and a sentence."""

    words: str
    note: str = ""
    is_urgent: bool = False


@requires(Permission.CLAIMS_READ)
@require_safe
def claim_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one claim, as of the chosen dates."""
    claim = selectors.claim_with_patient(pk)
    if claim is None:
        raise Http404
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="claim")
    return render(request, "claims/page.html", _context(request, claim))


def _context(request: HttpRequest, claim: Claim) -> dict[str, Any]:
    as_of = request.as_of
    value = current_value(claim)
    answers = payment_answers(claim.pk)
    entries = entries_of_claim(
        claim.pk, effective_on=as_of.effective_on, recorded_by=as_of.recorded_by
    )
    charges = charges_of([claim.pk])[claim.pk]
    views, now = selectors.lines(charges, entries), selectors.amounts_in(entries)
    denied = _denied_lines(answers)
    work = items_about("claim", claim.pk)
    question, line_number = "charge", None
    if views:
        question, line_number = (
            tables.first_question(claim, views[0]),
            views[0].charge.line_number,
        )
    return {
        "claim": claim,
        "chip": tables.state_chip(claim),
        "sub": _sub(claim, value),
        "facts": _facts(
            claim, now, _next(claim, value, charges, work, was_denied=bool(denied)), answers
        ),
        "table": tables.line_table(claim, views, value, denied),
        "expected": _expected(request, claim, views),
        "trace": traces.trace_amount(
            claim, question, line_number=line_number, as_of=as_of, answers=answers, entries=entries
        ),
        # A hold stands above as its finding, with the way out of it.
        "work": [one for one in work if one.state != WorkState.DONE and one.kind != HOLD],
        "worked": _worked(work),
        **_story(claim, entries if as_of.is_now else entries_of_claim(claim.pk)),
        **_findings(claim),
        **_actions(request, claim),
    }


def _expected(request: HttpRequest, claim: Claim, views: list[selectors.LineView]) -> Any:
    """What the lines should bring under the contract, as worked out by the day; None where there is nothing to say."""
    if not request.can(Permission.VARIANCES_READ) or claim.state == State.VOID:
        return None
    lines = {one.charge.line_number: one.charge.item_id for one in views if one.charge.item_id}
    # Of a claim that went on to a later payer only what was expected of the first one is told.
    is_first = all(one.charge.bucket == "payer:1" for one in views)
    as_of = request.as_of
    found = claim_expectations(
        lines,
        payer_id=claim.payer_id if is_first else 0,
        priced_by=None if as_of.is_now else as_of.effective_on,
    )
    return tables.expected_table(found) if found else None


def _story(claim: Claim, entries: list[EntryView]) -> dict[str, Any]:
    events = selectors.timeline(claim.pk)
    versions = questions.versions(claim.pk)
    return {
        "moments": timeline.moments(
            events,
            names=names_of({event.by for event in events}),
            file_kinds=questions.file_kinds(selectors.files_of(events)),
            entries=entries,
        ),
        "versions": [one for one in versions if one.changes],
        "batches": questions.batches_of(claim.pk),
    }


def _findings(claim: Claim) -> dict[str, Any]:
    if claim.state not in UNSENT:
        return {"findings": []}
    found = selectors.open_findings(claim.pk)
    shown = [(one, finding_value(one)) for one in found]
    return {"findings": [(one, can_fix(value), attestation(value)) for one, value in shown]}


def _actions(request: HttpRequest, claim: Claim) -> dict[str, bool]:
    """Which buttons stand in the header."""
    may_change = request.can(Permission.CLAIMS_CHANGE)
    may_submit = request.can(Permission.CLAIMS_SUBMIT)
    correct = questions.may_correct(claim)
    unsent = claim.state in UNSENT
    return {
        "may_send": may_submit and claim.state == State.READY,
        "may_change": may_change and unsent and not (claim.state == State.REJECTED and correct),
        "may_correct": may_change and correct and claim.state != State.VOID,
        "may_resend": may_change and claim.state == State.REJECTED,
        "may_release": may_change and claim.state == State.HELD,
        "may_void": may_change and claim.state != State.VOID and (unsent or correct),
        "may_note": may_change,
        "may_fix": may_change,
    }


def _sub(claim: Claim, value: ClaimValue) -> list[str]:
    rendering = next((one for one in value.providers if one.role is Role.RENDERING), None)
    payers = [claim.payer_name, *(other.payer.name for other in value.other_coverages)]
    parts = [f"claim {claim.control_number}"]
    if claim.service_from:
        day = claim.service_from
        parts.append(f"{day:%b} {day.day}, {day.year}")
    if rendering is not None:
        parts.append(
            f"Dr {rendering.first_name[:1]}. {rendering.last_name}".replace("Dr . ", "Dr ")
        )
    parts.append(", then ".join(payers))
    return parts


def _facts(claim: Claim, now: Amounts, after: Next, answers: list[PaymentAnswer]) -> list[Fact]:
    facts = [Fact("Charged", now.charge if now.charge else claim.billed)]
    if now.prior_paid:
        facts.append(Fact("Earlier payers paid", now.prior_paid))
    said = f"{answers[-1].on:%b} {answers[-1].on.day}, trace {answers[-1].trace}" if answers else ""
    facts += [
        Fact("Payer paid", now.paid, said),
        Fact(
            "Contract adjustment", now.contractual, f"other {now.other:,.2f}" if now.other else ""
        ),
        Fact(
            "Open with the payer",
            now.open_amount,
            f"{claim.denied:,.2f} denied" if claim.denied else "",
            tone="act" if claim.denied else "",
        ),
        Fact(
            "Patient owes now",
            now.patient_owes,
            f"has paid {now.patient_paid:,.2f}" if now.patient_paid else "",
        ),
        Fact("Next", after.words, after.note, tone="act" if after.is_urgent else ""),
    ]
    return facts


def _worked(work: Sequence[WorkItem]) -> list[WorkItem]:
    """What a person has finished; what the system closed by itself has its own place in the story."""
    return [one for one in work if one.state == WorkState.DONE and not one.closed_by_system]


def _next(
    claim: Claim,
    value: ClaimValue,
    charges: list[Line],
    work: Sequence[WorkItem] = (),
    *,
    was_denied: bool = False,
) -> Next:
    """What the claim waits for."""
    is_denied = claim.state in (State.PARTIAL, State.DENIED)
    is_worked = all(one.state == WorkState.DONE for one in work)
    if is_denied and claim.open_amount and is_worked and (done := _worked(work)):
        return Next("Nothing brings it up again", f"finished: {done[0].outcome}", is_urgent=True)
    if claim.state == State.PAID or (is_denied and not claim.open_amount):
        if claim.patient_owes > 0:
            chain = chain_of(claim, charges)
            chain.versions[claim.version] = value
            part = owed_of(chain).part
            held = f"{part.held:,.2f} is held: {part.reason}" if part.held else ""
            if not part.billable:
                return Next("Do not bill the patient yet", held)
            return Next(
                "Bill the patient", f"{part.billable:,.2f} is the patient's. {held}".rstrip(" .")
            )
        return Next("Look at what is open") if claim.open_amount else Next("Nothing")
    waited = ""
    if claim.submitted_on:
        days = (timezone.localdate() - claim.submitted_on).days
        waited = "sent today" if days == 0 else f"sent {days} day{'' if days == 1 else 's'} ago"
    by_state = {
        State.DRAFT: Next("Finish it"),
        State.HELD: Next("Fix it", "an edit holds it", is_urgent=True),
        State.READY: Next("Send it", "no edit holds it"),
        State.SENT: Next("Payer's 999 and 277CA", waited),
        State.ACCEPTED: Next("Payment", waited),
        State.REJECTED: Next("Correct and resend", waited, is_urgent=True),
        State.PARTIAL: Next("Work the denied part", "correct it or appeal", is_urgent=True),
        State.DENIED: Next("Work the denial", "correct it or appeal", is_urgent=True),
        State.CLOSED: Next(
            "Nothing", f"{'denied, and ' if was_denied else ''}nobody owes anything"
        ),
        State.VOID: Next("Nothing", "taken back"),
    }
    return by_state[State(claim.state)]


def _denied_lines(answers: list[PaymentAnswer]) -> frozenset[int]:
    """Lines for which the last answer named a reason and paid nothing."""
    return frozenset(
        line.line_number for answer in answers[-1:] for line in answer.lines if line.is_denied
    )


@requires(Permission.CLAIMS_READ)
@require_safe
def why(request: HttpRequest, pk: int, name: str, line: int | None = None) -> HttpResponse:
    """The trace of one amount, for the side pane."""
    claim = get_object_or_404(Claim, pk=pk)
    if name not in traces.TITLES:
        raise Http404
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="claim amount")
    trace = traces.trace_amount(
        claim, name, line_number=line, as_of=request.as_of, answers=payment_answers(pk)
    )
    return render(request, "claims/_trace.html", {"claim": claim, "trace": trace})


@requires(Permission.CLAIMS_READ)
@require_safe
def entry(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """One entry of the ledger as far as it moves this claim: a part for the side pane, or a page."""
    claim = get_object_or_404(Claim, pk=pk)
    found = next((one for one in entries_of_claim(pk) if one.id == entry_id), None)
    if found is None:
        raise Http404
    whole = entry_view(entry_id)
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="ledger entry")
    context = {
        "claim": claim,
        "entry": found,
        "others": len(whole.legs) - len(found.legs) if whole else 0,
        "by": names_of({found.posted_by}).get(found.posted_by or 0, "the system"),
        "steps": [
            Step(
                leg.account_name,
                leg.amount,
                " · ".join(
                    part
                    for part in (
                        f"line {leg.line_number}" if leg.line_number else "",
                        traces.reason_words(leg.reason) if leg.reason else "",
                        leg.trace,
                    )
                    if part
                ),
            )
            for leg in found.legs
        ],
    }
    return render(
        request, "claims/_entry.html" if request.htmx else "claims/ledger_entry.html", context
    )

"""The payers of a claim in their order, what each answered, who owes what, and the claim to the next one."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.claims import owing, selectors
from cleanclaim.apps.billing.claims.chain import Chain
from cleanclaim.apps.billing.claims.models import Claim, PayerState
from cleanclaim.apps.billing.claims.preview import segments_of
from cleanclaim.apps.billing.claims.services import following, next_payer, patient_part
from cleanclaim.apps.billing.claims.states import UNSENT
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.parts import Fact, Step
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total, written_money
from cleanclaim.rules.cob import patient_left, standing_answer
from cleanclaim.rules.cob.responsibility import LineOwed


@requires(Permission.CLAIMS_READ)
@require_safe
def payers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who owes what of the claim, payer by payer and line by line."""
    claim = selectors.claim_with_patient(pk)
    if claim is None:
        raise Http404
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="who owes")
    found = owing.claim_owed(claim)
    ahead = next_payer.outlook(found.chain, on=timezone.localdate())
    corrected = following.told_otherwise(found.chain)
    shown = corrected or (ahead.built.claim if ahead.built else None)
    context = {
        "claim": claim,
        "facts": _facts(found),
        "part": found.part,
        "payers": _payers(found),
        "lines": [_line_owed(line) for line in found.owed.lines],
        "owed": found.owed,
        "ahead": ahead,
        "ended": found.chain.ended,
        "segments": segments_of(shown) if shown else [],
        "shown_to": claim.payer_name if corrected else shown.payer.name if shown else "",
        "coverages": Coverage.objects.filter(patient_id=claim.patient_id).select_related("payer"),
        "today": timezone.localdate(),
        "corrected": corrected,
        **_actions(request, found.chain, ahead, found),
    }
    return render(request, "claims/payers.html", context)


def _facts(found: owing.ClaimOwed) -> list[Fact]:
    owed, part = found.owed, found.part
    by_payers = total(one.disputed + one.denied for one in owed.payers)
    return [
        Fact("Charged", total(line.charge for line in owed.lines)),
        Fact("Payers paid", total(line.paid for line in owed.lines)),
        Fact("Reduced", total(line.reduced for line in owed.lines)),
        Fact("Payers still owe", by_payers, tone="act" if by_payers else ""),
        Fact("Never billed", owed.protected, owed.law.words if owed.law and owed.protected else ""),
        Fact("Patient owes", owed.patient),
        Fact("May be billed now", part.billable, "" if not part.held else "the rest is held"),
    ]


def _payers(found: owing.ClaimOwed) -> list[dict[str, Any]]:
    """One row per payer: what it answered, or what it is waited for."""
    rows = []
    charge = found.chain.claim.billed
    last = found.chain.payers.get(found.chain.rank)
    sent_on = last if last is not None and last.state == PayerState.CROSSED else None
    still = {one.name: one for one in found.owed.payers}
    for place, answer in enumerate(found.chain.stages(), 1):
        payment = standing_answer(answer.payments, charge=charge)
        owes = still.get(answer.payer.name)
        rows.append(
            {
                "place": place,
                "name": answer.payer.name,
                "number": payment.payer_control_number if payment else "",
                "on": answer.paid_on,
                "expected_by": None,
                "paid": payment.paid if payment else None,
                "left": patient_left(answer, charge=charge) if payment else None,
                "disputed": owes.disputed if owes else ZERO,
                "denied": owes.denied if owes else ZERO,
                "why": owes.why if owes else "",
            }
        )
    if sent_on is not None:
        rows[-1]["expected_by"] = sent_on.expected_by
    return rows


def _line_owed(line: LineOwed) -> tuple[LineOwed, list[Step], bool]:
    """A line, its steps, and whether a payer answered it: then its last step is what the patient owes."""
    is_answered = bool(line.steps) and line.steps[-1].rule == "responsibility.patient"
    return line, _steps(line.steps[:-1] if is_answered else line.steps), is_answered


def _steps(steps: Any) -> list[Step]:
    return [
        Step(
            step.words,
            step.amount if step.amount is not None else "",
            " · ".join(
                part
                for part in (
                    f"{step.balance:,.2f} left" if step.balance is not None else "",
                    step.source,
                )
                if part
            ),
        )
        for step in steps
    ]


def _actions(
    request: HttpRequest, chain: Chain, ahead: next_payer.Outlook, found: owing.ClaimOwed
) -> dict[str, bool]:
    may = request.can(Permission.CLAIMS_CHANGE)
    is_further = chain.rank > chain.first_rank
    crossed = is_further and chain.payers[chain.rank].state == PayerState.CROSSED
    built = ahead.built is not None and ahead.built.claim is not None
    due = following.told_otherwise(chain) is not None and following.was_sent(chain)
    return {
        "may_correct": may and due,
        "may_build": may and built and not ahead.asks,
        "may_end": may and not chain.ended and ahead.coverage is not None,
        "may_reopen": may and chain.ended is not None,
        "may_withdraw": may
        and is_further
        and (crossed or (chain.claim.state in UNSENT and not following.was_sent(chain))),
        "may_write_off": request.can(Permission.REMITTANCES_POST)
        and bool(found.owed.protected)
        and found.part.held > ZERO,
        "may_enter": may,
    }


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def change(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Send it on, say that it crossed over, say that nobody comes next, or take either back."""
    get_object_or_404(Claim, pk=pk)
    on, by = timezone.localdate(), person_id(request)
    reason = words_of(request, "reason", longest=300)
    if step == "build":
        next_payer.bill_next_payer(pk, on=on, by=by)
        messages.success(request, "The claim goes to the next payer.")
    elif step == "crossed":
        next_payer.bill_next_payer(pk, on=on, by=by, crossed=True)
        messages.success(request, "Nothing is sent: the next payer's remittance is waited for.")
    elif step == "end":
        next_payer.end_payers(pk, reason=reason, on=on, by=by)
        messages.success(request, "Nobody comes next.")
    elif step == "reopen":
        next_payer.reopen_payers(pk, reason=reason, on=on, by=by)
        messages.success(request, "A further payer may come again.")
    elif step == "withdraw":
        next_payer.withdraw_next_payer(pk, reason=reason, on=on, by=by)
        messages.success(request, "The claim is back with the payer before.")
    elif step == "corrected":
        following.send_corrected(pk, on=on, by=by)
        messages.success(request, "The corrected claim is made; it goes out with the next batch.")
    else:
        raise Http404
    return redirect("claims:payers", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take off the account what the law keeps from the patient."""
    get_object_or_404(Claim, pk=pk)
    amount = patient_part.write_off_protected(pk, on=timezone.localdate(), by=person_id(request))
    messages.success(request, f"{amount:,.2f} is taken off the patient's account.")
    return redirect("claims:payers", pk)


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def benefit_left(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is left of the out-of-pocket maximum, as the payer told it."""
    claim = get_object_or_404(Claim, pk=pk)
    number = _number(words_of(request, "coverage"))
    coverage = Coverage.objects.filter(pk=number, patient_id=claim.patient_id).first()
    if coverage is None:
        raise InputError(f"claim {pk}: no coverage, expected one of the patient's")
    patient_part.record_benefit_left(
        coverage.pk,
        left=_amount(words_of(request, "left")),
        as_of=_day(words_of(request, "as_of")),
        source=words_of(request, "source", longest=80),
        is_family=words_of(request, "whose") == "family",
        on=timezone.localdate(),
        by=person_id(request),
    )
    messages.success(request, "The benefit is kept, and the patient's part is worked out with it.")
    return redirect("claims:payers", pk)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _amount(text: str) -> Decimal:
    amount = written_money(text)
    if amount is None:
        raise InputError(f"amount {text[:20]!r}: expected dollars and cents")
    return amount


def _day(text: str) -> date:
    """The day on which the payer said it: never left open, and not in the future, or the wrong answers count it."""
    day = read_day(text, "day")
    if day > timezone.localdate():
        raise InputError(f"day {day}: it is in the future, expected when the payer said it")
    return day

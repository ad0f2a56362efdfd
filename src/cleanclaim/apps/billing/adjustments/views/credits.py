"""Credits by cause and due day; one case with its proof, clock and steps; the letter."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.adjustments import credit_tables as tables
from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.cases import cases_on
from cleanclaim.apps.billing.adjustments.credits import credits
from cleanclaim.apps.billing.adjustments.models import (
    CameBack,
    Method,
    Refund,
    RefundFile,
    RefundState,
    RefundStep,
)
from cleanclaim.apps.billing.adjustments.payees import PayeeBank, bank_of
from cleanclaim.apps.billing.adjustments.services.refunding import taken_of
from cleanclaim.apps.billing.adjustments.terms import uncashed, with_states
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.billing.receipts.selectors import short_of
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.selectors import EntryView, LegView, entry_views
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Fact, Moment, Step
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.credits import Cause
from cleanclaim.values.accounts import BY_CODE

OUT = (RefundState.ISSUED, RefundState.CLEARED)
SHOWN = 500


@requires(Permission.ADJUSTMENTS_READ)
@require_safe
def credit_list(request: HttpRequest) -> HttpResponse:
    """What is owed back: cases by due day, then what nobody has identified yet."""
    on = request.as_of.day
    cause = request.GET.get("cause", "")
    if cause and cause not in [one.value for one in Cause]:
        raise InputError(f"cause {cause[:20]!r}: expected one of {', '.join(Cause)}")
    found = [row for row in credits(on=on) if not cause or row.verdict.cause == cause]
    cases = cases_on(on, closed="done" in request.GET)
    rows = [row for row in cases if not cause or row.cause == cause][:SHOWN]
    patients = {row.patient_id for row in (*found, *rows) if row.patient_id}
    is_export = "xlsx" in request.GET
    record_audit(
        "export" if is_export else "read",
        patient_ids=patients,
        by=person_id(request),
        what="credits",
    )
    if is_export:
        check_permission(request, Permission.EXPORT)
        table = tables.credit_table(found, on=on, foot="")
        if request.GET["xlsx"] == "unclaimed":
            table = tables.unclaimed_table(uncashed(), foot="")
        if request.GET["xlsx"] == "refunds":
            table = tables.refund_table(rows, on=on, foot="", selectable=False)
        return xlsx_response(table, name=f"credits-{on}")
    may_adjust = request.can(Permission.ACCOUNTS_ADJUST)
    is_now = request.as_of.is_now
    approved = [row for row in rows if row.state == RefundState.APPROVED] if is_now else []
    context = {
        "facts": tables.list_facts(found, rows, on, short=[short for _, _, short in short_of()]),
        "table": tables.credit_table(
            found[:SHOWN], on=on, foot=counted(len(found), "credit"), selectable=may_adjust
        ),
        "cases": tables.refund_table(
            rows, on=on, foot=counted(len(rows), "case"), selectable=False
        ),
        "approved": approved,
        "uncashed": tables.unclaimed_table(
            uncashed()[:SHOWN], foot="by the day on which they fall to the state"
        ),
        "causes": [(one.value, tables.CAUSES[one]) for one in Cause],
        "cause": cause,
        "may_issue": request.can(Permission.REFUNDS_ISSUE),
        "may_adjust": may_adjust,
        "files": tables.file_table(list(RefundFile.objects.defer("content").order_by("-id")[:10])),
    }
    return render(request, "credits/list.html", context)


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def identify(request: HttpRequest) -> HttpResponse:
    """Start the clock of the chosen credits."""
    keys = [key.replace("\0", "")[:200] for key in request.POST.getlist("row")]
    if len(keys) > SHOWN:
        raise InputError(f"{len(keys)} credits at once, expected {SHOWN} at most")
    on, by = timezone.localdate(), person_id(request)
    made = [services.identify_credit(key, on=on, by=by) for key in keys]
    if not made:
        messages.error(request, "Nothing was selected.")
        return not_done(redirect("credits:list"))
    messages.success(
        request,
        f"Identified: {counted(len(made), 'credit')}, "
        f"{show(sum((row.amount for row in made), Decimal('0.00')))}. The earliest is due "
        f"{min(row.due_on for row in made)}.",
    )
    return redirect("credits:case", made[0].pk) if len(made) == 1 else redirect("credits:list")


@requires(Permission.ADJUSTMENTS_READ)
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One credit: who is owed and why, by when, what was done."""
    row = _refund(request, pk)
    taken = taken_of(row)
    is_mine = row.requested_by == person_id(request)
    state = row.state
    stops = (RefundState.IDENTIFIED, RefundState.WAITING, RefundState.APPROVED)
    issues = request.can(Permission.REFUNDS_ISSUE)
    may = request.can(Permission.ACCOUNTS_ADJUST)
    context = {
        "row": row,
        "chip": tables.refund_chip(row, request.as_of.day),
        "cause": tables.CAUSES[Cause(row.cause)],
        "account": BY_CODE[row.account].name,
        "facts": _facts(row),
        "steps": _proof(row),
        "moments": _moments(row),
        "taken": taken if taken.amount and state in stops else None,
        "may_request": may and state == RefundState.IDENTIFIED,
        "may_approve": may and state == RefundState.WAITING and not is_mine,
        "may_cancel": may and state in (RefundState.WAITING, RefundState.APPROVED),
        "may_issue": issues,
        "may_dismiss": may and state == RefundState.IDENTIFIED,
        "may_settle": may and state in stops and taken.amount > 0,
        "may_clear": state == RefundState.ISSUED and issues,
        "ways_back": _ways_back(row) if state in OUT and issues else (),
        "lines": services.lines_that_may_bring(row) if state in OUT and issues else (),
        "undo": _undo_of(row) if issues else "",
        "may_hand_over": (
            state == RefundState.ISSUED or (state == RefundState.APPROVED and row.owed_since)
        )
        and issues
        and timezone.localdate() >= with_states([row])[0].day,
        "may_remit": state == RefundState.UNCLAIMED and issues,
        "limit": request.access.money_limit,
    }
    return render(request, "credits/case.html", context)


def _ways_back(row: Refund) -> list[tuple[str, str]]:
    """How what went out this way can come back: only a check goes by mail."""
    by_mail = services.BY_MAIL if row.method != Method.CHECK else ()
    return [(one.value, str(one.label)) for one in CameBack if one not in by_mail]


def _undo_of(row: Refund) -> str:
    """Which act of the bank's can be taken back now: the verb, empty where none can."""
    if row.state == RefundState.CLEARED:
        return "undo-clear"
    return "undo-came-back" if services.may_be_out_again(row) else ""


def _facts(row: Refund) -> list[Fact]:
    facts = [
        Fact("Amount", row.amount),
        Fact("Owed to", row.payee.get("name", "")),
        Fact("Identified", row.identified_on),
        Fact("Due", row.due_on, note=row.clock),
        Fact("Under", row.program, note=row.citation),
    ]
    if bank := bank_of(row.payee):
        facts.append(Fact("Transfer to", bank.account, note=f"bank {bank.routing}"))
    if row.reference:
        facts.append(Fact(row.get_method_display(), row.reference, note=str(row.issued_on)))
    if row.came_back_on:
        facts.append(Fact("Came back", row.came_back_on, note=row.get_came_back_display()))
    if row.state == RefundState.ISSUED or (row.state == RefundState.APPROVED and row.owed_since):
        [out] = with_states([row])
        facts.append(Fact("Unclaimed from", out.day, note=out.state or "no state known"))
    return facts


def _proof(row: Refund) -> list[Step]:
    """The entries that made the credit: of an item its money, of an account what they moved there (what was taken is below zero)."""
    views = entry_views(row.proof[:50])
    steps = []
    for entry_id in row.proof[:50]:
        if (view := views.get(entry_id)) is None:
            continue
        legs = _of_credit(row, view)
        amount = total(leg.amount for leg in legs)
        if not amount and not row.item_id:
            continue  # it came and went in one entry
        traces = ", ".join(dict.fromkeys(leg.trace for leg in legs if leg.trace))
        words = f"Entry {entry_id}, {view.kind} of {view.effective_on}"
        steps.append(Step(words, abs(amount) if row.item_id else -amount, note=traces or view.memo))
    return steps


def _of_credit(row: Refund, view: EntryView) -> list[LegView]:
    """The legs of an entry that speak of a credit: the money on its item, or what moved on its account under its trace."""
    if row.item_id:
        other = ("receivable:", "contra:", "revenue:")
        on_item = [leg for leg in view.legs if leg.item_id == row.item_id]
        return [leg for leg in on_item if not leg.account.startswith(other)]
    on_account = [leg for leg in view.legs if leg.account == row.account]
    return [leg for leg in on_account if not row.trace or leg.trace == row.trace]


def _moments(row: Refund) -> list[Moment]:
    found = list(RefundStep.objects.filter(refund=row).order_by("id"))
    names = names_of({one.by for one in found})
    return [Moment(one.on, f"{names.get(one.by or 0, 'The system')}: {one.words}") for one in found]


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Request, approve, cancel, dismiss, settle, investigate; clear, stop, came back; take those back; hand over or pay the state."""
    _refund(request, pk)
    given: dict[str, Any] = {"on": timezone.localdate(), "by": person_id(request)}
    words = words_of(request, "words", longest=300)
    calls: dict[str, Callable[[], Refund]] = {
        "request": lambda: services.request_refund(pk, bank=_bank(request), **given),
        "approve": lambda: services.approve_refund(pk, **given),
        "cancel": lambda: services.cancel_refund(pk, words=words, **given),
        "dismiss": lambda: services.dismiss_credit(pk, words=words, **given),
        "settle": lambda: services.settle_by_takeback(pk, **given),
        "investigate": lambda: services.investigate_credit(
            pk, began=_day(request, "began"), ended=_day_or_none(request, "ended"), **given
        ),
        "clear": lambda: services.clear_refund(pk, **given),
        "stop": lambda: services.stop_refund(pk, words=words, **given),
        "came-back": lambda: services.refund_came_back(
            pk,
            kind=request.POST.get("kind", "")[:20],
            words=words,
            bank_line_id=bounded_id(request.POST.get("line") or "0"),
            **given,
        ),
        "undo-clear": lambda: services.undo_clear(pk, words=words, **given),
        "undo-came-back": lambda: services.undo_came_back(pk, words=words, **given),
        "unclaimed": lambda: services.hand_to_state(pk, **given),
        "remit": lambda: services.pay_state(pk, **given),
    }
    if verb not in calls:
        raise InputError(f"{verb[:20]!r}: expected one of {', '.join(calls)}")
    row = calls[verb]()
    came = "came back, " if verb == "came-back" else ""
    state = RefundState(row.state).label.lower()
    messages.success(request, f"{show(row.amount)}: {came}{state}.")
    return redirect("credits:case", pk)


@requires(Permission.ADJUSTMENTS_READ)
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes with the money, to be printed."""
    row = _refund(request, pk)
    context = {"row": row, "cause": tables.CAUSES[Cause(row.cause)], "steps": _proof(row)}
    return render(request, "credits/letter.html", context)


def _refund(request: HttpRequest, pk: int) -> Refund:
    row = get_object_or_404(Refund, pk=pk)
    if row.patient_id:
        record_audit(
            "read", patient_ids=[row.patient_id], by=person_id(request), what="refund",
            detail=f"refund {pk}",
        )  # fmt: skip
    return row


def _bank(request: HttpRequest) -> PayeeBank | None:
    """The account of the owner, where the form names one; never cut: a digit less would be another account."""
    routing, account = words_of(request, "routing"), words_of(request, "account")
    is_savings = words_of(request, "savings") == "1"
    return PayeeBank(routing, account, is_savings) if routing or account else None


def _day(request: HttpRequest, name: str) -> date:
    return read_day(request.POST.get(name, ""), name)


def _day_or_none(request: HttpRequest, name: str) -> date | None:
    return _day(request, name) if request.POST.get(name) else None

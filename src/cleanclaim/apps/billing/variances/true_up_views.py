"""Pages of true-ups: agreements and periods, the lines behind one period, and its settlement by two persons."""

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.contracts.models import Contract
from cleanclaim.apps.billing.variances import true_ups
from cleanclaim.apps.billing.variances.models import TrueUpAgreement, TrueUpSettlement
from cleanclaim.apps.billing.variances.true_ups import ClaimLine, PeriodTrueUp
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Chip, Column, Step, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, written_money
from cleanclaim.rules.variance.true_up import MONTHS, TrueUpKind

KINDS = {
    TrueUpKind.GER.value: "GER: generics guaranteed at AWP less percent",
    TrueUpKind.DIR.value: "DIR: percent of what was paid goes back",
}


@requires(Permission.VARIANCES_READ)
@require_safe
def true_up_list(request: HttpRequest) -> HttpResponse:
    """Each agreement's periods up to the header's day, the newest first; agreements, and a new one."""
    on = request.as_of.day
    table = _period_table(list(reversed(true_ups.true_ups(on=on))))
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name=f"true-ups-{on}")
    rows = list(TrueUpAgreement.objects.select_related("contract").order_by("-id"))
    context = {
        "table": table,
        "agreements": _agreement_table(rows),
        "open_agreements": [row for row in rows if row.valid_to is None],
        "contracts": Contract.objects.order_by("code").values_list("id", "code", "payer_name"),
        "kinds": KINDS.items(),
        "periods": MONTHS,
        "may_change": request.can(Permission.CONTRACTS_CHANGE),
        "today": timezone.localdate(),
        "on": on,
    }
    return render(request, "variances/true_ups.html", context)


@requires(Permission.VARIANCES_READ)
@require_safe
def true_up_page(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    """One period: its arithmetic, the claim lines behind it, and how it was settled."""
    one = _period(request, pk, _first_day(year, month))
    lines = true_ups.lines_of(
        one.agreement, since=one.first, until=min(one.last, request.as_of.day)
    )
    table = _line_table(lines)
    is_export = "xlsx" in request.GET
    record_audit(
        "export" if is_export else "read",
        patient_ids=sorted({line.patient_id for line in lines}),
        by=signed_in(request).pk,
        what="true-up",
    )
    if is_export:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name=f"true-up-{pk}-{one.first}")
    settled = one.settlement
    names = names_of([settled.prepared_by, settled.decided_by]) if settled else {}
    context = {
        "one": one,
        "table": table,
        "steps": [Step(words, figure) for words, figure in one.found.steps[:-1]],
        "total_words": one.found.steps[-1][0],
        "total": abs(one.found.amount),
        "settled": settled,
        "prepared_by": names.get(settled.prepared_by, "") if settled else "",
        "decided_by": names.get(settled.decided_by or 0, "") if settled else "",
        "is_own": settled is not None and settled.prepared_by == signed_in(request).pk,
        "accounts": true_ups.MONEY_ACCOUNTS,
        "may_change": request.can(Permission.CONTRACTS_CHANGE),
        "may_post": request.can(Permission.PERIODS_CLOSE),
        "today": timezone.localdate(),
    }
    return render(request, "variances/true_up.html", context)


def _period(request: HttpRequest, pk: int, first: date) -> PeriodTrueUp:
    get_object_or_404(TrueUpAgreement.objects.only("pk"), pk=pk)
    found = true_ups.true_ups(on=request.as_of.day, agreement_id=pk)
    for one in found:
        if one.first == first:
            return one
    raise Http404


def _first_day(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        raise Http404 from error


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Keep a guarantee or a fee of a contract."""
    row = true_ups.agree(
        bounded_id(request.POST.get("contract") or "0"),
        request.POST.get("kind", ""),
        percent=_figure(request, "percent"),
        fee=_figure(request, "fee"),
        period=request.POST.get("period", ""),
        clause=request.POST.get("clause", "").replace("\0", ""),
        valid_from=read_day(request.POST.get("from", ""), "from"),
        by=signed_in(request).pk,
    )
    messages.success(
        request, f"{row.kind.upper()} of {row.contract.code} counts from {row.valid_from} on."
    )
    return redirect("variances:true_ups")


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an agreement: it looks at no service of the day or later."""
    get_object_or_404(TrueUpAgreement.objects.only("pk"), pk=pk)
    on = read_day(request.POST.get("on", ""), "ends on")
    true_ups.end_agreement(pk, on=on, by=signed_in(request).pk)
    messages.success(request, f"It ends on {on}.")
    return redirect("variances:true_ups")


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
def settle(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    """Enter what a period came to; a second person posts it."""
    get_object_or_404(TrueUpAgreement.objects.only("pk"), pk=pk)
    amount = _figure(request, "amount")
    true_ups.prepare_settlement(
        pk,
        period_from=_first_day(year, month),
        amount=amount if request.POST.get("who") == "payer" else -amount,
        account=request.POST.get("account", ""),
        settled_on=read_day(request.POST.get("on", ""), "settled on"),
        words=request.POST.get("words", "").replace("\0", ""),
        by=signed_in(request).pk,
    )
    messages.success(request, "Entered. A second person posts it.")
    return redirect("variances:true_up", pk, year, month)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a settlement as the second person, or give it up."""
    row = get_object_or_404(TrueUpSettlement, pk=pk)
    verb = request.POST.get("verb", "")
    if verb == "post":
        entry_id = true_ups.post_settlement(pk, by=signed_in(request).pk)
        messages.success(
            request, f"Posted, entry {entry_id}. Nothing is accrued for the period any more."
        )
    elif verb == "withdraw":
        true_ups.withdraw_settlement(pk, by=signed_in(request).pk)
        messages.success(request, "Withdrawn.")
    else:
        raise InputError(f"{verb[:20]!r}: expected post or withdraw")
    first = row.period_from
    return redirect("variances:true_up", row.agreement_id, first.year, first.month)


def _figure(request: HttpRequest, name: str) -> Decimal:
    typed = request.POST.get(name, "").strip() or "0"
    found = written_money(typed) if name != "percent" else _percent(typed)
    if found is None or found < 0:
        raise InputError(f"{name} {typed[:20]!r}: expected a figure like 85 or 1.25")
    return found


def _percent(text: str) -> Decimal | None:
    digits = text.removesuffix("%").strip()
    whole, _, part = digits.partition(".")
    fits = (
        digits.isascii() and whole.isdigit() and len(digits) <= 8 and (not part or part.isdigit())
    )
    return Decimal(digits) if fits else None


def _chip(one: PeriodTrueUp) -> Chip:
    if one.is_settled:
        return Chip("settled", "good")
    if one.settlement is not None:
        return Chip("to be posted", "wait")
    return Chip("accrued at the close", "accent") if one.found.amount else Chip("nothing owed")


def _period_table(rows: list[PeriodTrueUp]) -> Table:
    return Table(
        caption="True-ups by period; above zero the payer owes us",
        columns=(
            Column("What", lambda one: one.agreement.kind.upper(), kind="strong"),
            Column("Contract", lambda one: one.agreement.contract.code),
            Column("Payer", lambda one: one.agreement.contract.payer_name, flexible=True),
            Column("From", lambda one: one.first, kind="day"),
            Column("To", lambda one: one.last, kind="day"),
            Column("Lines", lambda one: one.found.count, kind="count"),
            Column("Worked out", lambda one: one.found.amount, kind="money", total=True),
            Column("Settled", lambda one: one.settlement.amount if one.is_settled and one.settlement else None, kind="money", total=True),
            Column("State", _chip, kind="chip"),
        ),
        rows=rows,
        key=lambda one: f"{one.agreement.pk}-{one.first}",
        href=lambda one: address("variances:true_up", one.agreement.pk, one.first.year, one.first.month),
        foot=f"{len(rows)} shown",
    )  # fmt: skip


def _agreement_table(rows: list[TrueUpAgreement]) -> Table:
    return Table(
        caption="Guarantees and fees of contracts",
        columns=(
            Column("What", lambda row: row.kind.upper(), kind="strong"),
            Column("Contract", lambda row: row.contract.code, flexible=True),
            Column("Percent", lambda row: f"{row.percent.normalize():f} %"),
            Column("A line", lambda row: show(row.fee)),
            Column("Every", lambda row: row.period),
            Column("Clause", lambda row: row.clause, kind="soft"),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("Until before", lambda row: row.valid_to, kind="day"),
        ),
        rows=rows,
        href=lambda row: address("contracts:contract", row.contract_id),
    )


def _line_table(lines: list[ClaimLine]) -> Table:
    return Table(
        caption="The lines behind it",
        columns=(
            Column("Claim", lambda line: line.control_number, kind="strong", flexible=True),
            Column("Line", lambda line: line.line_number, kind="count"),
            Column("Service", lambda line: line.service_from, kind="day"),
            Column("Drug", lambda line: line.value.drug),
            Column("AWP", lambda line: line.value.awp, kind="money", total=True),
            Column("Paid", lambda line: line.value.paid, kind="money", total=True),
            Column("Allowed", lambda line: line.value.allowed, kind="money", total=True),
        ),
        rows=lines,
        key=lambda line: f"{line.claim_id}-{line.line_number}",
        href=lambda line: subject_href("claim", line.claim_id),
        foot=f"{len(lines)} shown",
    )

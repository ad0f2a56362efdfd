"""Pages of true-ups: agreements and periods, the lines behind one period, and its settlement by two persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.contracts.models import Contract
from cleanclaim.apps.billing.variances import true_ups
from cleanclaim.apps.billing.variances.models import Settling, TrueUpAgreement, TrueUpSettlement
from cleanclaim.apps.billing.variances.settlement_money import Money, standing
from cleanclaim.apps.billing.variances.true_ups import ClaimLine, Period, PeriodTrueUp
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
from cleanclaim.values.accounts import BY_CODE, PAYER_FEES, TAKEBACK_PAYABLE

KINDS = {
    TrueUpKind.GER.value: "GER: generics guaranteed at AWP less percent",
    TrueUpKind.DIR.value: "DIR: percent of what was paid goes back",
}


@requires(Permission.VARIANCES_READ)
@require_safe
def true_up_list(request: HttpRequest) -> HttpResponse:
    """Agreements' periods of three months up to the header's day, or since a day, the newest first; agreements, and a new one.

    Only those that are not settled are worked out: what a settled one would bring is on its own page.
    """
    on = request.as_of.day
    asked = request.GET.get("from", "")
    since = read_day(asked, "from") if asked else true_ups.shown_since(on)
    found = true_ups.true_ups(on=on, since=since)
    table = _period_table(
        sorted(found, key=lambda one: (one.first, one.agreement.pk), reverse=True)
    )
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
        "since": since,
        "has_earlier": any(row.valid_from < since for row in rows),
    }
    return render(request, "variances/true_ups.html", context)


@requires(Permission.VARIANCES_READ)
@require_safe
def true_up_page(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    """One period: its arithmetic, the claim lines behind it, and how it was settled."""
    one, lines = _period(request, pk, first_day(year, month))
    table = _line_table(lines, one.agreement.kind)
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
    told = _told(one.settlements)
    settled = next((row for row in told if row.row.is_live), None)
    context = {
        "one": one,
        "table": table,
        "steps": [Step(words, figure) for words, figure in one.found.steps[:-1]],
        "total_words": one.found.steps[-1][0],
        "total": abs(one.found.amount),
        "settled": settled,
        "past": [row for row in told if not row.row.is_live],
        "me": signed_in(request).pk,
        "is_running": one.until >= timezone.localdate(),
        "money": _usable(one) if settled is None else [],
        "may_change": request.can(Permission.CONTRACTS_CHANGE),
        "may_post": request.can(Permission.PERIODS_CLOSE),
        "today": timezone.localdate(),
    }
    return render(request, "variances/true_up.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """A settlement with the names of who did what about it."""

    row: TrueUpSettlement
    prepared_by: str
    decided_by: str
    undo_asked_by: str
    undone_by: str

    @property
    def words(self) -> str:
        """Who paid or owes what: `The payer paid us 2.08`."""
        row = self.row
        if row.amount > 0:
            return f"The payer paid us {show(row.amount)}"
        kept = row.account == PAYER_FEES.code
        return f"{'The payer kept back' if kept else 'We owe the payer'} {show(-row.amount)}"

    @property
    def place(self) -> str:
        """Where its money stood: `unapplied cash, trace 778120045`."""
        name = BY_CODE[self.row.account].name
        name = f"{name[:1].lower()}{name[1:]}"
        return f"{name}, trace {self.row.trace}" if self.row.trace else name


def _told(rows: Sequence[TrueUpSettlement]) -> list[Told]:
    names = names_of(
        who
        for row in rows
        for who in (row.prepared_by, row.decided_by, row.undo_asked_by, row.undone_by)
    )
    return [
        Told(
            row,
            names.get(row.prepared_by, ""),
            names.get(row.decided_by or 0, ""),
            names.get(row.undo_asked_by or 0, ""),
            names.get(row.undone_by or 0, ""),
        )
        for row in rows
    ]


def _usable(one: Period) -> list[Money]:
    """Where money for it may stand: what is owed back always, for what we owe comes to stand there."""
    found = standing(one.agreement.contract.payer_id)
    return [row for row in found if row.amount or row.account == TAKEBACK_PAYABLE.code]


def _period(request: HttpRequest, pk: int, first: date) -> tuple[PeriodTrueUp, list[ClaimLine]]:
    get_object_or_404(TrueUpAgreement.objects.only("pk"), pk=pk)
    on = request.as_of.day
    for one in true_ups.periods(on=on, agreement_id=pk):
        if one.first == first:
            lines = true_ups.lines_of(one.agreement, since=one.first, until=one.last, on=on)
            return true_ups.brings(one, lines), lines
    raise Http404


def first_day(year: int, month: int) -> date:
    """The first day of a month that an address names."""
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
        percent=figure(request, "percent"),
        fee=figure(request, "fee"),
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


def figure(request: HttpRequest, name: str) -> Decimal:
    """A typed amount of dollars, or percentage, zero or more.

    Raises:
        InputError: it is none.
    """
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


def _chip(one: Period) -> Chip:
    if one.is_settled:
        return Chip("settled", "good")
    if one.settlement is not None and one.settlement.state == Settling.PREPARED:
        return Chip("to be posted", "wait")
    if one.settlement is not None:
        return Chip(f"settled {one.settlement.settled_on}", "wait")
    owed = isinstance(one, PeriodTrueUp) and one.found.amount
    return Chip("accrued at the close", "accent") if owed else Chip("nothing owed")


def _period_table(rows: list[Period]) -> Table:
    return Table(
        caption="True-ups by period; above zero the payer owes us",
        columns=(
            Column("What", lambda one: one.agreement.kind.upper(), kind="strong"),
            Column("Contract", lambda one: one.agreement.contract.code),
            Column("Payer", lambda one: one.agreement.contract.payer_name, flexible=True),
            Column("From", lambda one: one.first, kind="day"),
            Column("To", lambda one: one.last, kind="day"),
            Column("Lines", lambda one: one.found.count if isinstance(one, PeriodTrueUp) else None, kind="count"),
            Column("Worked out", lambda one: one.found.amount if isinstance(one, PeriodTrueUp) else None, kind="money", total=True),
            Column("Settled", lambda one: one.settled, kind="money", total=True),
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


def _line_table(lines: list[ClaimLine], kind: str) -> Table:
    drug = (
        Column("Drug", lambda line: line.value.drug),
        Column("AWP", lambda line: line.value.awp, kind="money", total=True),
    )
    return Table(
        caption="The lines behind it",
        columns=(
            Column("Claim", lambda line: line.control_number, kind="strong", flexible=True),
            Column("Line", lambda line: line.line_number, kind="count"),
            Column("Service", lambda line: line.service_from, kind="day"),
            *(drug if kind == TrueUpKind.GER else ()),
            Column("Paid", lambda line: line.value.paid, kind="money", total=True),
            Column("Allowed", lambda line: line.value.allowed, kind="money", total=True),
        ),
        rows=lines,
        key=lambda line: f"{line.claim_id}-{line.line_number}",
        href=lambda line: subject_href("claim", line.claim_id),
        foot=f"{len(lines)} shown",
    )

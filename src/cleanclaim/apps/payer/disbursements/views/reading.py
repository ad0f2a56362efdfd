"""Check runs to read: the list, one run with its pre-check list or payments, and the side panes."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.payer.disbursements import questions, tables
from cleanclaim.apps.payer.disbursements.authority import own_touch_limit
from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    CheckRunLine,
    LineState,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.disbursements.payee import payees
from cleanclaim.apps.payer.disbursements.selectors import payee_totals, prepared_run
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO

EXPORT_ROWS = 10_000
TRACED_CLAIMS = 100
SHOWN_PAYEES = 12


@requires(Permission.CHECK_RUNS_READ)
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """Runs, newest first; shows no patient."""
    found = CheckRun.objects.all()
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        return xlsx_response(_runs(rows, "Total"), name="check-runs")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    context = {
        "table": _runs(page.rows, f"{len(page.rows)} shown"),
        "page": page,
        "prepared": prepared_run(),
        "today": timezone.localdate(),
        "may_prepare": request.can(Permission.CHECK_RUNS_PREPARE),
    }
    return render(request, "check_runs/list.html", context)


def _runs(rows: Sequence[CheckRun], foot: str) -> Table:
    names = names_of(pk for run in rows for pk in (run.prepared_by, run.released_by))
    return tables.run_table(rows, names, foot=foot)


@requires(Permission.CHECK_RUNS_READ)
@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: before its release the pre-check list, after it the payments too."""
    run = get_object_or_404(CheckRun, pk=pk)
    filters = _filters(request)
    found = questions.lines_of(run, **filters)
    wanted = request.GET.get("xlsx", "")
    if wanted:
        return _export(request, run, found, wanted)
    page = keyset_page(found, order=("id",), cursor=request.GET.get("after", ""), size=100)
    _audit(request, page.rows, action="read")
    payee_rows = payee_totals(run)
    names = names_of([run.prepared_by, run.released_by, *run.preparers])
    is_prepared = run.state == RunState.PREPARED
    foot = f"{len(page.rows)} shown of {found.count():,}"
    context: dict[str, Any] = {
        "run": run,
        "chip": tables.run_chip(run),
        "facts": tables.run_facts(run, questions.held_of(run), len(payee_rows)),
        "table": tables.line_table(questions.with_names(page.rows), run=run, foot=foot),
        "page": page,
        "payees": tables.payee_table(payee_rows[:SHOWN_PAYEES], run=run),
        "more_payees": max(len(payee_rows) - SHOWN_PAYEES, 0),
        "flags": [
            (flag, flag.replace("-", " "), count, questions.FLAGS[flag])
            for flag, count in sorted(questions.flag_counts(run).items())
        ],
        "filters": filters,
        "states": LineState.choices,
        "is_filtered": any(filters.values()),
        "is_prepared": is_prepared,
        "today": timezone.localdate(),
        "day_has_passed": is_prepared and run.pay_on < timezone.localdate(),
        "moments": tables.run_moments(run, names),
        "may_release": is_prepared and request.can(Permission.CHECK_RUNS_RELEASE),
        "may_prepare": is_prepared and request.can(Permission.CHECK_RUNS_PREPARE),
        "needs_second": needs_second(request, run),
        "may_see_files": request.can(Permission.FILES_READ),
    }
    if not is_prepared:
        payments = questions.payments_of(run)
        members = questions.member_payments_of(run)
        _audit(request, [row for row, _ in members], action="read")
        context |= {
            "payments": tables.payment_table(payments),
            "files": [named.file for named in payments if named.file],
            "member_payments": tables.member_payment_table(members),
        }
    return render(request, "check_runs/run.html", context)


def needs_second(request: HttpRequest, run: CheckRun) -> bool:
    """Whether the person is one of those who prepared the run, and it is above what they may pay alone."""
    limit = own_touch_limit(request.access.money_limit, on=run.pay_on)
    return run.amount + run.member_amount > limit and run.is_prepared_by(signed_in(request).pk)


def _filters(request: HttpRequest) -> dict[str, Any]:
    flag, state = request.GET.get("flag", ""), request.GET.get("state", "")
    if flag and flag not in questions.FLAGS:
        raise InputError(f"flag {flag[:20]!r}: expected one of {', '.join(questions.FLAGS)}")
    if state and state not in LineState.values:
        raise InputError(f"state {state[:20]!r}: expected one of {', '.join(LineState.values)}")
    payee_id = bounded_id(request.GET["payee"]) if request.GET.get("payee") else None
    return {"flag": flag, "state": state, "provider_id": payee_id}


def _export(request: HttpRequest, run: CheckRun, found: Any, wanted: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    if wanted == "payments":
        table = tables.payment_table(questions.payments_of(run))
        return xlsx_response(table, name=f"check-run-{run.pk}-payments")
    if wanted == "payees":
        table = tables.payee_table(payee_totals(run), run=run)
        return xlsx_response(table, name=f"check-run-{run.pk}-payees")
    rows = list(found.order_by("id")[:EXPORT_ROWS])
    _audit(request, rows, action="export")
    table = tables.line_table(questions.with_names(rows), run=run, foot="Total")
    return xlsx_response(table, name=f"check-run-{run.pk}")


@requires(Permission.CHECK_RUNS_READ)
@require_safe
def line(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """The side pane for one line: what to look at, and hold or take in."""
    found = get_object_or_404(CheckRunLine.objects.select_related("run"), pk=line_id, run_id=pk)
    _audit(request, [found], action="read")
    [named] = questions.with_names([found])
    context = {
        "named": named,
        "line": found,
        "run": found.run,
        "flags": [(flag, questions.FLAGS[flag]) for flag in named.flags],
        "holder": names_of([found.held_by]).get(found.held_by or 0, ""),
        "may_change": found.run.state == RunState.PREPARED
        and request.can(Permission.CHECK_RUNS_PREPARE),
    }
    return render(request, "check_runs/_line.html", context)


@requires(Permission.CHECK_RUNS_READ)
@require_safe
def payee(request: HttpRequest, pk: int, provider_id: int) -> HttpResponse:
    """The side pane for one payee of a run: what it gets, how, and what it still owes."""
    run = get_object_or_404(CheckRun, pk=pk)
    found = next((one for one in payee_totals(run) if one.provider_id == provider_id), None)
    if found is None:
        raise Http404
    known = payees([provider_id])[provider_id]
    owes = known.owes.amount if known.owes else ZERO
    context = {
        "payee": found,
        "run": run,
        "steps": tables.payee_steps(found, owes),
        "total": max(found.amount - owes, ZERO),
        "method": tables.METHODS[known.method],
        "has_partner": known.partner_id is not None,
        "is_below": found.amount < 0,
    }
    return render(request, "check_runs/_payee.html", context)


@requires(Permission.CHECK_RUNS_READ)
@require_safe
def payment_why(request: HttpRequest, pk: int) -> HttpResponse:
    """What one payment is made of: the claims' sum, what was carried, each claim's part."""
    payment = get_object_or_404(Payment, pk=pk)
    rows = CheckRunLine.objects.filter(payment_id=pk).order_by("id")
    shown = list(rows[:TRACED_CLAIMS])
    _audit(request, shown, action="read")
    context = {
        "payment": payment,
        "steps": tables.payment_steps(payment),
        "lines": questions.with_names(shown),
        "more": rows.count() - len(shown),
        "chip": tables.syntax_chip(payment),
        "may_see_files": request.can(Permission.FILES_READ),
    }
    return render(request, "check_runs/_payment.html", context)


def _audit(request: HttpRequest, rows: Sequence[Any], *, action: Any) -> None:
    """One event per member whose lines are shown."""
    record_audit(
        action,
        patient_ids={row.member_id for row in rows},
        by=signed_in(request).pk,
        what="check run",
    )

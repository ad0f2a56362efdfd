"""What people do with a check run: prepare it, hold a line or take it back in, release it once."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.payer.disbursements import services
from cleanclaim.apps.payer.disbursements.models import CheckRun, CheckRunLine, RunState
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.users.access import requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted


@requires(Permission.CHECK_RUNS_PREPARE)
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Put everything that is decided and not yet remitted on the pre-check list."""
    pay_on = _day(request)
    run = services.prepare_check_run(pay_on=pay_on, by=signed_in(request).pk)
    if run.lines.exists():
        messages.success(
            request,
            f"Check run {run.pk} is prepared: {counted(run.line_count, 'claim')}, {show(run.amount)}.",
        )
    else:
        messages.warning(request, f"Check run {run.pk} is empty: nothing new is decided.")
    return redirect("check_runs:run", run.pk)


@requires(Permission.CHECK_RUNS_PREPARE)
@require_POST
def hold(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """Keep a line out of the run, with a note; what rests on it stays out with it."""
    line = get_object_or_404(CheckRunLine, pk=line_id, run_id=pk)
    by = signed_in(request).pk
    held = services.hold_line(line_id, note=_note(request), by=by)
    record_audit(
        "change", patient_ids=[line.member_id], by=by, what="check run line held",
        detail=f"line {line_id}",
    )  # fmt: skip
    messages.success(request, f"{held} line{'' if held == 1 else 's'} held out of the run.")
    return redirect("check_runs:run", pk)


@requires(Permission.CHECK_RUNS_PREPARE)
@require_POST
def take_in(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """Take a held line back into the run, with a note."""
    line = get_object_or_404(CheckRunLine, pk=line_id, run_id=pk)
    note = _note(request)
    if not note:
        raise InputError("note: it is empty, expected why the payment may go out")
    services.release_line(line_id, note=note, by=signed_in(request).pk)
    record_audit(
        "change", patient_ids=[line.member_id], by=signed_in(request).pk,
        what="check run line taken in", detail=f"line {line_id}",
    )  # fmt: skip
    messages.success(request, "The line is in the run again.")
    return redirect("check_runs:run", pk)


@requires(Permission.CHECK_RUNS_RELEASE)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay what the person saw: another amount than they saw, or a second release, is a conflict."""
    run = CheckRun.objects.select_for_update().filter(pk=pk).first()
    run = run or get_object_or_404(CheckRun, pk=pk)
    if run.state == RunState.PREPARED:
        _check_seen(request, run)
    by, limit = signed_in(request).pk, request.access.money_limit
    done = services.release_check_run(
        pk, by=by, alone_up_to=limit, released_on=timezone.localdate()
    )
    words = f"Check run {pk} is released: {_payments(done.payments)}, {show(done.amount)}"
    if done.member_payments:
        words += f"; {done.member_payments} to members, {show(done.member_amount)}"
    messages.success(request, f"{words}. 835 files on their way: {done.files}.")
    return redirect("check_runs:run", pk)


def _payments(count: int) -> str:
    return f"{count:,} payment{'' if count == 1 else 's'}"


def _check_seen(request: HttpRequest, run: CheckRun) -> None:
    """Raise when the run is not what the person looked at.

    Raises:
        StateError: somebody held, took in or added lines meanwhile.
    """
    seen = request.POST.get("seen", "")
    if seen != seen_of(run):
        raise StateError(
            f"check run {run.pk} has changed since you looked: it is {counted(run.line_count, 'claim')} and "
            f"{show(run.amount + run.member_amount)} now",
            hint="Go back, look at the list again, then release it",
        )


def seen_of(run: CheckRun) -> str:
    """What a person saw of a run: its claims and dollars."""
    return f"{run.line_count}/{run.amount:.2f}/{run.member_amount:.2f}"


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\0", "").strip()[:300]


def _day(request: HttpRequest) -> date:
    day = read_day(request.POST.get("pay_on", ""), "pay on")
    if day < timezone.localdate():
        raise InputError(
            f"pay on {day}: expected today or later", hint="Money cannot be paid in the past"
        )
    return day

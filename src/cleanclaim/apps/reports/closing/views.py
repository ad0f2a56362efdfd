"""Pages of the close: months, a month's checklist, asking and deciding, accruals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.closing import services, tables, typed_accruals
from cleanclaim.apps.reports.closing.accruals import (
    OF_ESTIMATES,
    Accrual,
    due_accruals,
    post_accrual,
)
from cleanclaim.apps.reports.closing.checks import Check, checklist
from cleanclaim.apps.reports.closing.evidence import Closing, closings, standing
from cleanclaim.apps.reports.closing.models import AccrualRequest, CloseRequest, State, Verb
from cleanclaim.apps.reports.closing.months import first_of, last_of
from cleanclaim.apps.reports.closing.task_tables import task_table
from cleanclaim.apps.reports.closing.tasks import month_tasks
from cleanclaim.apps.shared.ledger.questions import month_rows
from cleanclaim.apps.shared.ledger.selectors import closed_through, has_entries, is_closed
from cleanclaim.apps.shared.pages.figures import moment
from cleanclaim.apps.shared.pages.filing import pdf_response
from cleanclaim.apps.shared.pages.parts import Fact, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, one_snapshot, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import written_money

MONTHS_SHOWN = 36
# In a ledger of more entries the checks take seconds: the page says so, and they follow.
SHOWN_AT_ONCE = 50_000


@requires(Permission.ACCOUNTS_READ)
@require_safe
def month_list(request: HttpRequest) -> HttpResponse:
    """Accounting months, newest first, with what waits for a second person."""
    rows = month_rows(timezone.localdate())[:MONTHS_SHOWN]
    waiting = {row.month: row for row in CloseRequest.objects.filter(state=State.REQUESTED)}
    table = tables.month_table(rows, waiting)
    if "xlsx" in request.GET:
        return export(request, table, name="months")
    context = {"table": table, "may_audit": request.can(Permission.REPORTS_READ)}
    return render(request, "closing/list.html", context)


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def month_page(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month: its checklist as it was closed on and as it stands, accruals, requests, and what can be done."""
    first = first_of(year, month)
    closed = is_closed(first)
    history = list(CloseRequest.objects.filter(month=first).order_by("-id"))
    kept = _kept(request, first, is_closed=closed, history=history)
    if kept.table and request.GET.get("xlsx") == "1":
        return export(request, kept.table, name=f"close-{first:%Y-%m}")
    asked_now = {"now", "xlsx", "pdf"} & request.GET.keys()
    if not asked_now and has_entries(more_than=SHOWN_AT_ONCE):
        response = render(request, "closing/asking.html", {"first": first, "kept": kept})
        messages.get_messages(request).used = False  # type: ignore[union-attr]  # they stay beside the checklist
        return response
    waiting = next((row for row in history if row.state == State.REQUESTED), None)
    found = checklist(first)
    waivers = waiting.waivers if waiting else {}
    caption = "Checklist as of now" if closed else "Checklist"
    table = tables.check_table(found, waivers, caption=caption)
    if "xlsx" in request.GET:
        return export(request, table, name=f"close-{first:%Y-%m}{'-now' if closed else ''}")
    accruals = list(AccrualRequest.objects.filter(month=first).order_by("-id"))
    asked = [*history, *accruals]
    names = names_of({row.requested_by for row in asked} | {row.decided_by for row in asked})
    open_checks = services.unwaived(found, waivers)
    history_table = tables.request_table(history, names)
    facts = _month_facts(found, open_checks, kept, is_closed=closed, history=history)
    if "pdf" in request.GET:
        check_permission(request, Permission.EXPORT)
        live = [table, _tasks(first), history_table]
        return _month_pdf(request, first, facts, live, kept=kept, is_closed=closed)
    context = {
        "first": first,
        "is_closed": closed,
        "kept": kept,
        "table": table,
        "history": history_table,
        "waiting": waiting,
        "verb_words": Verb(waiting.verb).label if waiting else "",
        "asked_by": names.get(waiting.requested_by or 0, "the system") if waiting else "",
        "person": person(request),
        "is_own": waiting is not None and waiting.requested_by == person(request),
        "open_checks": [] if closed else open_checks,
        "due": due_accruals(first),
        "accounts": OF_ESTIMATES,
        "accruals": accruals,
        "accrual_table": tables.accrual_table(accruals, names),
        "is_running": last_of(first) >= timezone.localdate(),
        "may_close": request.can(Permission.PERIODS_CLOSE),
        "facts": facts,
    }
    return render(request, "closing/month.html", context)


def _tasks(first: date) -> Table:
    """The month's tasks, for the paper that is filed."""
    found = month_tasks(first, on=timezone.localdate())
    names = names_of({one.owner for one in found} | {one.done_by for one in found})
    return task_table(found, names, first)


@dataclass(frozen=True, slots=True)
class Kept:
    """The close whose evidence is shown (none: the month has none of its own), its table, and the words about it."""

    closing: Closing | None = None
    table: Table | None = None
    words: str = ""


def _kept(
    request: HttpRequest, first: date, *, is_closed: bool, history: Sequence[CloseRequest]
) -> Kept:
    """The evidence of the close that stands, or of the one that is asked for by its number."""
    found = closings(first)
    wanted = request.GET.get("closing", "")
    if wanted:
        shown = next((one for one in found if str(one.request_id) == wanted), None)
        if shown is None:
            raise InputError(f"closing {wanted[:20]!r}: {first:%Y-%m} has none of this number")
    else:
        shown = standing(first, found) if is_closed else None
    if shown:
        words = tables.kept_words(shown, names_of((shown.asked_by, shown.closed_by)))
        return Kept(shown, tables.kept_table(shown), words)
    if not is_closed:
        return Kept()
    last = closed_through()
    by_later = f" with {last.month:%B %Y}" if last and last.month > first else ""
    return Kept(words=f"It is closed{by_later}; nobody closed it by itself, so no checklist of its own is kept.")  # fmt: skip


def _month_facts(
    found: Sequence[Check],
    open_checks: Sequence[Check],
    kept: Kept,
    *,
    is_closed: bool,
    history: Sequence[CloseRequest],
) -> list[Fact]:
    passed = f"{sum(one.result.passed for one in found)} passed"
    waits = any(row.state == State.REQUESTED for row in history)
    facts = [Fact("State", "Closed" if is_closed else "Open")]
    if one := kept.closing:
        facts.append(
            Fact(
                "At the closing", len(one.checks), note=f"{one.passed} passed, {one.waived} waived"
            )
        )
    if is_closed:
        facts.append(Fact("As of now", len(found), note=passed))
    else:
        facts.append(Fact("Checks", len(found), note=passed))
        facts.append(Fact("To do", len(open_checks), tone="act" if open_checks else ""))
    facts.append(Fact("Requests", len(history), note="1 to be approved" if waits else ""))
    return facts


def _month_pdf(
    request: HttpRequest,
    first: date,
    facts: Sequence[Fact],
    live: Sequence[Table],
    *,
    kept: Kept,
    is_closed: bool,
) -> HttpResponse:
    """What is filed: the evidence of the closing first, then the month as it stands now."""
    now = f"asked of the rows when this page was made, {moment(timezone.now())}"
    return pdf_response(
        title=f"Close of {first:%B %Y}",
        subtitle=f"{request.organization.name}. {'Closed' if is_closed else 'Open'}. {kept.words}".strip(),
        facts=facts,
        tables=[*([kept.table] if kept.table else []), *live],
        foot=f"{first:%Y-%m}: {'the checklist at the closing as it was kept; as of now' if kept.table else 'the checklist'} {now}",
        name=f"close-{first:%Y-%m}",
    )


@requires(Permission.PERIODS_CLOSE)
@require_POST
def ask(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Ask for the month to be closed, or opened again."""
    first = first_of(year, month)
    verb = posted(request, "verb")
    waivers = {
        name.removeprefix("waive-"): text(value)
        for name, value in request.POST.items()
        if name.startswith("waive-") and isinstance(value, str)
    }
    services.ask(first, verb, reason=posted(request, "reason"), by=person(request), waivers=waivers)
    messages.success(request, f"{first:%B %Y}: asked. A second person decides.")
    return redirect("closing:month", year, month)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The month that a request is about."""
    row = get_object_or_404(CloseRequest, pk=pk)
    return redirect("closing:month", row.month.year, row.month.month)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve, refuse or withdraw a request."""
    row = get_object_or_404(CloseRequest, pk=pk)
    words = posted(request, "words")
    if verb == "approve":
        services.approve(pk, by=person(request), words=words)
        state = (
            "closed: it takes no entries from now on" if row.verb == Verb.CLOSE else "open again"
        )
        messages.success(request, f"{row.month:%B %Y} is {state}.")
    elif verb == "refuse":
        services.refuse(pk, by=person(request), words=words)
        messages.success(request, f"The request for {row.month:%B %Y} is refused.")
    elif verb == "withdraw":
        services.withdraw(pk, by=person(request))
        messages.success(request, f"The request for {row.month:%B %Y} is withdrawn.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve, refuse or withdraw")
    return redirect("closing:month", row.month.year, row.month.month)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def accrue(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Post an accrual that a source asks for (`due`) with its reversal, or ask for one that is typed."""
    first = first_of(year, month)
    wanted = posted(request, "due")
    if wanted:
        found = [one for one in due_accruals(first) if one.name == wanted]
        if not found:
            raise InputError(f"accrual {wanted[:40]!r}: not due in {first:%Y-%m}")
        [accrual] = found
        entry_id, back_id = post_accrual(first, accrual, by=person(request))
        messages.success(request, _accrued(accrual.name, entry_id, back_id))
    else:
        accrual = Accrual(
            posted(request, "name"),
            posted(request, "debit"),
            posted(request, "credit"),
            _amount(posted(request, "amount")),
            posted(request, "words"),
        )
        typed_accruals.ask_for_accrual(first, accrual, by=person(request))
        messages.success(request, f"{accrual.name}: asked. A second person decides.")
    return redirect("closing:month", year, month)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def decide_accrual(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve, refuse or withdraw an accrual that somebody typed."""
    row = get_object_or_404(AccrualRequest, pk=pk)
    words = posted(request, "words")
    if verb == "approve":
        entry_id, back_id = typed_accruals.approve_accrual(pk, by=person(request), words=words)
        messages.success(request, _accrued(row.name, entry_id, back_id))
    elif verb == "refuse":
        typed_accruals.refuse_accrual(pk, by=person(request), words=words)
        messages.success(request, f"{row.name} is refused.")
    elif verb == "withdraw":
        typed_accruals.withdraw_accrual(pk, by=person(request))
        messages.success(request, f"{row.name} is withdrawn.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve, refuse or withdraw")
    return redirect("closing:month", row.month.year, row.month.month)


def _accrued(name: str, entry_id: int, back_id: int) -> str:
    return f"{name}: entry {entry_id}, taken back by entry {back_id} next month."


def _amount(typed: str) -> Decimal:
    amount = written_money(typed)
    if amount is None:
        raise InputError(f"amount {typed[:20]!r}: expected dollars and cents")
    return amount


def posted(request: HttpRequest, name: str) -> str:
    """A field of the form, without blanks around it."""
    return text(request.POST.get(name, ""))


def text(value: str) -> str:
    """What was typed, short and clean."""
    return value.replace("\0", "").strip()[:200]


def person(request: HttpRequest) -> int:
    """Who is signed in; the middleware lets nobody else in."""
    return cast(int, request.user.pk)


def export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    """The table as a spreadsheet."""
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)

"""Pages of the close that show and hand out: roll-forward, auditor's population, journals, codes."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.closing import acknowledgements, journal, population, tables
from cleanclaim.apps.reports.closing.models import GlCode, JournalExport
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.reports.closing.rollforward import GROUPS, roll_forward
from cleanclaim.apps.reports.closing.views import export, person, posted
from cleanclaim.apps.shared.ledger.selectors import closed_through
from cleanclaim.apps.shared.pages.days import asked_day
from cleanclaim.apps.shared.pages.filing import pdf_response
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import check_permission, one_snapshot, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.money import show
from cleanclaim.values.accounts import ACCOUNTS

FILES_SHOWN = 500
JOURNALS_SHOWN = 100


@one_snapshot
@requires(Permission.ACCOUNTS_READ)
@require_safe
def rollforward_page(request: HttpRequest) -> HttpResponse:
    """How accounts came from one balance to the other, over a month or a day."""
    today = timezone.localdate()
    since = asked_day(request, "from", today.replace(day=1))
    until = asked_day(request, "to", today)
    group = request.GET.get("accounts", "receivable")[:20]
    found = roll_forward(since, until, group=group)
    table = tables.roll_table(found)
    if "xlsx" in request.GET:
        return export(request, table, name=f"roll-forward-{since}-{until}")
    if "pdf" in request.GET:
        check_permission(request, Permission.EXPORT)
        return pdf_response(
            title=f"Roll-forward {since} to {until}",
            subtitle=f"{request.organization.name}. {GROUPS[group]}.",
            facts=tables.roll_facts(found),
            tables=[tables.account_table(found), tables.movement_table(found)],
            foot=f"Opening + movements less closing: {show(found.difference)}",
            name=f"roll-forward-{since}-{until}",
        )
    context = {
        "found": found,
        "table": table,
        "facts": tables.roll_facts(found),
        "groups": list(GROUPS.items()),
        "group": group,
    }
    return render(request, "closing/rollforward.html", context)


@requires(Permission.REPORTS_READ)
@require_safe
def population_page(request: HttpRequest) -> HttpResponse:
    """Every received file with what became of it, and who prepared and approved what."""
    today = timezone.localdate()
    since = asked_day(request, "from", today.replace(day=1))
    until = asked_day(request, "to", today)
    after = bounded_id(request.GET.get("after", "0"))
    everything = "xlsx" in request.GET
    rows = population.population(
        since, until, after=0 if everything else after, most=None if everything else FILES_SHOWN
    )
    decided = population.approvals(since, until)
    people = {row.received_by for row in rows} | {row.posted_by for row in rows}
    people |= {one.prepared_by for one in decided} | {one.approved_by for one in decided}
    names = names_of(people)
    if "approvals" in request.GET:
        return export(
            request, tables.approval_table(decided, names), name=f"approvals-{since}-{until}"
        )
    if everything:
        return export(request, tables.file_table(rows, names), name=f"population-{since}-{until}")
    shown = {row.file_id for row in rows}
    context = {
        "since": since,
        "until": until,
        "facts": tables.file_facts(population.counts(since, until)),
        "table": tables.file_table(rows, names),
        "page": {
            "next_cursor": max(shown) if len(shown) == FILES_SHOWN else 0,
            "is_first": not after,
        },
        "approvals": tables.approval_table(decided, names),
    }
    return render(request, "closing/population.html", context)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make the journal of a closed month, or a draft of any."""
    month, form = read_month(posted(request, "month")), posted(request, "form")
    if posted(request, "draft"):
        made = journal.draft_journal(month, form)
        return _file(made.content, f"draft-{form}-{month:%Y-%m}.csv")
    row = journal.export_journal(month, form, by=person(request))
    messages.success(
        request,
        f"Journal {row.pk}: {row.entry_count:,} entries, debit {row.debit:,.2f} = credit {row.credit:,.2f}.",
    )
    if twice := journal.same_entries_words(row):
        messages.warning(request, twice)
    return redirect("closing:journals")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def journal_list(request: HttpRequest) -> HttpResponse:
    """Journals that went out, with their control totals."""
    rows = list(JournalExport.objects.defer("content").order_by("-id")[:JOURNALS_SHOWN])
    answers = acknowledgements.newest([row.pk for row in rows])
    table = tables.export_table(rows, names_of({row.made_by for row in rows}), answers)
    if "xlsx" in request.GET:
        return export(request, table, name="journals")
    closed = closed_through()  # only of a closed month a journal is made
    context = {
        "table": table,
        "forms": list(journal.FORMS.items()),
        "month": f"{closed.month if closed else timezone.localdate():%Y-%m}",
        "form": rows[0].form if rows else "",
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "closing/journals.html", context)


@requires(Permission.EXPORT)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a journal; with `control` its control totals."""
    check_permission(request, Permission.ACCOUNTS_READ)
    row = get_object_or_404(JournalExport, pk=pk)
    name = f"journal-{row.pk}-{row.form}-{row.month:%Y-%m}"
    if "control" in request.GET:
        data = json.dumps(journal.control_totals(row), indent=2).encode()
        return _file(data, f"{name}.control.json", kind="application/json")
    return _file(bytes(row.content), f"{name}.csv")


def _file(data: bytes, name: str, *, kind: str = "text/csv; charset=utf-8") -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


@requires(Permission.PERIODS_CLOSE)
@require_POST
def save_codes(request: HttpRequest) -> HttpResponse:
    """Set the codes that the form names."""
    for account in ACCOUNTS:
        field = f"code-{account.code}"
        if field in request.POST:
            journal.save_code(account.code, posted(request, field), by=person(request))
    messages.success(request, "The codes are saved.")
    return redirect("closing:codes")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """The code of each account in the general ledger outside."""
    known = dict(GlCode.objects.values_list("account", "code"))
    context = {
        "rows": [(one, known.get(one.code, "")) for one in ACCOUNTS],
        "may_close": request.can(Permission.PERIODS_CLOSE),
    }
    return render(request, "closing/codes.html", context)

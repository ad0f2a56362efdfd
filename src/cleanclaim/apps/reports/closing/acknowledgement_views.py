"""Pages of what the general ledger outside answered: bring an answer, a journal with its log."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.closing import acknowledgements, tables
from cleanclaim.apps.reports.closing.models import (
    JournalAcknowledgement,
    JournalExport,
    Outcome,
)
from cleanclaim.apps.reports.closing.views import export, person
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


@requires(Permission.PERIODS_CLOSE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take an answer in."""
    file = request.FILES.get("file")
    if file is None:
        raise InputError("no file came with the form", hint="Choose the file that came back.")
    if (file.size or 0) > acknowledgements.LARGEST:
        raise InputError(f"{file.size:,} bytes: an answer has at most {acknowledgements.LARGEST:,}")
    taken = acknowledgements.take_answers(file.read(), by=person(request))
    said = "; ".join(f"journal {one.export_id}: {Outcome(one.outcome).label.lower()}" for one in taken[:5])  # fmt: skip
    more = f"; {len(taken) - 5} more" if len(taken) > 5 else ""
    tell = messages.success if all(one.outcome == Outcome.ACCEPTED for one in taken) else messages.warning  # fmt: skip
    tell(request, f"{said}{more}.")
    return redirect("closing:journals")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def journal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A journal: its control totals, its file, and every answer to it."""
    row = get_object_or_404(JournalExport.objects.defer("content"), pk=pk)
    answers = list(JournalAcknowledgement.objects.filter(export_id=pk).order_by("-id"))
    names = names_of({row.made_by} | {one.received_by for one in answers})
    table = tables.answer_table(answers, names)
    if "xlsx" in request.GET:
        return export(request, table, name=f"journal-{pk}-answers")
    last = answers[0] if answers else None
    state = Outcome(last.outcome).label if last else "Not answered"
    context = {
        "row": row,
        "table": table,
        "made_by": names.get(row.made_by or 0, "the system"),
        "facts": [
            Fact("Entries", row.entry_count),
            Fact("Lines", row.line_count),
            Fact("Debit", row.debit),
            Fact("Credit", row.credit),
            Fact("Answer", state, tone="act" if last and last.outcome != Outcome.ACCEPTED else ""),
        ],
        "may_export": request.can(Permission.EXPORT),
    }
    return render(request, "closing/journal.html", context)

"""Batches that went out: their answers, their counts, what was rejected and why; send what is ready."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.claims import questions, selectors, tables
from cleanclaim.apps.billing.claims.models import Submission
from cleanclaim.apps.billing.claims.services import submit_ready_claims
from cleanclaim.apps.billing.patients.asking import person_id, text_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.exchange.models import MessageFile, State
from cleanclaim.apps.shared.exchange.selectors import events_of, partners
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.parts import Fact, Moment, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError

EXPORT_ROWS = 10_000


@requires(Permission.CLAIMS_READ)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Batches, newest first, with what is ready and what is overdue."""
    found = Submission.objects.defer("reasons")
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(_table(list(found.order_by("-id")[:EXPORT_ROWS])), name="batches")
    page = keyset_page(found, order=("-id",), cursor=text_of(request, "after", longest=600))
    facts = questions.sending_facts()
    overdue = questions.overdue_answers(timezone.now())
    context = {
        "table": _table(page.rows),
        "page": page,
        "facts": tables.sending_facts(facts),
        "ready": facts.ready,
        "overdue": [one for late in overdue.values() for one in late],
        "may_submit": request.can(Permission.CLAIMS_SUBMIT) and facts.ready > 0,
        "may_export": request.can(Permission.EXPORT),
    }
    return render(request, "claims/batches.html", context)


def _table(rows: list[Submission]) -> Table:
    return tables.submission_table(
        rows,
        partners=dict(partners().values_list("pk", "name")),
        answers=questions.answers_of_files([row.file_id for row in rows]),
        overdue=questions.overdue_answers(timezone.now()),
    )


@requires(Permission.CLAIMS_READ)
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: its answers, its claims, rejected ones first."""
    row = get_object_or_404(Submission, pk=pk)
    places = selectors.submission_claims(pk)
    patients = [claim.patient_id for _, claim in places]
    answers = questions.answers_of_files([row.file_id])[row.file_id]
    reasons = questions.reasons_of(
        [place for place, _ in places], file_ids=[one.file_id for one in answers.values()]
    )
    table = tables.batch_table(places, reasons)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        record_audit("export", patient_ids=patients, by=person_id(request), what="batch")
        return xlsx_response(table, name=f"batch-{row.batch_reference}")
    record_audit("read", patient_ids=patients, by=person_id(request), what="batch")
    context = {
        "batch": row,
        "chip": tables.submission_chip(row),
        "table": table,
        "overdue": questions.overdue_answers(timezone.now()).get(row.file_id, []),
        "may_export": request.can(Permission.EXPORT),
        **_story(row),
    }
    return render(request, "claims/batch.html", context)


@requires(Permission.CLAIMS_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one batch of the list; names no patient."""
    row = get_object_or_404(Submission, pk=pk)
    context = {"batch": row, "chip": tables.submission_chip(row), **_story(row)}
    return render(request, "claims/_batch.html", context)


def _story(row: Submission) -> dict[str, Any]:
    """What happened to the file that carried the batch, and what answered it."""
    answers = questions.answers_of_files([row.file_id])[row.file_id]
    file = MessageFile.objects.defer("content").select_related("partner").get(pk=row.file_id)
    moments = _moments(row, answers)
    waiting = row.claim_count - row.accepted_count - row.rejected_count
    facts = [
        Fact("Claims", row.claim_count),
        Fact("Charge", row.charge),
        Fact("Accepted", row.accepted_count),
        Fact("Rejected", row.rejected_count, tone="act" if row.rejected_count else ""),
        Fact("Waiting", max(0, waiting)),
        Fact(
            "File",
            file.name,
            f"group {file.group_control}",
            href=reverse("exchange:file", args=[file.pk]),
        ),
    ]
    return {"moments": moments, "facts": facts, "partner": file.partner, "reasons": row.reasons}


TOLD = {"999": "Format", "277CA": "Claims", "TA1": "Envelope"}


def _moments(row: Submission, answers: Mapping[str, questions.Answer]) -> list[Moment]:
    """What happened to the file, each answer once: the file's own event of it is left out."""
    events = list(events_of(row.file_id))
    endings = {one.file_id: f"by {one.kind} in file {one.file_id}." for one in answers.values()}
    told = [event for event in events if event.words.endswith(tuple(endings.values()))]
    moments = [Moment(event.at, event.words) for event in events if event not in told]
    for one in sorted(answers.values(), key=lambda one: one.file_id):
        is_refused = any(
            event.kind == State.REFUSED and event.words.endswith(endings[one.file_id])
            for event in told
        )
        words = f"{TOLD.get(one.kind, one.kind)} {'refused' if is_refused else 'answered'} by a {one.kind}"
        href = reverse("exchange:file", args=[one.file_id])
        moments.append(
            Moment(
                one.on,
                f"{words}, file {one.file_id}.",
                "act" if is_refused else "good",
                [(one.kind, href)],
            )
        )
    return moments


@requires(Permission.CLAIMS_SUBMIT)
@require_POST
def send_all(request: HttpRequest) -> HttpResponse:
    """Send every claim that is ready, each to its payer's partner."""
    parts = questions.ready_by_partner()
    files = [
        (partner, file)
        for partner, ids in parts
        for file in submit_ready_claims(
            partner=partner,
            submit_on=timezone.localdate(),
            claim_ids=ids,
            by=person_id(request),
        )
    ]
    if not files:
        raise StateError(
            "no claim is ready that has a trading partner",
            hint="Fix held claims first, or add the payer's trading partner.",
        )
    count = sum(len(ids) for _, ids in parts)
    names = ", ".join(f"{file.name} to {partner.name}" for partner, file in files)
    words = "1 claim is" if count == 1 else f"{count:,} claims are"
    messages.success(request, f"{words} on the way in {names}.")
    return redirect("submissions:list")

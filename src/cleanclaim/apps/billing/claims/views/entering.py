"""Charge entry: find the patient, type the lines, see the edits, keep the claim. By keyboard alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cleanclaim.apps.billing.claims import drafts, questions, tables
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services import enter_claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.claims.views.form import checked, form_context
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.asking import person_id, text_of, words_of
from cleanclaim.apps.billing.patients.convert import to_person
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.parties.convert import to_payer
from cleanclaim.apps.shared.parties.services import find_or_add_practitioners
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.values import claim as values
from cleanclaim.values.codec import from_json

LOOK_UP_ROWS = 8
SHORTEST_LOOK_UP = 2
EXPORT_ROWS = 10_000
SELF = "18"


@requires(Permission.CHARGES_ENTER)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Whose charges? Below it what was typed in and has not gone out."""
    found = questions.typed_claims()
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        _audit(request, rows, "export")
        return xlsx_response(tables.claim_table(rows, foot="Total"), name="charges")
    page = keyset_page(found, order=("-id",), cursor=text_of(request, "after", longest=600))
    _audit(request, page.rows, "read")
    context = {
        "table": tables.claim_table(page.rows, foot=f"{len(page.rows)} shown", selectable=False),
        "page": page,
        "may_export": request.can(Permission.EXPORT),
        **_hits(request),
    }
    return render(request, "claims/entry_start.html", context)


def _audit(request: HttpRequest, rows: list[Claim], action: str) -> None:
    patients = [one.patient_id for one in rows]
    record_audit(action, patient_ids=patients, by=person_id(request), what="charges to be sent")  # type: ignore[arg-type]


@requires(Permission.CHARGES_ENTER)
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Patients that fit what is typed."""
    return render(request, "claims/_look_up.html", _hits(request))


def _hits(request: HttpRequest) -> dict[str, Any]:
    text = text_of(request, "q")
    if len(text) < SHORTEST_LOOK_UP:
        return {"text": text, "hits": []}
    rows = list(questions.patients(text).order_by("last_name", "first_name", "id")[:LOOK_UP_ROWS])
    ids = [row.pk for row in rows]
    record_audit("read", patient_ids=ids, by=person_id(request), what="patient look-up")
    covers = questions.first_coverages(ids)
    return {"text": text, "hits": [(row, covers.get(row.pk)) for row in rows]}


@requires(Permission.CHARGES_ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The charges of one patient and day."""
    patient = get_object_or_404(Patient, pk=patient_id)
    today = timezone.localdate()
    covers = questions.usable_coverages(patient_id, on=today)
    is_post = request.method == "POST"
    draft = drafts.read_draft(request.POST.dict()) if is_post else drafts.empty_draft()
    renderers = questions.renderers()
    if is_post:
        claim = _claim(patient, covers, draft, renderers)
        if claim is not None and draft.is_right:
            return _keep(request, patient, claim)
    else:
        draft.rendering = renderers[0].npi if renderers else ""
    record_audit("read", patient_ids=[patient_id], by=person_id(request), what="charge entry")
    context = {
        "patient": patient,
        "covers": covers,
        "draft": draft,
        **form_context(renderers, draft),
    }
    return render(request, "claims/entry.html", context, status=422 if is_post else 200)


@requires(Permission.CHARGES_ENTER)
@require_POST
def check(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What the edits say of what is typed so far; nothing is kept."""
    patient = get_object_or_404(Patient, pk=patient_id)
    covers = questions.usable_coverages(patient_id, on=timezone.localdate())
    draft = drafts.read_draft(request.POST.dict())
    claim = _claim(patient, covers, draft, questions.renderers())
    record_audit("read", patient_ids=[patient_id], by=person_id(request), what="charge entry")
    context = {"patient": patient, "covers": covers, **checked(claim, draft)}
    return render(request, "claims/_check.html", context)


def _claim(
    patient: Patient, covers: list[Coverage], draft: drafts.Draft, renderers: list[Any]
) -> values.Claim | None:
    cover = next((one for one in covers if str(one.pk) == draft.coverage), None)
    if cover is None:
        draft.errors["coverage"] = "Choose a coverage of the patient."
        return None
    return drafts.apply_draft(
        blank_claim(patient, cover),
        draft,
        today=timezone.localdate(),
        renderers=renderers,
        price_of=questions.price,
    )


def blank_claim(patient: Patient, cover: Coverage) -> values.Claim:
    """A claim without lines for this patient under this coverage."""
    subscriber = from_json(cover.subscriber, values.Subscriber)
    is_self = (cover.relationship or SELF) == SELF
    return values.Claim(
        control_number="",
        charge=drafts.total(()),
        place_of_service="",
        billing=questions.billing_provider(),
        subscriber=subscriber,
        payer=to_payer(cover.payer),
        lines=(),
        patient=None if is_self else to_person(patient),
        patient_relationship="" if is_self else cover.relationship,
    )


def _keep(request: HttpRequest, patient: Patient, claim: values.Claim) -> HttpResponse:
    find_or_add_practitioners(claim.providers)
    entered = enter_claim(
        claim,
        entered_on=timezone.localdate(),
        by=person_id(request),
        patient_id=patient.pk,
        words=_words(request, claim),
    )
    if entered.state == State.HELD:
        messages.warning(request, "The charges are booked, and an edit holds the claim.")
    else:
        messages.success(request, "The charges are booked and the claim is ready to send.")
    return redirect("claims:page", entered.claim_id)


def _words(request: HttpRequest, claim: values.Claim) -> str:
    """How it was entered, for the timeline; the count of keys comes from the page."""
    count = len(claim.lines)
    words = f"Charges entered, {count} line{'' if count == 1 else 's'}"
    strokes = words_of(request, "strokes", longest=5)
    if strokes.isascii() and strokes.isdigit() and int(strokes):
        words += f", {int(strokes)} keystrokes"
    return words

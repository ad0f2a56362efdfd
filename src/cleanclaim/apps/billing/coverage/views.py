"""Add a coverage, change it, end it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.coverage.ending import end_coverage, reopen_coverage
from cleanclaim.apps.billing.coverage.forms import CoverageForm, initial_of
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.coverage.services import (
    add_coverage,
    keep_order_facts,
    keep_protection,
)
from cleanclaim.apps.billing.patients.asking import person_id
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO


@requires(Permission.PATIENTS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A new coverage of a patient."""
    patient = get_object_or_404(Patient, pk=patient_id)
    form = CoverageForm(request.POST or None)
    return _answer(request, patient, form, None)


@requires(Permission.PATIENTS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, patient_id: int, pk: int) -> HttpResponse:
    """Change a coverage. Another payer or member id makes a new one and ends this."""
    row = get_object_or_404(Coverage.objects.select_related("patient"), pk=pk, patient=patient_id)
    form = CoverageForm(request.POST or None, initial=initial_of(row))
    return _answer(request, row.patient, form, row)


def _answer(
    request: HttpRequest, patient: Patient, form: CoverageForm, row: Coverage | None
) -> HttpResponse:
    is_post = request.method == "POST"
    if is_post and form.is_valid():
        _save(request, patient, form, row)
        messages.success(request, "The coverage is kept.")
        return redirect("patients:page", patient.pk)
    if not is_post:
        record_audit("read", patient_ids=[patient.pk], by=person_id(request), what="coverage form")
    context = {"form": form, "patient": patient, "coverage": row}
    return render(request, "coverage/form.html", context, status=422 if is_post else 200)


def _save(request: HttpRequest, patient: Patient, form: CoverageForm, row: Coverage | None) -> None:
    by = person_id(request)
    coverage_id = add_coverage(
        patient.pk,
        payer=form.to_payer(),
        subscriber=form.to_subscriber(patient),
        relationship=form.cleaned_data["relationship"],
    )
    reopen_coverage(coverage_id)
    data = form.cleaned_data
    keep_protection(
        coverage_id,
        program=data["program"],
        share_of_cost=data["share_of_cost"] or ZERO,
        second_because=data["second_because"],
    )
    keep_order_facts(coverage_id, form.order_facts())
    if row is not None and row.pk != coverage_id:
        end_coverage(row.pk, on=timezone.localdate(), by=by)
    record_audit(
        "change",
        patient_ids=[patient.pk],
        by=by,
        what="keep coverage",
        detail=f"coverage {coverage_id}",
    )


@requires(Permission.PATIENTS_CHANGE)
@require_POST
def end(request: HttpRequest, patient_id: int, pk: int) -> HttpResponse:
    """The coverage counts no more from today on."""
    row = get_object_or_404(Coverage, pk=pk, patient=patient_id)
    end_coverage(row.pk, on=timezone.localdate(), by=person_id(request))
    messages.success(request, "The coverage has ended. Claims that used it keep it.")
    return redirect("patients:page", patient_id)

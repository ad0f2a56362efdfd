"""Add a patient, change a patient."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cleanclaim.apps.billing.patients.asking import person_id
from cleanclaim.apps.billing.patients.forms import PatientForm
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.patients.services import change_patient, register_patient
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission


@requires(Permission.PATIENTS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new patient at the desk; one with the same name and birth day is shown before it is made."""
    form = PatientForm(request.POST or None)
    alike: list[Patient] = []
    if request.method == "POST" and form.is_valid():
        alike = _alike(form) if "sure" not in request.POST else []
        if not alike:
            data = form.cleaned_data
            patient_id = register_patient(
                form.to_person(),
                phone=data["phone"],
                external_id=data["external_id"],
                by=person_id(request),
            )
            messages.success(request, "The patient is added. Add the coverage next.")
            return redirect("patients:coverage_add", patient_id)
        record_audit(
            "read",
            patient_ids=[one.pk for one in alike],
            by=person_id(request),
            what="patients alike",
        )
    context = {"form": form, "alike": alike, "back": reverse("patients:list")}
    return render(
        request, "patients/form.html", context, status=422 if request.method == "POST" else 200
    )


def _alike(form: PatientForm) -> list[Patient]:
    """Patients with the same last name and birth day, or the same full name where no day is given."""
    data = form.cleaned_data
    found = Patient.objects.filter(last_name__iexact=data["last_name"])
    if data["born_on"]:
        found = found.filter(born_on=data["born_on"])
    else:
        found = found.filter(first_name__iexact=data["first_name"])
    return list(found.order_by("first_name", "id")[:5])


@requires(Permission.PATIENTS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a patient; claims that are out keep what they carried."""
    patient = get_object_or_404(Patient, pk=pk)
    form = PatientForm(request.POST or None, instance=patient)
    if request.method == "POST" and form.is_valid():
        change_patient(pk, by=person_id(request), **form.cleaned_data)
        messages.success(request, "The patient is changed. Claims that are out stay as they went.")
        return redirect("patients:page", pk)
    if request.method != "POST":
        record_audit("read", patient_ids=[pk], by=person_id(request), what="patient form")
    context = {"form": form, "patient": patient, "back": reverse("patients:page", args=[pk])}
    return render(
        request, "patients/form.html", context, status=422 if request.method == "POST" else 200
    )

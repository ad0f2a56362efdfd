"""Patients: the list with balances, and one patient with coverage, claims and story."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.claims import questions, selectors, tables, timeline
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.coverage.selectors import coverages_of
from cleanclaim.apps.billing.patients.asking import person_id, text_of
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.parts import Fact, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.work.selectors import Filters, to_do

EXPORT_ROWS = 10_000
CLAIM_ROWS = 50
ORDER = ("last_name", "first_name", "id")


@requires(Permission.PATIENTS_READ)
@require_safe
def patient_list(request: HttpRequest) -> HttpResponse:
    """Patients by name, with what is open."""
    text = text_of(request, "q")
    found = questions.patients(text)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by(*ORDER)[:EXPORT_ROWS])
        record_audit(
            "export",
            patient_ids=[one.pk for one in rows],
            by=person_id(request),
            what="patient list",
        )
        return xlsx_response(_table(rows, foot="Total"), name="patients")
    page = keyset_page(found, order=ORDER, cursor=text_of(request, "after", longest=600))
    record_audit(
        "read",
        patient_ids=[one.pk for one in page.rows],
        by=person_id(request),
        what="patient list",
    )
    count = found.count()
    context = {
        "table": _table(page.rows, foot=f"{len(page.rows)} shown of {count:,}"),
        "page": page,
        "text": text,
        "count": count,
        "may_add": request.can(Permission.PATIENTS_CHANGE),
        "may_export": request.can(Permission.EXPORT),
    }
    return render(request, "claims/patients.html", context)


def _table(rows: list[Patient], *, foot: str) -> Table:
    ids = [row.pk for row in rows]
    return tables.patient_table(
        rows, balances=questions.balances(ids), covers=questions.first_coverages(ids), foot=foot
    )


@requires(Permission.PATIENTS_READ)
@require_safe
def patient_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One patient: balance, coverage, claims, what happened."""
    patient = get_object_or_404(Patient, pk=pk)
    claims = Claim.objects.filter(patient_id=pk)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        record_audit("export", patient_ids=[pk], by=person_id(request), what="patient's claims")
        rows = list(claims.order_by("-id")[:EXPORT_ROWS])
        return xlsx_response(tables.claim_table(rows, foot="Total"), name=f"patient-{pk}-claims")
    record_audit("read", patient_ids=[pk], by=person_id(request), what="patient")
    page = keyset_page(
        claims, order=("-id",), cursor=text_of(request, "after", longest=600), size=CLAIM_ROWS
    )
    events = questions.patient_events(pk)
    context = {
        "patient": patient,
        "facts": _facts(request, patient),
        "table": tables.claim_table(
            page.rows, foot=f"{len(page.rows)} shown", selectable=False, with_patient=False
        ),
        "page": page,
        "covers": coverages_of(pk),
        "today": timezone.localdate(),
        "moments": timeline.moments(
            events,
            names=names_of({event.by for event in events}),
            file_kinds=questions.file_kinds(selectors.files_of(events)),
            with_claim=Claim.objects.in_bulk({event.claim_id for event in events}),
        ),
        "work": list(to_do(Filters(patient_id=pk), on=timezone.localdate()).order_by("-rank")[:5]),
        "may_account": request.can(Permission.ACCOUNTS_READ),
        "may_take": request.can(Permission.REMITTANCES_POST),
        "may_change": request.can(Permission.PATIENTS_CHANGE),
        "may_enter": request.can(Permission.CHARGES_ENTER),
        "may_export": request.can(Permission.EXPORT),
    }
    return render(request, "claims/patient.html", context)


def _facts(request: HttpRequest, patient: Patient) -> list[Fact]:
    as_of = request.as_of
    account = selectors.account(
        patient.pk, effective_on=as_of.effective_on, recorded_by=as_of.recorded_by
    )
    states = [claim.state for claim in account.claims]
    denied = sum((claim.denied for claim in account.claims), start=account.payer * 0)
    held = sum(1 for state in states if state in (State.HELD, State.REJECTED))
    return [
        Fact("Patient owes", account.patient),
        Fact(
            "Payers owe",
            account.payer,
            f"{denied:,.2f} denied" if denied else "",
            tone="act" if denied else "",
        ),
        Fact("In all", account.payer + account.patient),
        Fact(
            "Claims",
            len(states),
            f"{held} held or rejected" if held else "",
            tone="act" if held else "",
        ),
        Fact("Born", patient.born_on, _age(patient)),
        Fact("Telephone", patient.phone or None, _address(patient)),
    ]


def _age(patient: Patient) -> str:
    if patient.born_on is None:
        return ""
    today, born = timezone.localdate(), patient.born_on
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    sex = {"F": ", female", "M": ", male"}.get(patient.sex, "")
    return f"{years} years{sex}"


def _address(patient: Patient) -> str:
    parts = (patient.line_1, patient.city, f"{patient.state} {patient.zip_code[:5]}".strip())
    return ", ".join(part for part in parts if part)


@requires(Permission.PATIENTS_READ)
@require_safe
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """The side pane for one patient of the list."""
    patient = get_object_or_404(Patient, pk=pk)
    record_audit("read", patient_ids=[pk], by=person_id(request), what="patient")
    balance = questions.balances([pk])[pk]
    context = {
        "patient": patient,
        "age": _age(patient),
        "address": _address(patient),
        "facts": [
            Fact("Patient owes", balance.patient),
            Fact("Payers owe", balance.payer),
        ],
        "covers": coverages_of(pk),
        "claims": list(Claim.objects.filter(patient_id=pk).order_by("-id")[:6]),
        "may_enter": request.can(Permission.CHARGES_ENTER),
    }
    return render(request, "claims/_patient.html", context)

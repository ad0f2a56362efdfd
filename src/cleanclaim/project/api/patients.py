"""Patients and their coverages."""

from typing import Annotated, Any, ClassVar, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.coverage.models import Coverage as CoverageRow
from cleanclaim.apps.billing.coverage.selectors import coverages_of
from cleanclaim.apps.billing.coverage.services import add_coverage
from cleanclaim.apps.billing.patients import services
from cleanclaim.apps.billing.patients.convert import to_person
from cleanclaim.apps.billing.patients.models import Patient as PatientRow
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.types import (
    PLAIN,
    WORDS,
    Answer,
    Day,
    Page,
    Paging,
    Request,
    RowId,
    Text20,
    Text40,
    page_of,
)
from cleanclaim.values.claim import Subscriber
from cleanclaim.values.party import Address, Payer, Person

router = Router(tags=["patients"])
Sex = Literal["", "F", "M", "U"]
Line = Annotated[str, Field(max_length=55, pattern=PLAIN)]
State = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
_FIELDS = (
    "last_name", "first_name", "middle_name", "suffix", "born_on", "sex", "line_1", "line_2",
    "city", "state", "zip_code", "phone", "external_id",
)  # fmt: skip


class Patient(Answer):
    """A person whom the practice treats."""

    id: int
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    born_on: Day | None
    sex: str
    line_1: str
    line_2: str
    city: str
    state: str
    zip_code: str
    phone: str
    external_id: str

    patient_field: ClassVar[str] = "id"


class NewPatient(Request):
    """A patient to be added."""

    last_name: Annotated[str, Field(min_length=1, max_length=60, pattern=WORDS)]
    first_name: Annotated[str, Field(max_length=35, pattern=PLAIN)] = ""
    middle_name: Annotated[str, Field(max_length=25, pattern=PLAIN)] = ""
    suffix: Annotated[str, Field(max_length=10, pattern=PLAIN)] = ""
    born_on: Day | None = None
    sex: Sex = ""
    line_1: Line = ""
    line_2: Line = ""
    city: Annotated[str, Field(max_length=30, pattern=PLAIN)] = ""
    state: State = ""
    zip_code: Annotated[str, Field(max_length=15, pattern=PLAIN)] = ""
    phone: Text20 = ""
    external_id: Text40 = ""


class Coverage(Answer):
    """One payer's cover of one patient."""

    id: int
    patient_id: int
    payer_name: str
    payer_id: str
    payer_order: str
    member_id: str
    relationship: str
    group_number: str
    group_name: str
    filing_indicator: str

    patient_field: ClassVar[str] = "patient_id"


class NewCoverage(Request):
    """Cover that the patient has of their own, or through somebody else (`subscriber_...`)."""

    payer_name: Annotated[str, Field(min_length=1, max_length=60, pattern=PLAIN)]
    payer_id: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
    member_id: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
    payer_order: Literal["P", "S", "T"] = "P"
    relationship: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")] = "18"
    group_number: Annotated[str, Field(max_length=50, pattern=PLAIN)] = ""
    group_name: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    filing_indicator: Annotated[str, Field(pattern=r"^([0-9A-Z]{2})?$")] = "CI"
    subscriber_last_name: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    subscriber_first_name: Annotated[str, Field(max_length=35, pattern=PLAIN)] = ""
    subscriber_born_on: Day | None = None
    subscriber_sex: Sex = ""


class Coverages(Answer):
    """A patient's coverages, primary first."""

    rows: list[Coverage]


class PatientFilter(Paging):
    """Which patients: the beginning of the last name, the birth date, another system's number."""

    last_name: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""
    born_on: Day | None = None
    external_id: Text40 = ""


@operation(router, "GET", "/patients", scope=Permission.PATIENTS_READ, answer=Page[Patient])
def list_patients(request: HttpRequest, filters: Query[PatientFilter]) -> Page[Patient]:
    """Patients by name."""
    found = PatientRow.objects.all()
    if filters.last_name:
        found = found.filter(last_name__istartswith=filters.last_name)
    if filters.born_on:
        found = found.filter(born_on=filters.born_on)
    if filters.external_id:
        found = found.filter(external_id=filters.external_id)
    return page_of(found, _patient, filters, order=("last_name", "first_name", "id"))


@operation(
    router, "POST", "/patients", scope=Permission.PATIENTS_CHANGE, answer=Patient, status=201
)
def add_patient(request: HttpRequest, idempotency_key: IdempotencyKey, body: NewPatient) -> Patient:
    """Add a patient."""
    person = Person(
        last_name=body.last_name,
        first_name=body.first_name,
        middle_name=body.middle_name,
        suffix=body.suffix,
        born_on=body.born_on,
        sex=body.sex,
        address=Address(body.line_1, body.line_2, body.city, body.state, body.zip_code),
    )
    patient_id = services.register_patient(
        person, phone=body.phone, external_id=body.external_id, by=request.auth.user_id
    )
    return _patient(PatientRow.objects.get(pk=patient_id))


@operation(router, "GET", "/patients/{patient_id}", scope=Permission.PATIENTS_READ, answer=Patient)
def get_patient(request: HttpRequest, patient_id: RowId) -> Patient:
    """One patient."""
    return _patient(PatientRow.objects.get(pk=patient_id))


@operation(
    router,
    "GET",
    "/patients/{patient_id}/coverages",
    scope=Permission.PATIENTS_READ,
    answer=Coverages,
)
def list_coverages(request: HttpRequest, patient_id: RowId) -> Coverages:
    """The patient's coverages."""
    PatientRow.objects.get(pk=patient_id)
    return Coverages(rows=[_coverage(row) for row in coverages_of(patient_id)])


@operation(
    router,
    "POST",
    "/patients/{patient_id}/coverages",
    scope=Permission.PATIENTS_CHANGE,
    answer=Coverage,
    status=201,
)
def keep_coverage(
    request: HttpRequest, patient_id: RowId, idempotency_key: IdempotencyKey, body: NewCoverage
) -> Coverage:
    """Add a coverage, or change the one with this payer and member id."""
    patient = PatientRow.objects.get(pk=patient_id)
    person = to_person(patient, member_id=body.member_id)
    if body.subscriber_last_name:
        person = Person(
            last_name=body.subscriber_last_name,
            first_name=body.subscriber_first_name,
            born_on=body.subscriber_born_on,
            sex=body.subscriber_sex,
            member_id=body.member_id,
            address=person.address,
        )
    coverage_id = add_coverage(
        patient_id,
        payer=Payer(body.payer_name, body.payer_id),
        subscriber=Subscriber(
            person,
            body.payer_order,
            relationship=body.relationship,
            group_number=body.group_number,
            group_name=body.group_name,
            filing_indicator=body.filing_indicator,
        ),
        relationship=body.relationship,
    )
    record_audit(
        "change",
        patient_ids=[patient_id],
        by=request.auth.user_id,
        what="keep coverage",
        detail=f"coverage {coverage_id}",
    )
    return _coverage(CoverageRow.objects.select_related("payer").get(pk=coverage_id))


def _patient(row: PatientRow) -> Patient:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    return Patient(id=row.pk, **fields)


def _coverage(row: CoverageRow) -> Coverage:
    return Coverage(
        id=row.pk,
        patient_id=row.patient_id,
        payer_name=row.payer.name,
        payer_id=row.payer.payer_id,
        payer_order=row.payer_order,
        member_id=row.member_id,
        relationship=row.relationship,
        group_number=row.group_number,
        group_name=row.group_name,
        filing_indicator=row.filing_indicator,
    )

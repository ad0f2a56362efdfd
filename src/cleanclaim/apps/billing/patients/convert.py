"""Rows to values."""

from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.values.party import Address, Person


def to_person(patient: Patient, *, member_id: str = "") -> Person:
    """The patient as claims carry one."""
    address = Address(
        line_1=patient.line_1,
        line_2=patient.line_2,
        city=patient.city,
        state=patient.state,
        zip_code=patient.zip_code,
        country=patient.country,
    )
    return Person(
        last_name=patient.last_name,
        first_name=patient.first_name,
        middle_name=patient.middle_name,
        suffix=patient.suffix,
        born_on=patient.born_on,
        sex=patient.sex,
        died_on=patient.died_on,
        address=address if patient.line_1 or patient.city else None,
        member_id=member_id,
    )

"""Add patients, change what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from cleanclaim.apps.billing.patients.models import Patient, PatientKey
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Address, Person

_COLUMNS = (
    "id",
    "last_name",
    "first_name",
    "middle_name",
    "suffix",
    "born_on",
    "sex",
    "died_on",
    "line_1",
    "line_2",
    "city",
    "state",
    "zip_code",
    "country",
    "phone",
    "external_id",
)


@dataclass(frozen=True, slots=True)
class Found:
    """Row ids in the order asked for; `added` are those that were not known before."""

    ids: tuple[int, ...]
    added: frozenset[int]


@transaction.atomic
def find_or_add_patients(wanted: Sequence[tuple[Person, Sequence[str]]]) -> Found:
    """The patient of each (person, keys of `matching.patient_keys`); the unknown are added.

    A person known under any one of the keys is that patient and gains the others. Callers that may
    run at once for one tenant hold the same lock (imports do). Writes no audit event.
    """
    keys = {key for _, own in wanted for key in own}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, patient_id FROM patients_patientkey WHERE key = ANY(%s)", [list(keys)]
        )
        known: dict[str, int] = dict(cursor.fetchall())
    newcomers: list[tuple[Person, int]] = []  # with a stand-in id below zero
    fresh_keys: dict[str, int] = {}
    ids: list[int] = []
    for person, own in wanted:
        row_id = next((known[key] for key in own if key in known), None)
        if row_id is None:
            row_id = -1 - len(newcomers)
            newcomers.append((person, row_id))
        for key in own:
            if key not in known:
                known[key] = fresh_keys[key] = row_id
        ids.append(row_id)
    real = _add(newcomers)
    insert_rows(
        PatientKey, ("key", "patient"), [(key, real.get(i, i)) for key, i in fresh_keys.items()]
    )
    return Found(tuple(real.get(i, i) for i in ids), frozenset(real.values()))


def _add(newcomers: Sequence[tuple[Person, int]]) -> dict[int, int]:
    ids = reserve_ids(Patient, len(newcomers))
    rows = [_row(row_id, person) for row_id, (person, _) in zip(ids, newcomers, strict=True)]
    insert_rows(Patient, _COLUMNS, rows)
    return {stand_in: row_id for row_id, (_, stand_in) in zip(ids, newcomers, strict=True)}


def _row(row_id: int, person: Person) -> tuple[Any, ...]:
    address = person.address or Address()
    return (
        row_id,
        person.last_name[:60],
        person.first_name[:35],
        person.middle_name[:25],
        person.suffix[:10],
        person.born_on,
        person.sex[:1],
        person.died_on,
        address.line_1[:55],
        address.line_2[:55],
        address.city[:30],
        address.state[:2],
        address.zip_code[:15],
        address.country[:3],
        "",
        "",
    )


@transaction.atomic
def register_patient(
    person: Person, *, phone: str = "", external_id: str = "", by: int | None
) -> int:
    """Add a patient at the desk; returns the id.

    Raises:
        InputError: no last name.
    """
    if not person.last_name.strip():
        raise InputError("patient: no last name, expected one", hint="Enter the last name.")
    [row_id] = reserve_ids(Patient, 1)
    row = (*_row(row_id, person)[:-2], phone[:20], external_id[:50])
    insert_rows(Patient, _COLUMNS, [row])
    record_audit("create", patient_ids=[row_id], by=by, what="register patient")
    return row_id


@transaction.atomic
def change_patient(patient_id: int, *, by: int | None, **fields: Any) -> Patient:
    """Change the given columns of a patient.

    Raises:
        Patient.DoesNotExist: no such patient in this tenant.
        InputError: a column that cannot be changed here, or an empty last name.
    """
    wrong = sorted(set(fields) - (set(_COLUMNS) - {"id"}))
    if wrong:
        raise InputError(f"patient {patient_id}: {wrong[0]} cannot be changed")
    if not fields.get("last_name", "x").strip():
        raise InputError(f"patient {patient_id}: no last name, expected one")
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    changed = [name for name, value in fields.items() if getattr(patient, name) != value]
    for name in changed:
        setattr(patient, name, fields[name])
    if changed:
        patient.save(update_fields=changed)
        record_audit(
            "change",
            patient_ids=[patient_id],
            by=by,
            what="change patient",
            detail=", ".join(changed)[:200],
        )
    return patient

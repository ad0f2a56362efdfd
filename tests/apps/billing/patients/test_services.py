"""Patients are added at the desk and changed with a record of it."""

from datetime import date

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Person

pytestmark = pytest.mark.database_core


def test_a_registered_patient_can_be_found_and_changed_and_both_are_audited(inside):
    from cleanclaim.apps.billing.patients.selectors import find_patients
    from cleanclaim.apps.billing.patients.services import change_patient, register_patient
    from cleanclaim.apps.shared.audit.models import AuditEvent

    patient_id = register_patient(Person("Quist", "Ada", born_on=date(1970, 1, 2)), by=None)
    change_patient(patient_id, by=None, city="Fairview")

    [found] = find_patients(text="qui, a")
    assert (found.pk, found.city) == (patient_id, "Fairview")
    events = AuditEvent.objects.filter(patient_id=patient_id).order_by("id")
    assert [event.action for event in events] == ["create", "change"]


def test_a_patient_without_a_last_name_is_refused(inside):
    from cleanclaim.apps.billing.patients.services import register_patient

    with pytest.raises(InputError, match="no last name"):
        register_patient(Person(" "), by=None)


def test_pages_of_patients_follow_one_another(inside):
    from cleanclaim.apps.billing.patients.selectors import find_patients
    from cleanclaim.apps.billing.patients.services import register_patient

    for name in ("Abel", "Baker", "Cole"):
        register_patient(Person(name), by=None)

    first = find_patients(limit=2)
    last = first[-1]
    after = (last.last_name, last.first_name, last.pk)

    assert [one.last_name for one in find_patients(after=after)] == ["Cole"]


def test_another_practice_does_not_see_them(database, practice):
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.billing.patients.services import register_patient
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    with tenant(practice):
        register_patient(Person("Quist"), by=None)
    other = find_or_add_organization(
        kind="practice", name="Cedar", npi="1002567897", tin="310000002"
    )

    with tenant(other.pk):
        assert Patient.objects.count() == 0

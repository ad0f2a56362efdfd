"""Keys by which an arriving claim finds its patient."""

from dataclasses import replace

from cleanclaim.apps.billing.patients.matching import patient_key
from tests.apps.billing.world import CHIDI


def test_case_blanks_and_punctuation_do_not_count():
    loud = replace(CHIDI, last_name="O'KAFOR", first_name="CHI DI")

    assert patient_key("mbr-001", loud) == patient_key("MBR001", CHIDI)


def test_another_birth_date_is_another_person():
    assert patient_key("MBR001", CHIDI) != patient_key("MBR001", replace(CHIDI, born_on=None))

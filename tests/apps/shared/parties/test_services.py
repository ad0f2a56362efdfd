"""The directory of payers and practitioners."""

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Address, Payer, Provider, Role

pytestmark = pytest.mark.database_core
PLAN = Payer("Coastal Alliance", "33001", address=Address(line_1="1 Bay St", city="Monterey"))


@pytest.fixture
def inside(practice):
    """The practice's tenant."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(practice)


def test_payers_are_added_once_and_come_back_as_values(inside) -> None:
    from cleanclaim.apps.shared.parties.convert import to_payer
    from cleanclaim.apps.shared.parties.selectors import payers
    from cleanclaim.apps.shared.parties.services import find_or_add_payers

    with inside():
        first = find_or_add_payers([PLAN, PLAN, Payer("State", "33001", "XV"), Payer("None", "")])
        second = find_or_add_payers([Payer("Renamed", "33001")])
        rows = payers("coast")

    assert set(first) == {("33001", "PI"), ("33001", "XV")}
    assert second == {("33001", "PI"): first["33001", "PI"]}
    assert [to_payer(row) for row in rows] == [PLAN]


def test_practitioners_are_found_by_npi(inside) -> None:
    from cleanclaim.apps.shared.parties.convert import to_provider
    from cleanclaim.apps.shared.parties.selectors import practitioners
    from cleanclaim.apps.shared.parties.services import find_or_add_practitioners

    ann = Provider(
        Role.RENDERING, "Abel", "Ann", is_person=True, npi="1234567893", taxonomy="207Q00000X"
    )
    clinic = Provider(Role.BILLING, "Harbor", npi="1999999984")
    with inside():
        found = find_or_add_practitioners([ann, clinic])
        [row] = practitioners("abe")

    assert found == {"1234567893": row.pk}
    assert to_provider(row) == ann


def test_a_payer_keeps_an_id_of_its_own(inside) -> None:
    from cleanclaim.apps.shared.parties.services import change_payer, find_or_add_payers

    with inside():
        ids = find_or_add_payers([PLAN, Payer("State", "44002")])
        changed = change_payer(ids["44002", "PI"], Payer("State Medicaid", "44003"))

        assert (changed.name, changed.payer_id) == ("State Medicaid", "44003")
        with pytest.raises(InputError, match="payer id 33001: another payer has it"):
            change_payer(ids["44002", "PI"], Payer("State", "33001"))
        with pytest.raises(InputError, match="the name or the id is empty"):
            change_payer(ids["44002", "PI"], Payer(" ", "44003"))

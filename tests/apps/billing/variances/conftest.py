"""A pharmacy's transaction around each test."""

from collections.abc import Iterator

import pytest

from tests.apps.billing.variances import summit


@pytest.fixture
def pharmacy(database) -> Iterator[int]:
    """Inside Willow Creek Pharmacy, with Summit's contract and the five fills."""
    from cleanclaim.apps.billing.variances.fills import load_fills
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    row = find_or_add_organization(
        kind="pharmacy", name="Willow Creek Pharmacy", npi=summit.NPI, tin=summit.TIN
    )
    with tenant(row.pk):
        summit.load_contract()
        load_fills(summit.FILLS, on=summit.TODAY)
        yield row.pk

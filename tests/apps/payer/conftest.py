"""The payer's tests run in the invented plan's tenant, as the app role."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def coastal(plan: int) -> Iterator[int]:
    """The plan's tenant, open, with a product, contracts, providers and members."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.payer import world

    with tenant(plan):
        world.set_up_plan()
    with tenant(plan):
        yield plan

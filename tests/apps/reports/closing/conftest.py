"""Tests of the close run inside an invented practice's transaction unless they open their own."""

import pytest


@pytest.fixture
def inside(practice: int):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield practice

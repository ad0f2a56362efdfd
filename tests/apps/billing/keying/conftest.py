"""Whoever keys paper in the tests."""

import pytest

from tests.apps.billing.keying.paper import Paper


@pytest.fixture
def paper(desk) -> Paper:
    """Two claims of the practice and the hand that keys their EOB."""
    return Paper(desk)

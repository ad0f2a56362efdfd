"""A patient who owes."""

from datetime import date

import pytest

from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance


@pytest.fixture
def owing(inside, desk):
    """A patient who owes 10.00 on each of two visits, the older one of claim A1; answers (patient id, claim ids)."""
    first = claim("A1", line(service_from=date(2026, 6, 1)))
    second = claim("A2", line(service_from=date(2026, 6, 20)))
    ids = desk.take(first, second)
    desk.post(remittance(pay(first, TYPICAL), pay(second, TYPICAL)))
    return desk.row(ids[0]).patient_id, ids

"""What one person may prepare and release alone: their limit, and never more than 10,000.00."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.apps.payer.disbursements.authority import own_touch_limit


@pytest.mark.parametrize(
    ("own", "alone"), [("0.00", "0.00"), ("9999.99", "9999.99"), ("100000.00", "10000.00")]
)
def test_the_lesser_of_the_two_limits_holds(own, alone):
    assert own_touch_limit(Decimal(own), on=date(2026, 3, 2)) == Decimal(alone)

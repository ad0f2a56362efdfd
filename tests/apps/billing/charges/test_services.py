"""The practice's own prices."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import InputError

pytestmark = pytest.mark.database_core


def test_a_new_price_ends_the_one_before_on_its_first_day(inside):
    from cleanclaim.apps.billing.charges.selectors import price_of
    from cleanclaim.apps.billing.charges.services import save_price

    save_price(procedure="99213", charge=Decimal("120.00"), valid_from=date(2026, 1, 1))
    save_price(procedure="99213", charge=Decimal("130.00"), valid_from=date(2026, 7, 1))

    def on(*day):
        found = price_of("99213", on=date(*day))
        return found and found.charge

    assert on(2025, 12, 31) is None
    assert on(2026, 6, 30) == Decimal("120.00")
    assert on(2026, 7, 1) == Decimal("130.00")


def test_a_price_with_a_modifier_is_finer_than_the_plain_one(inside):
    from cleanclaim.apps.billing.charges.selectors import price_of
    from cleanclaim.apps.billing.charges.services import save_price

    day = date(2026, 1, 1)
    save_price(procedure="71046", charge=Decimal("90.00"), valid_from=day)
    save_price(procedure="71046", modifiers="26", charge=Decimal("35.00"), valid_from=day)

    assert [price_of("71046", on=day, modifiers=m).charge for m in ("26", "TC")] == [
        Decimal("35.00"),
        Decimal("90.00"),
    ]


def test_parts_of_a_cent_are_refused(inside):
    from cleanclaim.apps.billing.charges.services import save_price

    with pytest.raises(InputError, match="whole cents"):
        save_price(procedure="99213", charge=Decimal("1.005"), valid_from=date(2026, 1, 1))

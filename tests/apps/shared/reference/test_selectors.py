"""A day has one price: the later edition ends the earlier one, and spans are half-open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import ReferenceDataError

pytestmark = pytest.mark.database_core
FIRST, SECOND = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def inside(plan):
    """The plan's tenant with two editions of one schedule; the second has a change in July."""
    from cleanclaim.apps.shared.reference.services import load_fees, read_fee_csv
    from cleanclaim.apps.shared.tenancy.context import tenant

    head = "code,modifier,amount,valid_from,valid_to\n"
    with tenant(plan):
        for release, day, rows in (
            ("2025", FIRST, "G0438,,100.00,,\nG0438,26,60.00,,\n"),
            ("2026", SECOND, "G0438,,110.00,,2026-07-01\nG0438,,120.00,2026-07-01,\n"),
        ):
            load_fees(
                read_fee_csv(head + rows),
                name="clinic",
                release=release,
                publisher="us",
                licence="own",
                valid_from=day,
            )
    return lambda: tenant(plan)


@pytest.mark.parametrize(
    ("day", "modifiers", "amount", "edition"),
    [
        (FIRST - timedelta(days=1), (), None, ""),
        (FIRST, (), "100.00", "clinic 2025"),
        (FIRST, ("26",), "60.00", "clinic 2025"),
        (SECOND - timedelta(days=1), (), "100.00", "clinic 2025"),
        (SECOND, (), "110.00", "clinic 2026"),
        (SECOND, ("26",), "110.00", "clinic 2026"),
        (date(2026, 6, 30), (), "110.00", "clinic 2026"),
        (date(2026, 7, 1), (), "120.00", "clinic 2026"),
        (date(2036, 7, 1), (), "120.00", "clinic 2026"),
    ],
)
def test_a_day_has_one_price(inside, day, modifiers, amount, edition) -> None:
    from cleanclaim.apps.shared.reference.selectors import fee_table

    with inside():
        fees = fee_table(["clinic"], ["G0438"], first_on=day, last_on=day)
        whole = fee_table(["clinic"], first_on=FIRST - timedelta(days=1), last_on=date(2036, 7, 1))

    for table in (fees, whole):
        found = table.fee("clinic", "G0438", modifiers, on=day)
        if amount is None:
            assert found is None
        else:
            assert found is not None
            assert (found.amount, found.edition) == (Decimal(amount), edition)


def test_a_correction_of_the_same_day_replaces_the_edition(inside) -> None:
    from cleanclaim.apps.shared.reference.selectors import edition_in_force, fee_table
    from cleanclaim.apps.shared.reference.services import Fee, load_fees

    with inside():
        load_fees(
            [Fee("G0438", Decimal("111.00"))],
            name="clinic",
            release="2026 revised",
            publisher="us",
            licence="own",
            valid_from=SECOND,
        )
        fees = fee_table(["clinic"], first_on=SECOND, last_on=SECOND)
        edition = edition_in_force("fees", "clinic", on=SECOND)

    assert str(edition) == "clinic 2026 revised"
    found = fees.fee("clinic", "G0438", (), on=SECOND)
    assert found is not None
    assert found.amount == Decimal("111.00")


def test_no_edition_in_force_is_our_fault(inside) -> None:
    from cleanclaim.apps.shared.reference.selectors import edition_in_force

    with (
        pytest.raises(ReferenceDataError, match="fees clinic: 0 editions in force on 2024-12-31"),
        inside(),
    ):
        edition_in_force("fees", "clinic", on=date(2024, 12, 31))


def test_many_fees_come_in_one_query(inside) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.shared.reference.selectors import edition_in_force, fees_in_force

    with inside():
        edition = edition_in_force("fees", "clinic", on=FIRST)
        with CaptureQueriesContext(connection) as queries:
            found = fees_in_force([edition.pk], ["G0438", "G9999"], on=FIRST)

    assert len(queries) == 1
    assert {key[1:]: fee.amount for key, fee in found.items()} == {
        ("G0438", ""): Decimal("100.0000"),
        ("G0438", "26"): Decimal("60.0000"),
    }

"""How figures and days are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cleanclaim.apps.shared.pages.parts import Column, Table


@pytest.fixture(autouse=True)
def _django(template_database) -> None:
    """Settings are needed for the local time zone."""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1234567.5"), "1,234,567.50"),
        (Decimal("0"), "0.00"),
        (Decimal("-53"), "−\N{THIN SPACE}53.00"),
        (None, "—"),
    ],
)
def test_money_has_two_decimals_and_no_sign_of_currency(value, words: str) -> None:
    from cleanclaim.apps.shared.pages.templatetags.parts import money

    assert money(value) == words


def test_a_day_of_another_year_names_it() -> None:
    from cleanclaim.apps.shared.pages.templatetags.parts import day, full_day

    assert day(date(1999, 3, 7)) == full_day(date(1999, 3, 7)) == "Mar 7, 1999"


def test_a_moment_is_shown_on_its_local_day() -> None:
    from cleanclaim.apps.shared.pages.templatetags.parts import full_day, moment

    late = datetime(2024, 3, 1, 3, 30, tzinfo=UTC)  # still February 29 in Los Angeles

    assert (full_day(late), moment(late)) == ("Feb 29, 2024", "Feb 29, 2024 19:30")


def test_totals_count_empty_cells_as_nothing() -> None:
    charge = Column("Charge", lambda row: row, "money", total=True)
    table = Table("t", [Column("Name", str), charge], [Decimal("1.10"), None, Decimal("-0.10")])

    assert table.total(charge) == Decimal("1.00")
    assert [cell.value for cell in table.foot_cells()] == ["Total", Decimal("1.00")]


def test_a_column_without_any_value_has_no_total() -> None:
    columns = [Column("Name", str), Column("Allowed", lambda row: None, "money", total=True)]

    undecided = Table("t", columns, ["a", "b"])
    empty = Table("t", columns, [])

    assert [cell.value for cell in undecided.foot_cells()] == ["Total", None]
    assert [cell.value for cell in empty.foot_cells()] == ["Total", Decimal("0.00")]


def test_a_total_without_any_value_shows_the_dash_of_its_rows() -> None:
    from cleanclaim.apps.shared.pages.grid import foot_html

    columns = [
        Column("Name", str),
        Column("Over 90", lambda row: None, "money", total=True),
        Column("Note", lambda row: None),
    ]

    assert str(foot_html(Table("t", columns, ["a"]))).count("—") == 1

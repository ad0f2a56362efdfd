"""Rows as HTML: everything that comes from a row is escaped, and leads where the table says."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.apps.shared.pages.parts import Chip, Column, Table

EVIL = """<script>alert("it's")</script>"""
SAFE = "&lt;script&gt;alert(&quot;it&#x27;s&quot;)&lt;/script&gt;"


@pytest.fixture(autouse=True)
def _django(template_database) -> None:
    """Settings are needed for the local time zone."""


def rows_html(table: Table) -> str:
    from cleanclaim.apps.shared.pages import grid

    return grid.rows_html(table)


def test_words_chips_keys_and_addresses_of_a_row_are_escaped() -> None:
    columns = (
        Column("A", lambda row: row, kind="strong"),
        Column("B", lambda row: row, flexible=True, why=lambda row: f"/why?{row}"),
        Column("C", lambda row: Chip(row, "act"), kind="chip"),
    )
    table = Table("t", columns, [EVIL], key=str, href=lambda row: f"/{row}", selectable=True,
                  side=lambda row: f"/side/{row}", why=lambda row: row)  # fmt: skip

    html = rows_html(table)

    assert "<script" not in html
    assert html.count(SAFE) == 13


def test_a_cell_is_shown_by_its_kind_and_an_empty_one_says_so() -> None:
    columns = (
        Column("Name", lambda row: row[0]),
        Column(
            "Charge", lambda row: row[1], kind="money", why=lambda row: "/why" if row[1] else ""
        ),
        Column("Day", lambda row: row[2], kind="day", minor=True),
    )
    table = Table("t", columns, [("Ana", Decimal("1234.5"), date(1999, 3, 7)), ("", None, None)],
                  key=lambda row: 7)  # fmt: skip

    full, empty = rows_html(table).split("\n")

    assert full == (
        '<tr data-row="7"><td class="words" title="Ana">Ana</td>'
        '<td class="num"><button type="button" class="why" hx-get="/why" hx-target="#side">1,234.50</button></td>'
        '<td class="minor">Mar 7, 1999</td></tr>'
    )
    assert empty == (
        '<tr data-row="7"><td class="words" title=""></td><td class="num">—</td>'
        '<td class="minor">—</td></tr>'
    )


def test_a_sentence_that_wraps_is_never_cut_and_a_flexible_one_keeps_its_room() -> None:
    words = Column("Words", str, wraps=True)
    long = Column("Words", str, flexible=True, wraps=True)

    assert (words.shape, long.shape) == ("wrap", "wrap long")


def test_an_address_is_what_reverse_says() -> None:
    from django.urls import NoReverseMatch, reverse

    from cleanclaim.apps.shared.pages.addresses import address

    for args in ((1,), (987654321,)):
        assert address("claims:page", *args) == reverse("claims:page", args=args)
    assert address("claims:why_line", 5, 12, "paid") == reverse(
        "claims:why_line", args=[5, 12, "paid"]
    )
    with pytest.raises(NoReverseMatch):
        address("claims:page")

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


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Due 2026-12-26 by law", "Due Dec 26, 2026 by law"),
        ("bank 2026-11-05, 7.", "bank Nov 5, 2026, 7."),
        ("approved, 2026-11-26 18:40.", "approved, Nov 26, 2026 18:40."),
        ("(2026-01-02)", "(Jan 2, 2026)"),
        ("from 2026-01-01 to 2026-02-28.", "from Jan 1, 2026 to Feb 28, 2026."),
        ("day '2026-13-01': expected one", "day '2026-13-01': expected one"),  # as it was typed
        ("2026-02-30 is no day", "2026-02-30 is no day"),
        ("harbor-2026-11-26.837", "harbor-2026-11-26.837"),  # a file's name
        ("2026-11-26.csv", "2026-11-26.csv"),
        ("TRN 12026-11-260", "TRN 12026-11-260"),
        ("no day in it", "no day in it"),
    ],
)
def test_a_sentence_says_its_days_as_people_do(stored: str, shown: str) -> None:
    from cleanclaim.apps.shared.pages.figures import said

    assert said(stored) == shown


def test_pages_say_days_in_one_style_and_exports_keep_what_is_stored() -> None:
    from cleanclaim.apps.shared.pages.csv_file import csv_response

    words = Column("Reason", lambda row: row)
    number = Column("Trace", lambda row: row, kind="id")
    state = Column("State", lambda row: Chip(f"asked {row}"), kind="chip")
    table = Table("t", (words, number, state), ["2026-12-26"], key=str)

    html = rows_html(table)

    assert html.count("Dec 26, 2026") == 3  # the cell, its tooltip, the chip
    assert ">2026-12-26</td>" in html  # a number stays as it is
    assert (
        csv_response(table, name="t").content.decode().split("\r\n")[1]
        == "2026-12-26,2026-12-26,asked 2026-12-26"
    )


def test_the_row_that_is_taken_up_says_that_the_cursor_starts_there() -> None:
    columns = (Column("A", lambda row: row),)

    taken = rows_html(Table("t", columns, [1, 2], key=lambda row: row, start=2))
    none = rows_html(Table("t", columns, [1, 2], key=lambda row: row))

    assert taken.count("data-start") == 1 and '<tr data-row="2" data-start>' in taken
    assert "data-start" not in none

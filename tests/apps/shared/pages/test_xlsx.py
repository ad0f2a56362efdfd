"""A spreadsheet with true numbers, live totals, and no text that a program would run."""

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_bytes


@dataclass
class Line:
    """A row of the table under test."""

    name: str
    charge: Decimal | None
    day: date


def _sheet(rows: list[Line]) -> dict[str, str]:
    table = Table(
        "Lines",
        [
            Column("Name", lambda row: row.name),
            Column("Day", lambda row: row.day, "day"),
            Column("Charge", lambda row: row.charge, "money", total=True),
            Column("State", lambda row: Chip("paid", "good"), "chip"),
        ],
        rows,
    )
    with zipfile.ZipFile(BytesIO(xlsx_bytes(table))) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def test_money_is_a_number_and_its_total_a_formula_with_its_value() -> None:
    parts = _sheet(
        [
            Line("a", Decimal("1234.50"), date(2026, 1, 31)),
            Line("b", Decimal("-0.50"), date(2026, 2, 1)),
        ]
    )

    sheet = parts["xl/worksheets/sheet1.xml"]
    assert re.search(r'<c r="C2" s="\d+"><v>1234\.50?</v>', sheet)
    assert re.search(r'<c r="C4" s="\d+"><f>SUM\(C2:C3\)</f><v>1234(\.00)?</v>', sheet)
    assert re.search(r'<c r="B2" s="\d+"><v>46053</v>', sheet)  # days since 1899-12-30


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "|", "%"])
def test_text_that_looks_like_a_formula_stays_text(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"

    parts = _sheet(
        [Line(text, Decimal(1), date(2026, 1, 1)), Line("plain", None, date(2026, 1, 1))]
    )

    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count("<f>") == 1  # the total's alone
    style = int(re.search(r'<c r="A2" s="(\d+)" t="s">', sheet).group(1))
    styles = re.findall(r"<xf [^>]*>", parts["xl/styles.xml"].split("<cellXfs")[1])
    assert 'quotePrefix="1"' in styles[style]
    kept = parts["xl/sharedStrings.xml"].replace("&apos;", "'").replace("_x000D_", "\r")
    assert text.strip() in kept or text in kept


def test_ordinary_text_carries_no_quote_prefix() -> None:
    sheet = _sheet([Line("Tran, Minh", Decimal(1), date(2026, 1, 1))])["xl/worksheets/sheet1.xml"]

    assert re.search(r'<c r="A2"( s="0")? t="s">', sheet) or 's="5" t="s"' in sheet


def test_a_sum_across_and_a_last_row_that_sums_up_are_formulas_with_their_values() -> None:
    rows = [("opening", 3, 1), ("moved", 2, 5), ("closing", 5, 6)]
    columns = [
        Column("What", lambda row: row[0]),
        *(Column(name, lambda row, at=at: Decimal(row[at]), "money") for at, name in ((1, "A"), (2, "B"))),
        Column("All", lambda row: Decimal(row[1] + row[2]), "money", across=2),
    ]  # fmt: skip

    def sheet(*, sums_up: bool) -> str:
        table = Table("Forward", columns, rows, sums_up=sums_up)
        with zipfile.ZipFile(BytesIO(xlsx_bytes(table))) as book:
            return book.read("xl/worksheets/sheet1.xml").decode()

    live = sheet(sums_up=True)
    assert re.findall(r"<f>(.*?)</f><v>(\d+)", live) == [
        ("SUM(B2:C2)", "4"), ("SUM(B3:C3)", "7"),
        ("SUM(B2:B3)", "5"), ("SUM(C2:C3)", "6"), ("SUM(B4:C4)", "11"),
    ]  # fmt: skip
    assert (
        sheet(sums_up=False).count("<f>") == 3
    )  # where it does not add up, what stands there is told


def test_a_quotient_is_a_formula_of_its_row_and_none_where_nothing_is_divided() -> None:
    columns = [
        Column("What", lambda row: row[0]),
        Column("Value", lambda row: row[1], "money", formula="ROUND({Top}*100/{Bottom},1)"),
        Column("Top", lambda row: row[2], "money"),
        Column("Bottom", lambda row: row[3], "money"),
    ]
    rows = [("a", Decimal("12.5"), Decimal(1), Decimal(8)), ("b", None, Decimal(1), Decimal(0))]

    with zipfile.ZipFile(BytesIO(xlsx_bytes(Table("Ratios", columns, rows)))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert re.findall(r"<f>(.*?)</f><v>([0-9.]+)", sheet) == [("ROUND(C2*100/D2,1)", "12.5")]

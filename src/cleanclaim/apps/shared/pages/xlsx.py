"""A table as a spreadsheet: true numbers, real dates, live totals, and no text that a spreadsheet would run."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cleanclaim.apps.shared.pages.parts import Chip, Column, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins so is a formula to some program that reads it later (also after saving as CSV).
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def xlsx_response(table: Table, *, name: str) -> HttpResponse:
    """The table as a download called `<name>.xlsx`."""
    response = HttpResponse(xlsx_bytes(table), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def xlsx_bytes(table: Table) -> bytes:
    """The table as an XLSX file: heading line, rows, and SUM formulas under columns with totals."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": table.caption})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({}),
        # Kept as text even when somebody edits the cell; the value itself is unchanged.
        "quoted": book.add_format({"quote_prefix": True}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
        "total_count": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "total_text": book.add_format({"bold": True, "top": 1}),
    }
    sheet = book.add_worksheet("Table")
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.label, formats["head"])
        sheet.set_column(index, index, 32 if column.flexible else 16)
    for number, row in enumerate(table.rows, start=1):
        for index, column in enumerate(table.columns):
            value = column.value(row)
            if column.formula and value is None:
                continue
            if formula := _formula(table, column, number, index):
                sheet.write_formula(number, index, formula, formats[column.kind], value or 0)
            else:
                _write(sheet, number, index, value, formats, column.kind)
    if table.none and not table.rows:
        sheet.write_string(1, 0, table.none, formats["text"])
    if table.has_totals and table.rows:
        _write_totals(sheet, table, formats)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _formula(table: Table, column: Column, row: int, index: int) -> str:
    """Of a cell that is a sum of others, the row and the column counted from 0; empty of any other."""
    name = xl_col_to_name(index)
    if column.formula:
        places = {one.label: f"{xl_col_to_name(n)}{row + 1}" for n, one in enumerate(table.columns)}
        return f"={column.formula.format_map(places)}"
    if column.across:
        first, last = xl_col_to_name(index - column.across), xl_col_to_name(index - 1)
        return f"=SUM({first}{row + 1}:{last}{row + 1})"
    if table.sums_up and column.kind == "money" and row == len(table.rows):
        return f"=SUM({name}2:{name}{row})"
    return ""


def _write(
    sheet: Worksheet, row: int, column: int, value: Any, formats: dict[str, Format], kind: str
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Chip):
        value = value.words
    if kind in ("money", "count"):
        sheet.write_number(row, column, value, formats[kind])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["day"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    else:
        text = str(value)
        sheet.write_string(
            row, column, text, formats["quoted" if text.startswith(RISKY_STARTS) else "text"]
        )


def _write_totals(sheet: Worksheet, table: Table, formats: dict[str, Format]) -> None:
    last = len(table.rows) + 1  # the number of the last row of data, as spreadsheets count
    for index, column in enumerate(table.columns):
        if column.total:
            name = xl_col_to_name(index)
            formula = f"=SUM({name}2:{name}{last})"
            shown = formats["total_count" if column.kind == "count" else "total"]
            sheet.write_formula(last, index, formula, shown, table.total(column))
        else:
            sheet.write_blank(last, index, None, formats["total_text"])
    if not table.columns[0].total:
        sheet.write_string(last, 0, "Total", formats["total_text"])

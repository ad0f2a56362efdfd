"""Tables of pages as a PDF to be filed: the same columns and totals, as a download."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.apps.shared.pages.pdf import Section, pdf_document
from cleanclaim.kernel.money import show

CONTENT_TYPE = "application/pdf"
ROWS_PRINTED = 1_000
WIDE, NARROW = 4, 2  # shares of the page


def pdf_response(
    *,
    title: str,
    subtitle: str,
    facts: Sequence[Fact],
    tables: Sequence[Table],
    foot: str,
    name: str,
) -> HttpResponse:
    """Figures and tables as a download called `<name>.pdf`."""
    sections = [_figures(facts), *(section_of(table) for table in tables)]
    data = pdf_document(title=title, subtitle=subtitle, sections=sections, foot=foot)
    response = HttpResponse(data, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def section_of(table: Table) -> Section:
    """A table with its total line; of a long one the first rows, and how many are left out."""
    columns = list(table.columns)
    shown = table.rows[:ROWS_PRINTED]
    rows = [[_words(column, column.value(row)) for column in columns] for row in shown]
    if table.has_totals and table.rows:
        rows.append([_words(cell.column, cell.value) for cell in _foot(table, columns)])
    left_out = len(table.rows) - len(shown)
    note = f"{left_out:,} rows more; the spreadsheet has them all." if left_out else ""
    if not table.rows:
        note = "None."
    return Section(
        table.caption,
        [column.label for column in columns],
        rows,
        [WIDE if column.flexible else NARROW for column in columns],
        [place for place, column in enumerate(columns) if column.is_number],
        note,
    )


def _foot(table: Table, columns: Sequence[Column]) -> list[Any]:
    cells = table.foot_cells()
    if not columns[0].total:
        cells[0] = type(cells[0])(columns[0], "Total")
    return cells


def _figures(facts: Sequence[Fact]) -> Section:
    rows = [(one.label, _value(one.value), str(one.note)) for one in facts]
    return Section("Figures", ("", "Amount", ""), rows, (3, 2, 4), (1,))


def _words(column: Column, value: Any) -> str:
    if column.kind == "count" and isinstance(value, Decimal | int):
        return f"{value:,.0f}"
    return _value(value)


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Chip):
        return value.words
    if isinstance(value, Decimal):
        return show(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return value.isoformat() if isinstance(value, date) else str(value)

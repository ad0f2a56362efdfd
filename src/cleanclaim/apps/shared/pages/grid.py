"""The rows of a table as HTML.

Written in Python, not as a template: 50 rows of nine cells cost 2 ms here and 20 ms there, and no page that
people open all day may cost that. Everything that comes from a row is escaped.
"""

import re
from datetime import date, datetime
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from cleanclaim.apps.shared.pages.figures import NOTHING, count, day, money, said
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table

_MARKUP = re.compile(r"[&<>\"']")


def rows_html(table: Table) -> SafeString:
    """Every row of the table's body."""
    looks = [
        (column, f'<td class="{_style(column)}"', column.may_be_cut) for column in table.columns
    ]
    return SafeString("\n".join(_row(table, row, looks) for row in table.rows))


def foot_html(table: Table) -> SafeString:
    """The cells of the total line; a total over rows without a value shows their dash."""
    return SafeString(
        "".join(
            f'<td class="{_classes("num" if cell.column.is_number else "", "minor" if cell.column.minor else "")}">'
            f"{cell_html(cell.column, cell.value) if cell.column.total or cell.value is not None else ''}</td>"
            for cell in table.foot_cells()
        )
    )


def cell_html(column: Column, value: Any) -> str:
    """A cell's content, by the kind of its column."""
    if isinstance(value, Chip):
        return f'<span class="chip {value.tone}">{escape(said(value.words))}</span>'
    return escape(cell_text(column, value))


def cell_text(column: Column, value: Any) -> str:
    """A cell's words, as they stand on the page and in its tooltip."""
    kind = column.kind
    if value is None or (isinstance(value, str) and not value):  # Decimals take long to compare
        return NOTHING if column.is_number or kind == "day" else ""
    if kind == "money":
        return money(value)
    if kind == "count":
        return count(value)
    if kind == "day" and isinstance(value, date | datetime):
        return day(value)
    words = value.words if isinstance(value, Chip) else str(value)
    return words if kind == "id" else said(words)


def _style(column: Column) -> str:
    return _classes(
        "num" if column.is_number else "", column.shape, "soft" if column.kind == "soft" else ""
    )


def _classes(*names: str) -> str:
    return " ".join(filter(None, names))


def _escape(text: str) -> str:
    """`html.escape`, quicker for the many cells that need none."""
    return escape(text) if _MARKUP.search(text) else text


def _row(table: Table, row: Any, looks: list[tuple[Column, str, bool]]) -> str:
    key = _escape(str(table.key(row)))
    href = _escape(table.href(row)) if table.href else ""
    parts = [f'<tr data-row="{key}"']
    for name, value in (
        ("href", href),
        ("side", _escape(table.side(row)) if table.side else ""),
        ("why", _escape(table.why(row)) if table.why else ""),
    ):
        if value:
            parts.append(f' data-{name}="{value}"')
    is_start = table.start is not None and str(table.key(row)) == str(table.start)
    parts.append(" data-start>" if is_start else ">")
    if table.selectable:
        parts.append(
            '<td class="pick"><input type="checkbox" class="form-check-input" name="row" '
            f'value="{key}" aria-label="Select row {key}" form="selection"></td>'
        )
    link = href  # on the first cell alone
    for column, opening, is_cut in looks:
        parts.append(_cell(column, row, opening, is_cut, href=link))
        link = ""
    parts.append("</tr>")
    return "".join(parts)


def _cell(column: Column, row: Any, opening: str, is_cut: bool, *, href: str) -> str:
    value = column.value(row)
    words = _escape(cell_text(column, value))
    shown = f'<span class="chip {value.tone}">{words}</span>' if isinstance(value, Chip) else words
    if href:
        link = "row-link strong" if column.kind == "strong" else "row-link"
        shown = f'<a class="{link}" href="{href}">{shown}</a>'
    elif column.why and (why := column.why(row)):
        shown = f'<button type="button" class="why" hx-get="{_escape(why)}" hx-target="#side">{shown}</button>'
    elif column.href and (opens := column.href(row)):
        shown = f'<a href="{_escape(opens)}">{shown}</a>'
    elif column.kind == "strong":
        shown = f"<b>{shown}</b>"
    return f'{opening} title="{words}">{shown}</td>' if is_cut else f"{opening}>{shown}</td>"

"""A table as CSV: plain numbers and ISO days, and no text that a spreadsheet would run."""

import csv
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.http import HttpResponse

from cleanclaim.apps.shared.pages.parts import Chip, Table
from cleanclaim.apps.shared.pages.xlsx import RISKY_STARTS


def csv_response(table: Table, *, name: str) -> HttpResponse:
    """The table as a download called `<name>.csv`; no total line, which a reader would count twice."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow([column.label for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(column.value(row)) for column in table.columns])
    if table.none and not table.rows:
        writer.writerow([table.none])
    response = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: Any) -> str:
    """As text; what could be run as a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Chip):
        value = value.words
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(RISKY_STARTS) else text

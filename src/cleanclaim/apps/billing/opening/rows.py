"""Rows of a table (CSV), cells by heading, read strictly: a cell that is wrong says so with its line and column."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.opening.values import Problem
from cleanclaim.kernel.dates import read_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import is_whole_cents, written_money


class WrongCellError(Exception):
    """A cell cannot be read: column and message."""


class Row:
    """One row of a table: cells by heading."""

    def __init__(self, cells: Mapping[str, str], number: int) -> None:
        self.cells, self.place = cells, number

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise WrongCellError(name, "empty, expected a value")
        return found

    def money(self, name: str) -> Decimal:
        return amount_of(name, self.needed(name))

    def number(self, name: str, most: int) -> str:
        """A number or name as it stands: cut, it would be another one, which no answer finds."""
        found = self.text(name)
        if len(found) > most:
            raise WrongCellError(
                name, f"{found[:20]!r}... of {len(found)} characters, expected {most} at most"
            )
        return found

    def day(self, name: str) -> date | None:
        text = self.text(name)
        try:
            return read_day(text, name) if text else None
        except InputError as error:
            raise WrongCellError(name, str(error).removeprefix(f"{name} ")) from error


def amount_of(name: str, text: str) -> Decimal:
    """The dollars in a cell of this column."""
    found = written_money(text)
    if found is None:
        raise WrongCellError(name, f"{text[:20]!r}, expected dollars and cents")
    if not is_whole_cents(found) or abs(found) >= Decimal(10) ** 10:
        raise WrongCellError(name, f"{text[:20]!r}, expected whole cents below 10,000,000,000.00")
    return found


def rows_of(data: bytes, needed: tuple[str, ...], problems: list[Problem]) -> Iterator[Row]:
    """The rows that are not empty; a table that cannot be read as one is a problem."""
    text = _text(data).replace("\0", "")
    heading = text.partition("\n")[0]
    delimiter = max(",;\t|", key=heading.count)
    # Strict: a quote that is never closed would swallow every row after it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        head = [_heading(cell) for cell in next(reader, [])]
        missing = [name for name in needed if name not in head]
        if missing:
            problems.append(Problem("line 1", f"no column {', '.join(missing)}"))
            return
        if twice := sorted({name for name in head if name and head.count(name) > 1}):
            problems.append(Problem("line 1", f"column {twice[0]} stands twice"))
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if any(cell.strip() for cell in cells[len(head) :]):
                    problems.append(
                        Problem(
                            f"line {reader.line_num}",
                            f"{len(cells)} cells, expected {len(head)} at most (a comma in a cell needs quotes)",
                        )
                    )
                    continue
                if any("\n" in cell or "\r" in cell for cell in cells):
                    problems.append(
                        Problem(
                            f"line {reader.line_num}",
                            "a cell of several lines: a quotation mark is not closed where it should be",
                        )
                    )
                    continue
                named = dict(zip(head, (cell.strip() for cell in cells), strict=False))
                yield Row(named, reader.line_num)
    except csv.Error as error:
        problems.append(Problem(f"line {reader.line_num}", str(error)))


def _text(data: bytes) -> str:
    """UTF-8; a file that is none was written by an older Windows program."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _heading(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_")


def problem_of(row: Row, error: WrongCellError) -> Problem:
    """The error with the place of its cell."""
    column, message = error.args
    return Problem(f"line {row.place}, {column}", message)

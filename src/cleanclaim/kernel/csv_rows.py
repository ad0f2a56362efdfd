"""Rows of a small table (CSV) that somebody made, cells by heading: nothing of it is lost or stands in another column."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleanclaim.kernel.errors import InputError

QUOTES = "A quotation mark that begins a cell must end it; within a cell write it twice."


@dataclass(frozen=True, slots=True)
class Table:
    """The headings in order, and the rows below them: line in the file and cells; rows without a word are left out."""

    heads: list[str]
    rows: Iterator[tuple[int, dict[str, str]]]


def read_rows(
    text: str,
    *,
    delimiter: str = ",",
    heading: Callable[[str], str] = str.strip,
) -> Table:
    """The table. Its rows are read one by one: what is wrong with one is raised when it is reached.

    Args:
        heading: makes a heading's name of its cell.

    Raises:
        InputError: it is no CSV, a heading stands twice, or a row has more cells than there are headings (a comma in a
            cell without quotation marks); the message names the line.
    """
    before, zero, _ = text.partition("\0")
    if zero:
        raise InputError(f"line {before.count(chr(10)) + 1}: a zero byte, expected text")
    # Strict: a quotation mark that is never closed would swallow every row after it.
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""),
        delimiter=delimiter,
        skipinitialspace=True,
        strict=True,
    )
    heads: list[str] = []
    rows = _rows(reader, heads, heading)
    next(rows, None)
    return Table(heads, rows)


def _rows(
    reader: Iterator[list[str]],
    heads: list[str],
    heading: Callable[[str], str],
) -> Iterator[tuple[int, dict[str, str]]]:
    """First nothing, with the headings filled in; then the rows."""
    try:
        heads += [heading(cell) for cell in next(reader, [])]
        if twice := sorted({one for one in heads if one and heads.count(one) > 1}):
            raise InputError(f"line 1: column {twice[0]} stands twice, expected it once")
        yield 1, {}
        for cells in reader:
            line = reader.line_num  # type: ignore[attr-defined]
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(heads) :]):
                raise InputError(
                    f"line {line}: {len(cells)} cells, expected {len(heads)} at most",
                    hint="A comma in a cell needs quotation marks around the cell.",
                )
            # It may be a quotation mark that was not closed where it should, with rows lost in the cell.
            if any("\n" in cell or "\r" in cell for cell in cells):
                raise InputError(
                    f"line {line}: a cell of several lines, expected one",
                    hint="A quotation mark before it is not closed where it should be.",
                )
            padded = [*cells, *[""] * (len(heads) - len(cells))]
            yield line, {name: cell.strip() for name, cell in zip(heads, padded, strict=False)}
    except csv.Error as error:
        raise InputError(
            f"line {reader.line_num}: {error}",  # type: ignore[attr-defined]
            hint=QUOTES if "larger" not in str(error) else "",
        ) from error

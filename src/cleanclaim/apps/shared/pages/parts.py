"""What the partials of templates/pages show: facts, tables, traces, timelines, chips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Tone = Literal["", "act", "wait", "good", "accent"]
ColumnKind = Literal["text", "strong", "soft", "money", "count", "day", "id", "chip"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a word or two; `act` (red) only for what somebody must act on."""

    words: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the strip under a page's heading; a Decimal is shown as money."""

    label: str
    value: Any
    note: str = ""
    tone: Tone = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trace: what was done, its figure, and the rule or source in small print."""

    words: str
    amount: Any = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline; `links` are (words, address) pairs."""

    day: Any
    words: str
    tone: Tone = ""
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: how to read its value from a row, and how to show and export it.

    `why` gives the address of the trace of this cell (opened in the side pane), or ""; `href` of the page it opens.
    A `flexible` column takes the width that is left and cuts its text; a `minor` one is not shown
    where the side pane leaves little room (it stands there, and in the export). `across` so many columns before
    it, it is their sum: a formula in the spreadsheet. `formula` is one of the row's own cells in the spreadsheet, each
    named by its column's label in braces: `ROUND({Numerator}/{Denominator},1)`; a cell without a value has none.
    A column that `wraps` is never cut: its sentence takes a second line; where it is `flexible` as well, room is kept
    for it and a word without a gap, as a file's name, breaks.
    """

    label: str
    value: Callable[[Any], Any]
    kind: ColumnKind = "text"
    total: bool = False
    flexible: bool = False
    why: Callable[[Any], str] | None = None
    minor: bool = False
    href: Callable[[Any], str] | None = None
    across: int = 0
    formula: str = ""
    wraps: bool = False

    @property
    def may_be_cut(self) -> bool:
        """Words that end in an ellipsis when the table is narrow; never figures, days, or states."""
        return self.flexible or self.kind in ("text", "strong", "soft")

    @property
    def shape(self) -> str:
        """The style classes of how wide its cells are."""
        width = "flex" if self.flexible else "words" if self.may_be_cut else ""
        width = ("wrap long" if self.flexible else "wrap") if self.wraps else width
        width = "whole" if self.kind == "chip" else width
        return f"{width} minor".strip() if self.minor else width

    @property
    def is_number(self) -> bool:
        """Right-aligned with tabular figures."""
        return self.kind in ("money", "count")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the total line."""

    column: Column
    value: Any


@dataclass(frozen=True, slots=True)
class Table:
    """A queue or a list: one description for the page and for the spreadsheet.

    Where it `sums_up`, the amounts of its last row are those above it added: formulas in the spreadsheet.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    key: Callable[[Any], Any] = field(default=lambda row: row.pk)
    href: Callable[[Any], str] | None = None
    side: Callable[[Any], str] | None = None
    why: Callable[[Any], str] | None = None
    foot: str = ""  # words in the first cell of the total line, e.g. "50 shown of 1,204"
    selectable: bool = False
    sums_up: bool = False
    none: str = ""  # what a file without rows says, where an empty one would mislead
    start: Any = None  # key of the row under the cursor at first, where it is not the first one

    @property
    def has_why(self) -> bool:
        """Whether key w explains a row (templates would call `why` itself)."""
        return self.why is not None

    @property
    def has_totals(self) -> bool:
        """Whether a total line is shown."""
        return bool(self.foot) or any(column.total for column in self.columns)

    def foot_cells(self) -> list[Cell]:
        """The total line: words first, then a total under each column that has one."""
        cells = [
            Cell(column, self._foot(column) if column.total else None) for column in self.columns
        ]
        if not self.columns[0].total:
            cells[0] = Cell(Column("", str, minor=self.columns[0].minor), self.foot or "Total")
        return cells

    def _foot(self, column: Column) -> Decimal | None:
        """The total; none where no row has a value, as of amounts that nobody has decided."""
        is_empty = all(column.value(row) is None for row in self.rows)
        return None if self.rows and is_empty else self.total(column)

    def total(self, column: Column) -> Decimal:
        """The sum of a column over the rows shown; empty cells count nothing."""
        values = (column.value(row) for row in self.rows)
        nothing = Decimal(0) if column.kind == "count" else Decimal("0.00")
        return sum((value for value in values if value is not None), nothing)

"""A code set kept as a table: loaded on the first question, then a dictionary."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set comes from and what may be done with it."""

    name: str
    publisher: str
    edition: str
    licence: str
    origin: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code over a half-open span; `valid_from` None = since before the set's records."""

    code: str
    words: str
    valid_from: date | None
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on the day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )


def read_source(folder: Path) -> Source:
    """The set's source.toml."""
    return Source(**tomllib.loads((folder / "source.toml").read_text(encoding="utf-8")))


class CodeSet:
    """A set in a folder with `table.csv` (code, valid_from, valid_to, words) and `source.toml`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, Code] | None = None

    def _table(self) -> dict[str, Code]:
        if self._rows is None:
            with (self._folder / "table.csv").open(encoding="utf-8", newline="") as lines:
                self._rows = {
                    row["code"]: Code(
                        row["code"],
                        row["words"],
                        _day(row["valid_from"]),
                        _day(row["valid_to"]),
                    )
                    for row in csv.DictReader(lines)
                }
        return self._rows

    def is_valid(self, code: str, *, on: date | None = None) -> bool:
        """Whether the code is in the set, and in force on the day where one is given."""
        row = self._table().get(code)
        return row is not None and (on is None or row.holds(on))

    def words(self, code: str) -> str:
        """What the code means in a few words; empty where we have none or the code is unknown."""
        row = self._table().get(code)
        return row.words if row else ""

    def row(self, code: str) -> Code | None:
        """The code with its span, or None."""
        return self._table().get(code)

    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(self._table())

    def source(self) -> Source:
        """Publisher, edition and licence."""
        return read_source(self._folder)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

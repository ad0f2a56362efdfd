"""A code set kept as a table: loaded on the first question, then a dictionary."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_HEADS = ["code", "valid_from", "valid_to", "words"]


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
        self._lines: dict[str, list[str]] | None = None
        self._rows: dict[str, Code] = {}

    def _table(self) -> dict[str, list[str]]:
        """The lines by code; days are read when a code is asked for, since most never are."""
        if self._lines is None:
            with (self._folder / "table.csv").open(encoding="utf-8", newline="") as lines:
                reader = csv.reader(lines)
                heads = next(reader)
                if heads != _HEADS:
                    raise ValueError(
                        f"{self._folder.name}/table.csv: heads {heads}, expected {_HEADS}"
                    )
                self._lines = {line[0]: line for line in reader}
        return self._lines

    def is_valid(self, code: str, *, on: date | None = None) -> bool:
        """Whether the code is in the set, and in force on the day where one is given."""
        row = self.row(code)
        return row is not None and (on is None or row.holds(on))

    def words(self, code: str) -> str:
        """What the code means in a few words; empty where we have none or the code is unknown."""
        row = self.row(code)
        return row.words if row else ""

    def row(self, code: str) -> Code | None:
        """The code with its span, or None."""
        found = self._rows.get(code)
        if found is None:
            line = self._table().get(code)
            if line is None:
                return None
            found = self._rows[code] = Code(line[0], line[3], _day(line[1]), _day(line[2]))
        return found

    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(self._table())

    def source(self) -> Source:
        """Publisher, edition and licence."""
        return read_source(self._folder)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

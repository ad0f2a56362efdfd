"""Dated figures and code lists beside a rule: one YAML file each, with description, unit, source and values.

description: Evaluation and management codes that need modifier 25 beside a minor procedure
unit: procedure codes
source: CMS, Medicare Claims Processing Manual, chapter 12, section 30.6.6
values:
  2021-01-01: ["99202-99215"]
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cleanclaim.kernel.errors import ReferenceDataError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure over time: `values` are (first day in force, value), oldest first."""

    name: str
    description: str
    unit: str
    source: str
    values: tuple[tuple[date, Any], ...]

    def value(self, *, on: date) -> Any:
        """The value in force on the day.

        Raises:
            ReferenceDataError: the day lies before the first value.
        """
        for first_day, value in reversed(self.values):
            if first_day <= on:
                return value
        raise ReferenceDataError(
            f"{self.name}: no value in force on {on}, the first is from {self.values[0][0]}",
            hint="Add the earlier value with its source",
        )

    def edition(self, *, on: date) -> str:
        """The name and first day of the value in force, for traces."""
        days = [first_day for first_day, _ in self.values if first_day <= on]
        return f"{self.name} from {days[-1]}" if days else self.name


@cache
def parameter(path: Path) -> Parameter:
    """The parameter in the YAML file; its name is the file's.

    Raises:
        ReferenceDataError: a key is missing, or `values` is empty or not keyed by days.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [key for key in ("description", "unit", "source", "values") if not raw.get(key)]
    if missing:
        raise ReferenceDataError(f"parameter {path.name}: {', '.join(missing)} missing")
    values = raw["values"]
    if not all(isinstance(day, date) for day in values):
        raise ReferenceDataError(f"parameter {path.name}: values are not keyed by days")
    return Parameter(
        name=path.stem,
        description=str(raw["description"]),
        unit=str(raw["unit"]),
        source=str(raw["source"]),
        values=tuple(sorted(values.items())),
    )

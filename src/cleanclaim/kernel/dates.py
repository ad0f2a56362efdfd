"""Half-open spans of days and the look-up that finds exactly one row in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from cleanclaim.kernel.errors import ReferenceDataError


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `valid_from` until before `valid_to`; no `valid_to` means for ever."""

    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(
                f"span {self.valid_from}..{self.valid_to}: expected an end after the start"
            )

    def holds(self, on: date) -> bool:
        """Whether the day lies in the span."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class Dated(Protocol):
    """Anything with a half-open span."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


Row = TypeVar("Row", bound=Dated)


def in_force(rows: Iterable[Row], *, on: date, what: str) -> Row:
    """The one row whose span holds the day `on`.

    Raises:
        ReferenceDataError: no row, or more than one.
    """
    found = [
        row for row in rows if row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
    ]
    if len(found) != 1:
        raise ReferenceDataError(
            f"{what}: {len(found)} rows in force on {on}, expected 1",
            hint="Load an edition that covers this day" if not found else "End the older edition",
        )
    return found[0]

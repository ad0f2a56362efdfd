"""Days in words, half-open spans of days, and the look-up that finds exactly one row in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol, TypeVar

from cleanclaim.kernel.errors import InputError, ReferenceDataError

FIRST_YEAR, LAST_YEAR = 1900, 2999  # so that a month or a year before and after a day is a day, too


def checked_day(day: date, name: str) -> date:
    """The day, if books can have it.

    Raises:
        InputError: its year is too early or too late.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"{name} {day}: expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def show_day(day: date) -> str:
    """A day as people read it: `Nov 9, 2026`."""
    return f"{day:%b} {day.day}, {day.year}"


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


_WRITTEN = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d", "%m-%d-%Y")
_DOTTED = "%d.%m.%Y"


def written_day(text: str, *, dotted: bool = False) -> date | None:
    """The day that a text says, as 2026-06-30, 06/30/2026, 06/30/26, 20260630 or 06-30-2026; None if it is none.

    With `dotted`, for banks' tables, also 30.06.2026. People may mean June 12 or December 6 by 12.06.2026.
    """
    for form in (*_WRITTEN, _DOTTED) if dotted else _WRITTEN:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def read_day(text: str, name: str) -> date:
    """The day that a person or a program wrote for `name`, as `written_day` knows it: one reader, one sentence.

    Raises:
        InputError: it is none, or outside the years that books can have.
    """
    found = written_day(text.strip())
    if found is None:
        raise InputError(f"{name} {text[:20]!r}: expected a day like 2026-11-30 or 11/30/2026")
    return checked_day(found, name)


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


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Days on which the Federal Reserve Banks do not settle (5 U.S.C. 6103(a); the Reserve Banks' holiday schedule).

    A holiday on a Sunday is kept on the Monday after; one on a Saturday is not moved.
    """
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)]
    if year >= 2021:
        fixed.append((6, 19))  # Public Law 117-17
    days = [date(year, month, day) for month, day in fixed]
    days = [day + timedelta(days=1) if day.weekday() == 6 else day for day in days]
    mondays = [(1, 3), (2, 3), (9, 1), (10, 2)]
    days += [_weekday(year, month, 0, number) for month, number in mondays]
    thanksgiving = _weekday(year, 11, 3, 4)
    memorial_day = _weekday(year, 6, 0, 1) - timedelta(days=7)  # the last Monday of May
    days += [thanksgiving, memorial_day]
    return frozenset(days)


def _weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`th Monday (0) ... Sunday (6) of the month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def is_business_day(day: date) -> bool:
    """Whether banks settle on the day."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def business_days_between(first: date, last: date) -> int:
    """How many business days lie after `first` up to `last`; below zero where `last` comes before."""
    if last < first:
        return -business_days_between(last, first)
    span = (last - first).days
    return sum(is_business_day(first + timedelta(days=n)) for n in range(1, span + 1))


def next_month(day: date) -> date:
    """The first day of the month after the day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def business_day_of(month: date, number: int) -> date:
    """The `number`th business day after the month's end; 0 is the last one of the month itself, -1 the one before."""
    first_after = next_month(month)
    day, step = (first_after, 1) if number > 0 else (first_after - timedelta(days=1), -1)
    left = number - 1 if number > 0 else -number
    while True:
        if is_business_day(day):
            if not left:
                return day
            left -= 1
        day += timedelta(days=step)

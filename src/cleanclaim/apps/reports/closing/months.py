"""First and last days of accounting months."""

import calendar
from datetime import date, timedelta

from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError


def first_of(year: int, month: int) -> date:
    """The month's first day.

    Raises:
        InputError: there is no such month.
    """
    try:
        return checked_day(date(year, month, 1), "month")
    except (ValueError, OverflowError) as error:
        raise InputError(f"month {year}-{month}: expected one like 2026-11") from error


def read_month(text: str) -> date:
    """The first day of `2026-11`.

    Raises:
        InputError: it is no month.
    """
    year, _, month = text.partition("-")
    if not (
        text.isascii()
        and year.isdigit()
        and month.isdigit()
        and len(year) == 4
        and len(month) in (1, 2)
    ):
        raise InputError(f"month {text[:20]!r}: expected one like 2026-11")
    return first_of(int(year), int(month))


def last_of(month: date) -> date:
    """The month's last day."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def followed_months(on: date, *, back: int = 3) -> list[date]:
    """This month and those before it whose tasks become work, newest first."""
    months = [on.replace(day=1)]
    for _ in range(back):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months

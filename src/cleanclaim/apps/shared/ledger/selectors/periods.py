"""Accounting months."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from cleanclaim.apps.shared.ledger.models import Period, PeriodState


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month that was ever closed: what it is now, and who made it so."""

    month: date
    state: str
    changed_by: int | None
    changed_at: datetime
    reason: str


def is_closed(day: date) -> bool:
    """Whether the accounting month of this day takes no entries: it is closed, or a later one is."""
    last = closed_through()
    return last is not None and day.replace(day=1) <= last.month


def closed_through() -> MonthState | None:
    """The last closed month: no month up to it takes an entry. None where none is closed."""
    return next((one for one in months() if one.state == PeriodState.CLOSED), None)


def months() -> list[MonthState]:
    """Every month that was ever closed, newest first; all others are open unless a later one is closed.

    A month that was opened again is closed by a later one that is: by whoever closed that.
    """
    newest = Period.objects.order_by("-month", "-id").distinct("month")
    found: list[MonthState] = []
    closing: MonthState | None = None
    for row in newest:
        one = MonthState(row.month, row.state, row.changed_by, row.recorded_at, row.reason)
        if closing is not None and one.state != PeriodState.CLOSED:
            one = replace(closing, month=one.month)
        elif closing is None and one.state == PeriodState.CLOSED:
            closing = one
        found.append(one)
    return found

"""Accounting months."""

from dataclasses import dataclass
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
    """Whether the accounting month of this day takes no entries."""
    newest = Period.objects.filter(month=day.replace(day=1)).order_by("-id").first()
    return newest is not None and newest.state == PeriodState.CLOSED


def months() -> list[MonthState]:
    """Every month that was ever closed, newest first; all others are open."""
    newest = Period.objects.order_by("-month", "-id").distinct("month")
    return [
        MonthState(row.month, row.state, row.changed_by, row.recorded_at, row.reason)
        for row in newest
    ]

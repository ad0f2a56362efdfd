"""Cases of credits as they stood on any day, told by their steps and days."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from cleanclaim.apps.billing.adjustments.models import Refund, RefundState, RefundStep

DONE = (RefundState.CLEARED, RefundState.TAKEN_BACK, RefundState.REMITTED, RefundState.DISMISSED)


def cases_on(day: date, *, closed: bool = False) -> list[Refund]:
    """Cases that were identified by the day, by the day on which they are due; `state` is where each stood then.

    The rows are to be read, not saved: of a day before today, `state` is not what the database has.

    Args:
        closed: those that were closed by the day as well.
    """
    later = Exists(RefundStep.objects.filter(refund=OuterRef("pk"), on__gt=day))
    rows = Refund.objects.filter(identified_on__lte=day).annotate(moved_later=later)
    if not closed:
        rows = rows.filter(~Q(state__in=DONE) | later)
    found = []
    for row in rows.order_by("due_on", "id"):
        if row.moved_later:
            row.state = _stood(row, day)
        if closed or row.state not in DONE:
            found.append(row)
    return found


def _stood(row: Refund, day: date) -> RefundState:
    """Where a case stood on a day after which something was done with it."""
    issued, cleared = _iso(row.issued_on), _iso(row.cleared_on)
    if row.before_back and row.came_back_on and row.came_back_on > day:
        issued, cleared = row.before_back.get("issued_on"), row.before_back.get("cleared_on")
    for on, state in (
        (cleared, RefundState.CLEARED),
        (issued, RefundState.ISSUED),
        (_iso(row.approved_on), RefundState.APPROVED),
    ):
        if on and on <= day.isoformat():
            return state
    return RefundState.IDENTIFIED


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

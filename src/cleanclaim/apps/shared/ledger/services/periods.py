"""Close an accounting month, and open it again."""

from datetime import date

from django.db import connection, transaction

from cleanclaim.apps.shared.ledger.models import Period, PeriodState
from cleanclaim.apps.shared.ledger.selectors import closed_through, is_closed
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import StateError


@transaction.atomic
def close_period(month: date, *, by: int | None, reason: str = "") -> None:
    """From now on no entry is posted in the month of this day, or before it. Waits for entries on their way.

    Raises:
        StateError: it is closed already.
    """
    _change(month.replace(day=1), PeriodState.CLOSED, by, reason)


@transaction.atomic
def open_period(month: date, *, by: int | None, reason: str) -> None:
    """The month of this day takes entries again; those before it as they were.

    Raises:
        StateError: it is open already, or a later month is closed: its opening would move.
    """
    require_none_closed_after(month)
    _change(month.replace(day=1), PeriodState.OPEN, by, reason)


def lock_month(month: date) -> None:
    """Wait for entries on their way into the month of this day and those before it; then nobody else posts there until
    the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_lock_months(%s::bigint, %s::date)",
            [current_tenant(), month.replace(day=1)],
        )


def require_none_closed_after(month: date) -> None:
    """Raise where a later month than that of this day is closed.

    Raises:
        StateError: one is.
    """
    last = closed_through()
    if last is not None and last.month > month.replace(day=1):
        raise StateError(
            f"the accounting month {last.month:%Y-%m} is closed, and closes {month:%Y-%m} as well",
            hint=f"Have {last.month:%Y-%m} opened again first.",
        )


def _change(month: date, state: PeriodState, by: int | None, reason: str) -> None:
    lock_month(month)
    if is_closed(month) == (state is PeriodState.CLOSED):
        raise StateError(f"the accounting month {month:%Y-%m} is {state.value} already")
    Period.objects.create(month=month, state=state, changed_by=by, reason=reason)

"""The one query under all balances: legs summed by some columns, as of two dates."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection


def sum_legs(
    columns: Sequence[str],
    *,
    where: str = "true",
    parameters: Sequence[Any] = (),
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[tuple[Any, ...]]:
    """Rows of `columns` and their sum, without the zeros.

    Args:
        where: an SQL condition on `leg`, with its `parameters`.
        effective_on: counts entries effective on this day or before; all where not given.
        recorded_by: counts entries that were known at this moment; all where not given.
    """
    names = ", ".join(f"leg.{column}" for column in columns)
    condition, values = _as_of(effective_on=effective_on, recorded_by=recorded_by)
    join = "JOIN ledger_entry AS entry ON entry.id = leg.entry_id" if values else ""
    sql = (
        f"SELECT {names}, sum(leg.amount) FROM ledger_leg AS leg {join} "
        f"WHERE {where}{condition} GROUP BY {names} HAVING sum(leg.amount) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *values])
        return cursor.fetchall()


def _as_of(*, effective_on: date | None, recorded_by: datetime | None) -> tuple[str, list[Any]]:
    """The SQL that narrows the entries to what counted on a day and was known at a moment."""
    condition = ""
    values: list[Any] = []
    if effective_on is not None:
        condition += " AND entry.effective_on <= %s"
        values.append(effective_on)
    if recorded_by is not None:
        condition += " AND entry.recorded_at <= %s"
        values.append(recorded_by)
    return condition, values

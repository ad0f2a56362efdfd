"""Aging of open items: who owes how much, for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.selectors.sums import as_of
from cleanclaim.values.accounts import BY_CODE

LIMITS_DAYS = (30, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One bucket's items of one age: from `from_days` to `to_days` (None = and older).

    `open` is what is owed, `credit` what is owed back (negative); they are never netted.
    """

    bucket: str
    from_days: int
    to_days: int | None
    open: Decimal
    credit: Decimal
    items: int


def aging(
    on: date,
    *,
    recorded_by: datetime | None = None,
    limits_days: Sequence[int] = LIMITS_DAYS,
) -> list[AgingRow]:
    """Items open on a day, as known at a moment, by bucket and age; empty bands are left out."""
    entries, entry_values = as_of(effective_on=on, recorded_by=recorded_by)
    moves, move_values = as_of(effective_on=on, recorded_by=recorded_by, table="move")
    sql = f"""
        WITH owed AS (
            SELECT leg.item_id, leg.account, sum(leg.amount) AS amount
              FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
             WHERE leg.account LIKE 'receivable:%%'{entries}
             GROUP BY leg.item_id, leg.account HAVING sum(leg.amount) <> 0
        ), aged AS (
            SELECT owed.account, owed.amount, width_bucket(
                (%s::date - coalesce(
                    (SELECT move.since FROM ledger_itembucket AS move
                      WHERE move.item_id = item.id
                        AND 'receivable:' || move.bucket = owed.account{moves}
                      ORDER BY move.effective_on DESC, move.id DESC LIMIT 1),
                    item.service_on))::int, %s::int[]) AS band
              FROM owed JOIN ledger_item AS item ON item.id = owed.item_id
        )
        SELECT account, band, sum(greatest(amount, 0)), sum(least(amount, 0)), count(*)
          FROM aged GROUP BY account, band ORDER BY account, band
    """
    firsts = [days + 1 for days in limits_days]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*entry_values, on, *move_values, firsts])
        found = cursor.fetchall()
    return [
        AgingRow(
            bucket=BY_CODE[account].bucket,
            from_days=[0, *firsts][band],
            to_days=limits_days[band] if band < len(limits_days) else None,
            open=owed,
            credit=credit,
            items=items,
        )
        for account, band, owed, credit, items in found
    ]

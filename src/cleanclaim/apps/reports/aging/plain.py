"""Aging straight from the legs, of all items or of some: what the blocks must give, too."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cleanclaim.apps.reports.aging.then import payers_then, sent_then
from cleanclaim.apps.reports.aging.view import (
    COLLECTOR_JOIN,
    OF_CLAIM,
    Cell,
    Groups,
    Measure,
    View,
)
from cleanclaim.values.accounts import BY_CODE, RECEIVABLE_BY_BUCKET

_SINCE = {
    Measure.BUCKET: "coalesce(moved.since, item.service_on)",
    Measure.SERVICE: "item.service_on",
    # The claim's own day is its last sending: where that is later, the one before it is in `sent`.
    Measure.SUBMITTED: """coalesce(CASE WHEN sent.claim_id IS NOT NULL THEN sent.submitted_on
                                        WHEN claim.submitted_on <= owed.day THEN claim.submitted_on END, item.service_on)""",
    Measure.POSTED: "coalesce(charged.accounting_on, item.service_on)",
}
_PAYER = "coalesce(payer_then.payer_name, claim.payer_name, '')"
_VALUES = {
    "bucket": "substr(owed.account, 12)",
    **OF_CLAIM,
    "payer": _PAYER,
    "entity": "owed.entity",
}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open item: `amount` is above zero where it is owed, below where it is owed back."""

    item_id: int
    claim_id: int
    line_number: int
    patient_id: int
    patient: str
    payer: str
    control_number: str
    procedure: str
    account: str
    service_on: date
    since: date
    age_days: int
    amount: Decimal

    @property
    def bucket(self) -> str:
        """Who is asked for it."""
        return BY_CODE[self.account].bucket


def groups(view: View, *, only: Collection[int] | None = None) -> Groups:
    """Open items by group and age: of all items, or of those named."""
    return groups_by_day(view, [view.on], only=only)[view.on]


def groups_by_day(
    view: View, days: Sequence[date], *, only: Collection[int] | None = None
) -> dict[date, Groups]:
    """What `groups` says as of each of several days, by one statement."""
    by_day: dict[date, Groups] = {day: {} for day in days}
    if only is not None and not only:
        return by_day
    keys = ", ".join(_VALUES[name] for name in view.by)
    places = ", ".join(str(n + 1) for n in range(len(view.by)))
    sql = f"""
        {_owed(view, len(days), only)}
        SELECT {keys}, owed.day, {_band(view)} AS band, (sum(greatest(owed.amount, 0)) * 100)::bigint,
               (sum(least(owed.amount, 0)) * 100)::bigint, count(*)
          FROM {_joined(view, only, with_payer="payer" in view.by)}
         GROUP BY {places}, owed.day, band
    """
    for *group, day, band, owed, credit, items in rows(sql, view, days=days, only=only):
        found = by_day[day]
        old = found.get(tuple(group), ([0] * (len(view.limits_days) + 1), 0, 0))
        old[0][band] += owed
        found[tuple(group)] = (old[0], old[1] + credit, old[2] + items)
    return by_day


def items(
    view: View, cell: Cell, *, only: Collection[int] | None, limit: int, after: int
) -> list[OpenItem]:
    """The items of one cell among all, or among those named; oldest number first."""
    asked: dict[str, Any] = {"after": after, "band": cell.band, "limit": limit, "only": only}
    where = [f"owed.amount {'<' if cell.credits else '>'} 0", "owed.item_id > %(after)s"]
    for name, value in cell.group.items():
        where.append(f"{_VALUES[name]} = %({name})s")
        asked[name] = value
    if cell.band is not None and not cell.credits:
        where.append(f"{_band(view)} = %(band)s")
    sql = f"""
        {_owed(view, 1, only)}
        SELECT owed.item_id, item.claim_id, item.line_number, item.patient_id,
               coalesce(claim.patient_name, ''), {_PAYER},
               coalesce(claim.control_number, ''), item.procedure, owed.account,
               item.service_on, {_SINCE[view.measure]}, {_age(view)}, owed.amount
          FROM {_joined(view, only, with_payer=True)}
         WHERE {" AND ".join(where)}
         ORDER BY owed.item_id, owed.account LIMIT %(limit)s
    """
    return [OpenItem(*row) for row in rows(sql, view, **asked)]


def rows(sql: str, view: View, *, days: Sequence[date] = (), **more: Any) -> list[Any]:
    """The answer to a question in which the view's own values stand by name; `days`: in place of its day."""
    only = more.pop("only", None)
    days = list(days) or [view.on]
    values = {
        "on": view.on,
        "days": days,
        "last": max(days),
        **{f"day_{n}": day for n, day in enumerate(days)},
        "known": view.known,
        "firsts": [days + 1 for days in view.limits_days],
        "accounts": [RECEIVABLE_BY_BUCKET[bucket].code for bucket in view.buckets],
        "only": None if only is None else list(only),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values | more)
        return cursor.fetchall()


def known(view: View, table: str) -> str:
    """The condition that a row was known at the view's moment."""
    return f"AND {table}.recorded_at <= %(known)s" if view.known else ""


def _age(view: View) -> str:
    return f"(owed.day - {_SINCE[view.measure]})::int"


def _band(view: View) -> str:
    return f"width_bucket({_age(view)}, %(firsts)s::int[])"


# By the claims of the items: legs have no index by item.
_OF_ITEMS = """AND leg.item_id = ANY(%(only)s::bigint[]) AND leg.claim_id <> 0 AND leg.claim_id = ANY(
                   ARRAY(SELECT claim_id FROM ledger_item WHERE id = ANY(%(only)s::bigint[])))"""


def _owed(view: View, days: int, only: Collection[int] | None) -> str:
    """`owed`: receivables that are not zero on each day, by item, account and, where asked for, entity."""
    entity = ", leg.entity" if "entity" in view.by else ""
    some = "" if only is None else _OF_ITEMS
    sums = ", ".join(
        f"sum(leg.amount) FILTER (WHERE entry.effective_on <= %(day_{n})s::date)"
        for n in range(days)
    )
    return f"""
        WITH summed AS (
            SELECT leg.item_id, leg.account{entity}, ARRAY[{sums}] AS amounts
              FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
             WHERE leg.account = ANY(%(accounts)s::text[]) AND entry.effective_on <= %(last)s
                   {known(view, "entry")} {some}
             GROUP BY leg.item_id, leg.account{entity}
        ), owed AS MATERIALIZED (
            SELECT summed.*, one.day, one.amount
              FROM summed CROSS JOIN LATERAL unnest(%(days)s::date[], summed.amounts) AS one (day, amount)
             WHERE one.amount <> 0
        )"""


def _joined(view: View, only: Collection[int] | None, *, with_payer: bool) -> str:
    """`owed` with all that the question needs to know of each item."""
    some = "" if only is None else "AND {}.item_id = ANY(%(only)s::bigint[])"
    text = "owed JOIN ledger_item AS item ON item.id = owed.item_id"
    text += " LEFT JOIN claims_claim AS claim ON claim.id = item.claim_id"
    if "collector" in view.by:
        text += COLLECTOR_JOIN
    if with_payer:
        text += f"""
          LEFT JOIN ({payers_then(is_known=view.known is not None)}) AS payer_then
            ON payer_then.claim_id = item.claim_id AND payer_then.day = owed.day
               AND 'receivable:' || payer_then.bucket = owed.account"""
    if view.measure is Measure.SUBMITTED:
        text += f"""
          LEFT JOIN ({sent_then(is_known=view.known is not None)}) AS sent
            ON sent.claim_id = item.claim_id AND sent.day = owed.day"""
    if view.measure is Measure.BUCKET:
        text += f"""
          LEFT JOIN (
            SELECT DISTINCT ON (asked.day, move.item_id, move.bucket) asked.day, move.item_id, move.bucket, move.since
              FROM ledger_itembucket AS move
              JOIN unnest(%(days)s::date[]) AS asked (day) ON move.effective_on <= asked.day
             WHERE true {known(view, "move")} {some.format("move")}
             ORDER BY asked.day, move.item_id, move.bucket, move.effective_on DESC, move.id DESC
          ) AS moved ON moved.item_id = item.id AND 'receivable:' || moved.bucket = owed.account
                    AND moved.day = owed.day"""
    if view.measure is Measure.POSTED:
        text += f"""
          LEFT JOIN (
            SELECT leg.item_id, min(leg.accounting_on) AS accounting_on
              FROM ledger_leg AS leg
             WHERE leg.account LIKE 'revenue:%%' AND leg.item_id <> 0 {some.format("leg")}
             GROUP BY leg.item_id
          ) AS charged ON charged.item_id = item.id"""
    return text

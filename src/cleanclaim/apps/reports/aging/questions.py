"""Aging of open items as of any (effective, known) pair, and how it ties to the general ledger.

Open items are receivable legs summed by item; nothing here reads a kept balance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from cleanclaim.apps.shared.ledger.selectors import account_balances
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import BY_CODE

LIMITS_DAYS = (30, 60, 90, 120)
ENTRIES_NAMED = 500


class Measure(StrEnum):
    """From which day an item's age is counted."""

    BUCKET = "bucket"  # since whoever is responsible now became so
    SERVICE = "service"
    SUBMITTED = "submitted"  # the service day where it was never sent
    POSTED = "posted"  # the accounting day of its charge


# By what rows are grouped: the name in addresses and commands, and the SQL of its value.
DIMENSIONS: Mapping[str, str] = {
    "bucket": "owed.account",
    "payer": "coalesce(claim.payer_name, '')",
    "provider": "coalesce(nullif(claim.billing_npi, ''), claim.billing_tin, '')",
    "entity": "owed.entity",
    "state": "coalesce(claim.state, '')",
}
_SINCE: Mapping[Measure, str] = {
    Measure.BUCKET: "coalesce(moved.since, item.service_on)",
    Measure.SERVICE: "item.service_on",
    Measure.SUBMITTED: "coalesce(claim.submitted_on, item.service_on)",
    Measure.POSTED: "coalesce(charged.accounting_on, item.service_on)",
}


@dataclass(frozen=True, slots=True)
class View:
    """What is asked: items open on a day, as known at a moment (None: now), grouped, with ages from a measure."""

    on: date
    known: datetime | None = None
    by: tuple[str, ...] = ("bucket",)
    measure: Measure = Measure.BUCKET
    limits_days: tuple[int, ...] = LIMITS_DAYS

    def __post_init__(self) -> None:
        unknown = [name for name in self.by if name not in DIMENSIONS]
        if unknown or not self.by:
            raise InputError(
                f"by {unknown[0] if unknown else ''!r}: expected one or more of {', '.join(DIMENSIONS)}"
            )


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One group: what is owed by age (youngest first), what is owed back (negative), and how many items.

    Credits are never netted against what others owe, nor shown by age.
    """

    group: tuple[str, ...]
    bands: tuple[Decimal, ...]
    credit: Decimal
    items: int

    @property
    def open(self) -> Decimal:
        """What is owed, credits apart."""
        return total(self.bands)


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


def aging(view: View) -> list[AgingRow]:
    """Open items by group and age; groups in the order of their names."""
    keys = ", ".join(DIMENSIONS[name] for name in view.by)
    places = ", ".join(str(n + 1) for n in range(len(view.by)))
    sql = f"""
        {_owed(view)}
        SELECT {keys}, {_band(view)} AS band,
               sum(greatest(owed.amount, 0)), sum(least(owed.amount, 0)), count(*)
          FROM {_joined(view)}
         GROUP BY {places}, band ORDER BY {places}, band
    """
    groups: dict[tuple[str, ...], _Sums] = {}
    for *group, band, owed, credit, items in _rows(sql, view):
        sums = groups.setdefault(tuple(group), _Sums([ZERO] * (len(view.limits_days) + 1)))
        sums.bands[band] += owed
        sums.credit += credit
        sums.items += items
    return [
        AgingRow(_named(view.by, group), tuple(sums.bands), sums.credit, sums.items)
        for group, sums in groups.items()
    ]


@dataclass(slots=True)
class _Sums:
    bands: list[Decimal]
    credit: Decimal = ZERO
    items: int = 0


def _named(by: Sequence[str], group: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        BY_CODE[value].bucket if name == "bucket" else value
        for name, value in zip(by, group, strict=True)
    )


def open_items(
    view: View,
    *,
    group: Mapping[str, str] | None = None,
    band: int | None = None,
    credits: bool = False,
    limit: int = 200,
    after: int = 0,
) -> list[OpenItem]:
    """The items of one cell, oldest number first.

    Args:
        group: value by dimension, as `AgingRow.group` says it.
        band: place of the age in `AgingRow.bands`; None: all ages.
        credits: those that are owed back, in place of those that are owed.
        after: item ids up to this one are left out.
    """
    asked: dict[str, Any] = {"after": after, "band": band, "limit": limit}
    where = [f"owed.amount {'<' if credits else '>'} 0", "owed.item_id > %(after)s"]
    for name, value in (group or {}).items():
        where.append(f"{DIMENSIONS[name]} = %({name})s")
        asked[name] = f"receivable:{value}" if name == "bucket" else value
    if band is not None and not credits:
        where.append(f"{_band(view)} = %(band)s")
    sql = f"""
        {_owed(view)}
        SELECT owed.item_id, item.claim_id, item.line_number, item.patient_id,
               coalesce(claim.patient_name, ''), coalesce(claim.payer_name, ''),
               coalesce(claim.control_number, ''), item.procedure, owed.account,
               item.service_on, {_SINCE[view.measure]}, {_age(view)}, owed.amount
          FROM {_joined(view)}
         WHERE {" AND ".join(where)}
         ORDER BY owed.item_id, owed.account LIMIT %(limit)s
    """
    return [OpenItem(*row) for row in _rows(sql, view, **asked)]


def _rows(sql: str, view: View, **more: Any) -> list[Any]:
    """The answer to a question in which the view's own values stand by name."""
    values = {
        "on": view.on,
        "known": view.known,
        "firsts": [days + 1 for days in view.limits_days],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values | more)
        return cursor.fetchall()


def _known(view: View, table: str) -> str:
    return f"AND {table}.recorded_at <= %(known)s" if view.known else ""


def _age(view: View) -> str:
    return f"(%(on)s::date - {_SINCE[view.measure]})::int"


def _band(view: View) -> str:
    return f"width_bucket({_age(view)}, %(firsts)s::int[])"


def _owed(view: View) -> str:
    """`owed`: receivables that are not zero, by item, account and, where asked for, entity."""
    entity = ", leg.entity" if "entity" in view.by else ""
    return f"""
        WITH owed AS MATERIALIZED (
            SELECT leg.item_id, leg.account{entity}, sum(leg.amount) AS amount
              FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
             WHERE leg.account LIKE 'receivable:%%' AND entry.effective_on <= %(on)s {_known(view, "entry")}
             GROUP BY leg.item_id, leg.account{entity} HAVING sum(leg.amount) <> 0
        )"""


def _joined(view: View) -> str:
    """`owed` with all that the question needs to know of each item."""
    text = "owed JOIN ledger_item AS item ON item.id = owed.item_id"
    text += " LEFT JOIN claims_claim AS claim ON claim.id = item.claim_id"
    if view.measure is Measure.BUCKET:
        text += f"""
          LEFT JOIN (
            SELECT DISTINCT ON (move.item_id, move.bucket) move.item_id, move.bucket, move.since
              FROM ledger_itembucket AS move WHERE move.effective_on <= %(on)s {_known(view, "move")}
             ORDER BY move.item_id, move.bucket, move.effective_on DESC, move.id DESC
          ) AS moved ON moved.item_id = item.id AND 'receivable:' || moved.bucket = owed.account"""
    if view.measure is Measure.POSTED:
        text += """
          LEFT JOIN (
            SELECT leg.item_id, min(leg.accounting_on) AS accounting_on
              FROM ledger_leg AS leg WHERE leg.account LIKE 'revenue:%%' GROUP BY leg.item_id
          ) AS charged ON charged.item_id = item.id"""
    return text


@dataclass(frozen=True, slots=True)
class BookedElsewhere:
    """An entry that aging and general ledger do not both count; `amount` is what aging has more by it."""

    entry_id: int
    kind: str
    effective_on: date
    accounting_on: date
    recorded_at: datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Tie:
    """Aging as of a day, known at a moment = the books' receivables of that day + the entries named.

    Attributes:
        entries: the first of those that only one of the two counts; `named` is the sum of all `count` of them.
    """

    aging: Decimal
    books: Decimal
    named: Decimal
    count: int
    entries: list[BookedElsewhere] = field(default_factory=list)

    @property
    def difference(self) -> Decimal:
        """0.00, or what nobody can explain."""
        return self.aging - self.books - self.named


def tie(view: View, rows: Sequence[AgingRow] | None = None) -> Tie:
    """Compare aging with the general ledger of the same day, as its books stand now."""
    rows = aging(view) if rows is None else rows
    books = account_balances(accounting_on=view.on)
    in_aging = f"(entry.effective_on <= %(on)s {_known(view, 'entry')})"
    sql = f"""
        WITH apart AS (
            SELECT entry.id, entry.kind, entry.effective_on, entry.accounting_on, entry.recorded_at,
                   sum(leg.amount) * CASE WHEN {in_aging} THEN 1 ELSE -1 END AS amount
              FROM ledger_entry AS entry JOIN ledger_leg AS leg ON leg.entry_id = entry.id
             WHERE {in_aging} <> (entry.accounting_on <= %(on)s) AND leg.account LIKE 'receivable:%%'
             GROUP BY entry.id HAVING sum(leg.amount) <> 0
        )
        SELECT *, sum(amount) OVER (), count(*) OVER () FROM apart ORDER BY id LIMIT {ENTRIES_NAMED}
    """
    found = _rows(sql, view)
    return Tie(
        aging=total(row.open + row.credit for row in rows),
        books=total(amount for code, amount in books.items() if BY_CODE[code].is_receivable),
        named=found[0][6] if found else ZERO,
        count=found[0][7] if found else 0,
        entries=[BookedElsewhere(*row[:6]) for row in found],
    )

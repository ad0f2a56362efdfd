"""What the parts of KPIs need, for several days at once: each source is read once, and only where a part asks for it."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate

from django.db import connection

from cleanclaim.apps.reports.kpis.postings import OUTCOME, posted_then
from cleanclaim.apps.shared.ledger.questions import OPENING, TAKEN_OVER
from cleanclaim.kernel.money import ZERO

COUNTS = ("lag", "posted", "auto", "claims", "answered", "denied")
# As `ledger.questions.moved` says it: a trial balance moves nothing in a period.
MOVED = "leg.reason <> %(taken_over)s AND (leg.claim_id <> 0 OR NOT leg.account = ANY(%(opening)s::text[]))"
_MOVED = f"""
    SELECT leg.account, leg.accounting_on, sum(leg.amount), coalesce(sum(leg.amount) FILTER (WHERE {MOVED}), 0)
      FROM ledger_leg AS leg {{known}}
     WHERE leg.account = ANY(%(accounts)s::text[]) AND leg.accounting_on <= %(last)s
           AND (%(first)s::date IS NULL OR leg.accounting_on >= %(first)s)
     GROUP BY 1, 2 ORDER BY 1, 2"""
_REMITTANCES = """
    SELECT asked.last,
           coalesce(sum(greatest(posted.posted_on - remittance.received_on, 0)) FILTER (WHERE is_first.first), 0),
           count(*) FILTER (WHERE is_first.first),
           count(*) FILTER (WHERE posted.is_auto AND became.outcome <> 'held' AND NOT EXISTS (
               SELECT FROM keying_batch AS batch WHERE batch.remittance_id = remittance.id)),
           count(place.id), count(place.id) FILTER (WHERE place.status_code <> '22' AND place.charge >= 0),
           count(*) FILTER (WHERE became.outcome = 'denied')
      FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS asked (first, last)
      JOIN ({posted}) AS posted ON posted.posted_on BETWEEN asked.first AND asked.last
      JOIN remittances_remittance AS remittance ON remittance.id = posted.id
      LEFT JOIN remittances_remittanceclaim AS place ON place.remittance_id = posted.id
      CROSS JOIN LATERAL (SELECT {outcome}) AS became (outcome)
      CROSS JOIN LATERAL (SELECT coalesce(place.position, 1) = 1) AS is_first (first)
     GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class _Moved:
    """One account's accounting days, and its sums up to each of them: of all legs, and without what was taken over."""

    days: list[date]
    balances: list[Decimal]  # one more than days: the first is zero
    movements: list[Decimal]


class AccountDays:
    """Sums of accounts' legs over any span of accounting days within those that were read; debits positive."""

    def __init__(
        self, accounts: Sequence[str], *, first: date | None, last: date, known: datetime | None
    ) -> None:
        rows: dict[str, list[tuple[date, Decimal, Decimal]]] = {}
        join = "JOIN ledger_entry AS entry ON entry.id = leg.entry_id AND entry.recorded_at <= %(known)s"  # fmt: skip
        values = {
            "accounts": list(accounts),
            "first": first,
            "last": last,
            "known": known,
            "taken_over": TAKEN_OVER,
            "opening": list(OPENING),
        }
        with connection.cursor() as cursor:
            cursor.execute(_MOVED.format(known=join if known else ""), values)
            for account, *row in cursor.fetchall():
                rows.setdefault(account, []).append(tuple(row))
        self._moved = {
            account: _Moved(
                [day for day, _, _ in found],
                list(accumulate((amount for _, amount, _ in found), initial=ZERO)),
                list(accumulate((amount for _, _, amount in found), initial=ZERO)),
            )
            for account, found in rows.items()
        }

    def first_day(self, accounts: Sequence[str]) -> date | None:
        """The first of the days read on which one of the accounts has a leg."""
        days = (self._moved[one].days[0] for one in accounts if one in self._moved)
        return min(days, default=None)

    def sums(self, *, first: date | None, last: date) -> dict[str, Decimal]:
        """{account: its balance on the last day} or, from a first day on, what it moved; accounts without legs left out.

        What a former system's trial balance brought stands in balances, and never moved in a period.
        """
        found = {}
        for account, moved in self._moved.items():
            end = bisect_right(moved.days, last)
            start = 0 if first is None else bisect_left(moved.days, first)
            if start < end:
                sums = moved.balances if first is None else moved.movements
                found[account] = sums[end] - sums[start]
        return found


def remittance_counts(
    spans: Sequence[tuple[date, date]], *, known: datetime | None
) -> dict[date, Mapping[str, int]]:
    """{last day of a span: counts of the payments posted in it, by `COUNTS`}."""
    values = {
        "firsts": [first for first, _ in spans],
        "lasts": [last for _, last in spans],
        "known": known,
    }
    found: dict[date, Mapping[str, int]] = {last: dict.fromkeys(COUNTS, 0) for _, last in spans}
    with connection.cursor() as cursor:
        cursor.execute(_REMITTANCES.format(posted=posted_then(known), outcome=OUTCOME), values)
        for last, *counts in cursor.fetchall():
            found[last] = dict(zip(COUNTS, map(int, counts), strict=True))
    return found

"""How a KPI came to where it is: its value month by month, and which payers make the DSO."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from cleanclaim.apps.reports.aging.then import payers_then
from cleanclaim.apps.reports.kpis.definitions import RECEIVABLE, REVENUE, Span
from cleanclaim.apps.reports.kpis.questions import TENTH, Asked, Found, kpis_by_day
from cleanclaim.kernel.money import ZERO, total

MONTHS = 12


def trend(asked: Asked, name: str) -> list[Found]:
    """A KPI at the end of each month before the day and on the day, oldest first; all as known at the moment asked."""
    days = [asked.on]
    while len(days) < MONTHS:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return [found for month in kpis_by_day(asked, days[::-1], [name]).values() for found in month]


@dataclass(frozen=True, slots=True)
class Driver:
    """What one payer's debts add to the DSO of a period, and added to that of the period before."""

    payer: str  # empty: legs of no claim
    receivable: Decimal
    charges: Decimal
    own: Decimal | None  # the DSO of its claims alone
    days: Decimal | None  # of the whole DSO; those of all payers add up to it
    days_before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """By how many days it moved the DSO."""
        if self.days is None or self.days_before is None:
            return None
        return self.days - self.days_before


def dso_drivers(asked: Asked) -> list[Driver]:
    """Payers by what they add to the DSO, most first; days to a tenth."""
    now, before = _by_payer(asked), _by_payer(replace(asked, on=asked.last(Span.START)))
    charges, charges_before = (total(one for _, one in each.values()) for each in (now, before))
    found = []
    for payer in sorted({*now, *before}):
        receivable, own_charges = now.get(payer, (ZERO, ZERO))
        old = before.get(payer, (ZERO, ZERO))[0]
        found.append(
            Driver(
                payer,
                receivable,
                own_charges,
                _days(receivable, own_charges, asked.days),
                _days(receivable, charges, asked.days),
                _days(old, charges_before, asked.days),
            )
        )
    return sorted(found, key=lambda one: -one.receivable)


def _days(receivable: Decimal, charges: Decimal, days: int) -> Decimal | None:
    if charges <= 0:
        return None
    return (receivable * days / charges).quantize(TENTH, ROUND_HALF_UP)


def _by_payer(asked: Asked) -> Mapping[str, tuple[Decimal, Decimal]]:
    """{payer on the day: (receivable, charges of the period)}, from the legs that the DSO sums.

    A receivable is its bucket's payer's, as the aging says; charges go with the payer whose turn it was.
    """
    known = (
        "JOIN ledger_entry AS entry ON entry.id = leg.entry_id AND entry.recorded_at <= %(known)s"
    )
    sql = f"""
        WITH by_claim AS (
            SELECT leg.claim_id, CASE WHEN leg.account LIKE 'receivable:%%' THEN substr(leg.account, 12) ELSE 'patient' END AS bucket,
                   sum(leg.amount) FILTER (WHERE leg.account = ANY(%(receivable)s::text[])) AS receivable,
                   -sum(leg.amount) FILTER (
                       WHERE leg.account = ANY(%(revenue)s::text[]) AND leg.accounting_on >= %(first)s) AS charges
              FROM ledger_leg AS leg {known if asked.known else ""}
             WHERE leg.accounting_on <= %(on)s AND leg.account = ANY(%(receivable)s::text[] || %(revenue)s::text[])
             GROUP BY 1, 2
        )
        SELECT coalesce(payer_then.payer_name, claim.payer_name, ''), coalesce(sum(by_claim.receivable), 0),
               coalesce(sum(by_claim.charges), 0)
          FROM by_claim LEFT JOIN claims_claim AS claim ON claim.id = by_claim.claim_id
          LEFT JOIN ({payers_then(is_known=asked.known is not None)}) AS payer_then
            ON payer_then.claim_id = by_claim.claim_id AND payer_then.bucket = by_claim.bucket
         GROUP BY 1 HAVING coalesce(sum(by_claim.receivable), 0) <> 0 OR coalesce(sum(by_claim.charges), 0) <> 0
    """
    values = {
        "receivable": list(RECEIVABLE),
        "revenue": list(REVENUE),
        "first": asked.first(Span.PERIOD),
        "on": asked.on,
        "days": [asked.on],
        "known": asked.known,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {payer: (receivable, charges) for payer, receivable, charges in cursor.fetchall()}

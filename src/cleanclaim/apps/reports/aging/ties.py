"""How aging ties to the general ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from cleanclaim.apps.reports.aging.plain import known, rows
from cleanclaim.apps.reports.aging.view import AgingRow, View
from cleanclaim.apps.shared.ledger.selectors import account_balances
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import BY_CODE

ENTRIES_NAMED = 500


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


def tie(view: View, aged: Sequence[AgingRow]) -> Tie:
    """Compare an aging with the general ledger of the same day, as its books stand now."""
    books = account_balances(accounting_on=view.on)
    in_aging = f"(entry.effective_on <= %(on)s {known(view, 'entry')})"
    sql = f"""
        WITH apart AS (
            SELECT entry.id, entry.kind, entry.effective_on, entry.accounting_on, entry.recorded_at,
                   sum(leg.amount) * CASE WHEN {in_aging} THEN 1 ELSE -1 END AS amount
              FROM ledger_entry AS entry JOIN ledger_leg AS leg ON leg.entry_id = entry.id
             WHERE {in_aging} <> (entry.accounting_on <= %(on)s) AND leg.account = ANY(%(accounts)s::text[])
             GROUP BY entry.id HAVING sum(leg.amount) <> 0
        )
        SELECT *, sum(amount) OVER (), count(*) OVER () FROM apart ORDER BY id LIMIT {ENTRIES_NAMED}
    """
    found = rows(sql, view)
    return Tie(
        aging=total(row.open + row.credit for row in aged),
        books=total(
            amount for code, amount in books.items() if BY_CODE[code].bucket in view.buckets
        ),
        named=found[0][6] if found else ZERO,
        count=found[0][7] if found else 0,
        entries=[BookedElsewhere(*row[:6]) for row in found],
    )

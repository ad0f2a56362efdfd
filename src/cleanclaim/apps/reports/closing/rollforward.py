"""Roll-forward: how an account came from its balance before some days to the one after, by what moved it.

Days are accounting days, so that both ends are the trial balance's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.selectors import account_balances
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import ACCOUNTS

GROUPS = {
    "receivable": "Receivables",
    "asset": "Cash and other assets",
    "liability": "Liabilities",
    "revenue": "Revenue",
    "contra": "Reductions of revenue",
    "all": "All accounts",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One kind of entry: what it did to each account in these days, in the order of the roll-forward's accounts."""

    kind: str
    entries: int
    amounts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class RollForward:
    """Opening + movements = closing, account by account; `difference` is what the trial balance disagrees by."""

    since: date
    until: date
    accounts: tuple[str, ...]
    opening: tuple[Decimal, ...]
    movements: tuple[Movement, ...]
    closing: tuple[Decimal, ...]

    @property
    def difference(self) -> Decimal:
        """0.00: each account's opening and movements less its closing, each counted as positive."""
        moved = [total(one.amounts[place] for one in self.movements) for place in self._places]
        return total(abs(self.opening[k] + moved[k] - self.closing[k]) for k in self._places)

    @property
    def _places(self) -> range:
        return range(len(self.accounts))


def roll_forward(since: date, until: date, *, group: str = "receivable") -> RollForward:
    """The roll-forward of the accounts of a group (a key of `GROUPS`) over these accounting days.

    Raises:
        InputError: no such group, or the days are the wrong way round.
    """
    if group not in GROUPS:
        raise InputError(f"accounts {group[:20]!r}: expected one of {', '.join(GROUPS)}")
    if since > until:
        raise InputError(f"{since} to {until}: expected the first day on or before the last")
    checked_day(since, "from")
    checked_day(until, "to")
    before = account_balances(accounting_on=since - timedelta(days=1))
    after = account_balances(accounting_on=until)
    moved = _moved(since, until)
    touched = before.keys() | after.keys() | {account for account, _ in moved}
    chosen = [
        account.code
        for account in ACCOUNTS
        if account.code in touched and (group == "all" or account.code.startswith(f"{group}:"))
    ]
    return RollForward(
        since,
        until,
        tuple(chosen),
        tuple(before.get(code, ZERO) for code in chosen),
        tuple(_movements(moved, chosen)),
        tuple(after.get(code, ZERO) for code in chosen),
    )


def _moved(since: date, until: date) -> dict[tuple[str, str], tuple[Decimal, int]]:
    """{(account, kind of entry): (sum, entries)}."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT moved.account, CASE WHEN entry.reverses_id IS NULL THEN entry.kind "
            "ELSE 'reversal of ' || first.kind END, sum(moved.amount), count(*) "
            "FROM (SELECT entry_id, account, sum(amount) AS amount FROM ledger_leg "
            "WHERE accounting_on BETWEEN %s::date AND %s::date GROUP BY entry_id, account) AS moved "
            "JOIN ledger_entry AS entry ON entry.id = moved.entry_id "
            "LEFT JOIN ledger_entry AS first ON first.id = entry.reverses_id GROUP BY 1, 2",
            [since, until],
        )
        return {(account, kind): (amount, count) for account, kind, amount, count in cursor}


def _movements(
    moved: dict[tuple[str, str], tuple[Decimal, int]], accounts: Sequence[str]
) -> list[Movement]:
    kinds = sorted({kind for account, kind in moved if account in set(accounts)})
    return [
        Movement(
            kind,
            max(moved.get((account, kind), (ZERO, 0))[1] for account in accounts),
            tuple(moved.get((account, kind), (ZERO, 0))[0] for account in accounts),
        )
        for kind in kinds
    ]

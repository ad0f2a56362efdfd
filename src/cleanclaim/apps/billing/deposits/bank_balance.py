"""The bank's own balance beside the ledger's: what the statements say stood there at the end of a day, and why the books differ.

bank at the end of a day    the closing balance of each account's last statement, with its lines since
books                       the ledger's bank account of that accounting day
difference                  lines that the books do not have by then, entries that no line shows by then, what stood at the
                            bank before the first line that was brought here (what came on days without a statement is in
                            it), and lines of accounts whose statements say no balance
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cleanclaim.apps.billing.deposits.models import BankStatement
from cleanclaim.apps.shared.ledger.questions import kind_words
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.reconciliation import is_one_account
from cleanclaim.values.accounts import BANK

# Which bank line an entry is of: its arrival, what explains it, what was placed of it, each with its reversal. A line keeps the
# entry that explained it first: that is of it only as long as it stands.
_TIED = """
    SELECT entry_id, min(line_id) AS line_id FROM (
        SELECT entry_id, id AS line_id FROM deposits_bankline AS line
         WHERE NOT EXISTS (SELECT FROM deposits_explanation AS said WHERE said.line_id = line.id AND said.entry_id = line.entry_id)
        UNION ALL SELECT entry_id, line_id FROM deposits_explanation WHERE stands
        UNION ALL SELECT entry_id, line_id FROM deposits_deposit WHERE line_id IS NOT NULL
    ) AS one WHERE entry_id <> 0 GROUP BY 1"""
_STATEMENTS = """
    WITH name AS (
        SELECT * FROM unnest(%(told)s::text[], %(names)s::text[]) AS one (told, account)
    ), statement AS (
        SELECT one.id, name.account, one.booked_on, one.closing
          FROM deposits_bankstatement AS one JOIN name ON name.told = one.account
    )
    SELECT last.account, last.booked_on,
           last.closing + coalesce(sum(line.amount) FILTER (WHERE line.booked_on > last.booked_on), 0),
           last.closing - coalesce(sum(line.amount) FILTER (WHERE line.booked_on <= last.booked_on), 0)
      FROM (
        SELECT DISTINCT ON (account) account, booked_on, closing FROM statement
         WHERE closing IS NOT NULL AND booked_on <= %(day)s ORDER BY account, booked_on DESC, id DESC
      ) AS last
      LEFT JOIN (
        deposits_bankline AS line JOIN statement ON statement.id = line.statement_id
      ) ON statement.account = last.account AND line.booked_on <= %(day)s
     GROUP BY last.account, last.booked_on, last.closing ORDER BY 1"""
_APART = f"""
    WITH leg AS (
        SELECT leg.entry_id, coalesce(entry.reverses_id, entry.id) AS of_entry, sum(leg.amount) AS amount
          FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
         WHERE leg.account = %(bank)s AND leg.accounting_on <= %(day)s GROUP BY 1, 2
    ), tied AS ({_TIED}), booked AS (
        SELECT tied.line_id, sum(leg.amount) AS amount FROM leg JOIN tied ON tied.entry_id = leg.of_entry GROUP BY 1
    )
    SELECT 'line', line.id, line.booked_on, line.text,
           CASE WHEN line.booked_on <= %(day)s THEN line.amount ELSE 0 END - coalesce(booked.amount, 0) AS apart
      FROM deposits_bankline AS line LEFT JOIN booked ON booked.line_id = line.id
     WHERE CASE WHEN line.booked_on <= %(day)s THEN line.amount ELSE 0 END <> coalesce(booked.amount, 0)
    UNION ALL
    SELECT 'entry', min(entry.id), min(entry.accounting_on), min(entry.kind), -sum(leg.amount)
      FROM leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
     WHERE NOT EXISTS (SELECT FROM tied WHERE tied.entry_id = leg.of_entry)
     GROUP BY leg.of_entry HAVING sum(leg.amount) <> 0
     ORDER BY 3, 1, 2"""


@dataclass(frozen=True, slots=True)
class Apart:
    """What only the bank has (above zero: it has more), or only the books."""

    record: str  # line, entry
    pk: int
    on: date
    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BankBalance:
    """The bank's balance at the end of a day and the ledger's; `apart`, `before` and `elsewhere` say why they differ, all of it.

    Attributes:
        accounts: (account, day of its last statement, its balance at the end of the day).
        before: what stood there before the first line, or came on days without a statement.
    """

    accounts: tuple[tuple[str, date, Decimal], ...]
    before: Decimal
    books: Decimal
    apart: tuple[Apart, ...]

    @property
    def bank(self) -> Decimal:
        """What the bank says."""
        return total(amount for *_, amount in self.accounts)

    @property
    def difference(self) -> Decimal:
        """What the bank has more than the books."""
        return self.bank - self.books

    @property
    def elsewhere(self) -> Decimal:
        """Of the difference: what moved on accounts whose statements say no balance, so that the bank's leaves it out."""
        return self.difference - self.before - total(one.amount for one in self.apart)

    def as_answer(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "accounts": [
                {"account": account, "statement_of": on.isoformat(), "balance": f"{amount:.2f}"}
                for account, on, amount in self.accounts
            ],
            "bank": f"{self.bank:.2f}",
            "books": f"{self.books:.2f}",
            "difference": f"{self.difference:.2f}",
            "before": f"{self.before:.2f}",
            "elsewhere": f"{self.elsewhere:.2f}",
            "apart": [
                {"record": one.record, "id": one.pk, "on": one.on.isoformat(), "words": one.words, "amount": f"{one.amount:.2f}"}
                for one in self.apart
            ],
        }  # fmt: skip


def _names() -> dict[str, str]:
    """One name for each account, however the bank's files write it: the longest; as it is where it may be of two."""
    told = sorted(
        BankStatement.objects.values_list("account", flat=True).distinct(),
        key=lambda account: (-len(account), account),
    )
    found: dict[str, str] = {}
    for account in told:
        same = {found[one] for one in found if one and account and is_one_account(one, account)}
        found[account] = same.pop() if len(same) == 1 else account
    return found


def bank_balance(day: date) -> BankBalance | None:
    """The bank's balance beside the books at the end of a day; None where no statement by then says its balance."""
    names = _names()
    values: dict[str, Any] = {
        "day": day, "bank": BANK.code, "told": list(names), "names": list(names.values())
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS, values)
        statements = cursor.fetchall()
        if not statements:
            return None
        cursor.execute(
            "SELECT coalesce(sum(amount), 0) FROM ledger_leg WHERE account = %(bank)s AND accounting_on <= %(day)s",
            values,
        )
        books = cursor.fetchone()[0]
        cursor.execute(_APART, values)
        apart = tuple(
            Apart(record, pk, on, words if record == "line" else kind_words(words), amount)
            for record, pk, on, words, amount in cursor.fetchall()
        )
    return BankBalance(
        tuple((account, on, amount) for account, on, amount, _ in statements),
        total(before for *_, before in statements) or ZERO,
        books,
        apart,
    )

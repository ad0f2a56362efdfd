"""Cash that waits: unidentified and unapplied, from the ledger's own legs, with owner and age."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.billing.deposits.models import BankLine, CashOwner
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.money import total
from cleanclaim.values.accounts import UNAPPLIED_CASH, UNIDENTIFIED_CASH

WAITING = (UNIDENTIFIED_CASH.code, UNAPPLIED_CASH.code)

# What stands on these accounts at the end of a day, by trace, and the first day of it.
_STANDING = """
SELECT account, trace, entity, max(payer_id), -sum(amount), min(accounting_on)
  FROM ledger_leg WHERE account = ANY(%s::text[]) AND accounting_on <= %s::date
 GROUP BY account, trace, entity HAVING sum(amount) <> 0
 ORDER BY min(accounting_on), account, trace, entity
"""


@dataclass(frozen=True, slots=True)
class CashKey:
    """An account, a trace on it, and whose books."""

    account: str
    trace: str
    entity: str = ""

    def __str__(self) -> str:
        return "|".join((self.account, self.entity, self.trace))

    @classmethod
    def of(cls, text: str) -> "CashKey":
        """From its text, as a page sends it."""
        account, _, rest = text.partition("|")
        entity, _, trace = rest.partition("|")
        return cls(account, trace, entity)


@dataclass(frozen=True, slots=True)
class Cash:
    """Cash under one trace: the payer's name or the bank's words, since when, whose work it is."""

    key: CashKey
    words: str
    amount: Decimal
    since: date
    age_days: int
    owner: int | None
    owner_name: str

    @property
    def line_id(self) -> int:
        """The bank line that brought it; 0 where it is no bank line's."""
        kind, _, number = self.key.trace.partition(" ")
        is_line = self.key.account == UNIDENTIFIED_CASH.code and kind == "bank"
        return int(number) if is_line and number.isdigit() else 0


def waiting_cash(*, on: date) -> list[Cash]:
    """All of it at the end of a day, oldest first; it adds up to the two accounts."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(WAITING), on])
        rows = cursor.fetchall()
    owners = {
        CashKey(row.account, row.trace, row.entity): row.owner for row in CashOwner.objects.all()
    }
    names = names_of(owners.values())
    payers = dict(
        Payer.objects.filter(pk__in={row[3] for row in rows if row[3]}).values_list("pk", "name")
    )
    found = [
        Cash(
            key, payers.get(payer_id, ""), amount, since, (on - since).days,
            owners.get(key), names.get(owners.get(key) or 0, ""),
        )
        for account, trace, entity, payer_id, amount, since in rows
        for key in [CashKey(account, trace, entity)]
    ]  # fmt: skip
    said = dict(
        BankLine.objects.filter(pk__in=[one.line_id for one in found]).values_list("pk", "text")
    )
    return [replace(one, words=said.get(one.line_id, one.words)) for one in found]


def cash_total(rows: list[Cash], account: str) -> Decimal:
    """What stands on one of the accounts."""
    return total(row.amount for row in rows if row.key.account == account)

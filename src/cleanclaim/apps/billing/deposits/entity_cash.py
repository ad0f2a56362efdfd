"""Cash of each legal entity: what stands on the accounts of money, beside the rest of its books, which together are nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import (
    BANK,
    CARD_CLEARING,
    DEPOSITS_IN_TRANSIT,
    DUE_FROM_ENTITY,
    DUE_TO_ENTITY,
    PATIENT_PREPAYMENT,
    REMIT_CLEARING,
    UNAPPLIED_CASH,
    UNIDENTIFIED_CASH,
)

CASH_ACCOUNTS = (
    BANK, DEPOSITS_IN_TRANSIT, CARD_CLEARING, REMIT_CLEARING, UNIDENTIFIED_CASH, UNAPPLIED_CASH, PATIENT_PREPAYMENT,
    DUE_FROM_ENTITY, DUE_TO_ENTITY,
)  # fmt: skip
ALL, OWN = "", ":own"  # how an address asks for every entity, and for the organization itself
_BOOKS = """
SELECT entity, account, sum(amount) FROM ledger_leg WHERE accounting_on <= %s::date
 GROUP BY entity, account HAVING sum(amount) <> 0 ORDER BY entity, account
"""
Books = Mapping[
    str, Mapping[str, Decimal]
]  # {entity: {account: dollars}}; "" is the organization itself


@dataclass(frozen=True, slots=True)
class EntityLine:
    """One account of an entity; `account` is empty for all that is no cash."""

    entity: str
    account: str
    name: str
    amount: Decimal


def books_by_entity(*, on: date) -> Books:
    """The trial balance of each entity at the end of a day; the organization's own always, others where they have any."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, [on])
        rows = cursor.fetchall()
    found: dict[str, dict[str, Decimal]] = {"": {}}
    for entity, account, amount in rows:
        found.setdefault(entity, {})[account] = amount
    return found


def entity_of(asked: str) -> str | None:
    """The entity that an address asks for; None: all of them."""
    if asked == ALL:
        return None
    return "" if asked == OWN else asked


def cash_lines(books: Books, *, entity: str | None) -> list[EntityLine]:
    """Each account of money that an entity has anything on, then the rest of its trial balance: together 0.00."""
    lines = []
    for one, amounts in books.items():
        if entity not in (None, one):
            continue
        cash = {account.code for account in CASH_ACCOUNTS}
        lines += [
            EntityLine(one, account.code, account.name, amounts[account.code])
            for account in CASH_ACCOUNTS
            if account.code in amounts
        ]
        rest = total(amount for account, amount in amounts.items() if account not in cash)
        lines.append(EntityLine(one, "", "All other accounts", rest))
    return lines


def balances_of(books: Books, *, entity: str | None) -> dict[str, Decimal]:
    """{account: dollars} of one entity, or of all."""
    chosen: Iterable[Mapping[str, Decimal]] = (
        books.values() if entity is None else [books.get(entity, {})]
    )
    found: dict[str, Decimal] = {}
    for amounts in chosen:
        for account, amount in amounts.items():
            found[account] = found.get(account, ZERO) + amount
    return found

"""Where the money of a true-up stands, and how much of it there is: cash under a trace, fees kept back, what is owed back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.services.locks import lock_credits
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import BY_CODE, PAYER_FEES, TAKEBACK_PAYABLE, UNAPPLIED_CASH

MONEY_ACCOUNTS = (UNAPPLIED_CASH, PAYER_FEES, TAKEBACK_PAYABLE)
# Cash is told apart by its trace and whose books it is in; a payer's fees and what it is owed are one sum a payer.
_CASH = """
SELECT leg.trace, leg.entity, max(leg.payer_id), -sum(leg.amount) FROM ledger_leg AS leg
 WHERE leg.account = %s AND leg.trace <> '' AND leg.accounting_on <= %s::date
 GROUP BY leg.trace, leg.entity HAVING sum(leg.amount) < 0 AND max(leg.payer_id) IN (0, %s::bigint)
 ORDER BY min(leg.accounting_on), leg.trace, leg.entity
"""
_OF_PAYER = """
SELECT -coalesce(sum(leg.amount), 0) FROM ledger_leg AS leg
 WHERE leg.account = %s AND leg.payer_id = %s::bigint AND leg.accounting_on <= %s::date
"""
_LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Money:
    """What stands for a payer on one account under one trace; above zero it is ours to use, below zero it was kept back."""

    account: str
    trace: str
    amount: Decimal
    payer_id: int
    entity: str = ""

    @property
    def words(self) -> str:
        """`Unapplied cash, 778120045: 2.08`."""
        name = BY_CODE[self.account].name
        return f"{name}, {self.trace}: {show(self.amount)}" if self.trace else f"{name}: {show(self.amount)}"  # fmt: skip


def standing(payer_id: int, *, on: date = _LAST_DAY) -> list[Money]:
    """What a settlement with the payer may use, as booked by a day: cash of it or of nobody yet by trace, fees, what is owed back."""
    with connection.cursor() as cursor:
        cursor.execute(_CASH, [UNAPPLIED_CASH.code, on, payer_id])
        found = [
            Money(UNAPPLIED_CASH.code, trace, amount, whose, entity)
            for trace, entity, whose, amount in cursor.fetchall()
        ]
    return [*found, *(_of_payer(one.code, payer_id, on) for one in (TAKEBACK_PAYABLE, PAYER_FEES))]


def _of_payer(account: str, payer_id: int, on: date) -> Money:
    with connection.cursor() as cursor:
        cursor.execute(_OF_PAYER, [account, payer_id, on])
        (amount,) = cursor.fetchone()
    return Money(account, "", amount, payer_id)


def check_place(account: str, trace: str, amount: Decimal) -> None:
    """Whether money of this sign can stand there.

    Raises:
        InputError: it cannot; the message says where it can.
    """
    if account not in {one.code for one in MONEY_ACCOUNTS}:
        raise InputError(f"account {account[:60]!r}: expected where the money of it stands")
    is_cash = account == UNAPPLIED_CASH.code
    if is_cash and amount < 0:
        raise InputError(
            "unapplied cash: what we owe the payer does not stand there",
            hint="Name what is owed back to payers, or the fees that it kept back.",
        )
    if is_cash and not trace:
        raise InputError("trace: empty, expected the one under which the cash waits")
    if trace and not is_cash:
        raise InputError(f"trace {trace[:40]!r}: only unapplied cash is told apart by its trace")


def take(account: str, trace: str, amount: Decimal, *, payer_id: int, on: date) -> Money:
    """Keep others off the money, and make sure that it is there; returns it as it stands.

    What we owe the payer may come before the payer takes it (as a PLB) or after: that needs nothing to stand there.

    Raises:
        StateError: less than `amount` stands there, now or by the day.
    """
    lock_money(account, trace, payer_id=payer_id)
    owed = account == TAKEBACK_PAYABLE.code and amount < 0
    now = _at(account, trace, amount, payer_id, _LAST_DAY)
    then = _at(account, trace, amount, payer_id, on)
    left = min(now.amount, then.amount) if amount > 0 else max(now.amount, then.amount)
    there = left >= amount if amount > 0 else left <= amount
    if not there and not owed:
        name = f"{BY_CODE[account].name}{f', {trace}' if trace else ''}"
        raise StateError(
            f"{show(abs(amount))} of {name}: {show(max(left, ZERO) if amount > 0 else max(-left, ZERO))}"
            f" stands there on {on}",
            hint="It was used or has not come. Look at the account.",
        )
    return now


def lock_money(account: str, trace: str, *, payer_id: int) -> None:
    """Wait for whoever works on this money, as refunds and held payments lock it."""
    whose = {payer_id}
    if trace:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(payer_id) FROM ledger_leg WHERE account = %s AND trace = %s",
                [account, trace],
            )
            whose.add(cursor.fetchone()[0] or 0)
    lock_credits(account, whose, trace=trace)


def _at(account: str, trace: str, amount: Decimal, payer_id: int, on: date) -> Money:
    if not trace:
        return _of_payer(account, payer_id, on)
    found = [
        one for one in standing(payer_id, on=on) if (one.account, one.trace) == (account, trace)
    ]
    return max(found, key=lambda one: one.amount, default=Money(account, trace, ZERO, payer_id))

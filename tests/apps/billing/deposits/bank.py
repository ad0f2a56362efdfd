"""Bank statements of the tests, as bytes."""

from collections.abc import Sequence
from datetime import date

from tests.apps.billing.world import PAID_ON

PAYER_TRACE_ID = "1330000002"


def eft(trace: str, amount: str = "80.00", on: date = PAID_ON) -> tuple[date, str, str]:
    """An ACH credit with its reassociation addenda."""
    return on, amount, f"HCCLAIMPMT TRN*1*{trace}*{PAYER_TRACE_ID}~"


def statement(*lines: tuple[date, str, str]) -> bytes:
    """(day, amount, words) each, as a CSV statement."""
    rows = [f"{on},{amount},{text}" for on, amount, text in lines]
    return ("Date,Amount,Description\n" + "\n".join(rows) + "\n").encode()


def bring(*lines: tuple[date, str, str], name: str = "bank.csv", on: date = PAID_ON):
    """Take a statement with these lines in."""
    from cleanclaim.apps.billing.deposits.services import receive_statement

    return receive_statement(statement(*lines), name=name, received_on=on)


def lines_of(ids: Sequence[int]):
    from cleanclaim.apps.billing.deposits.models import BankLine

    return list(BankLine.objects.filter(pk__in=ids).order_by("position"))


def balances() -> dict[str, str]:
    """What each account has, as text."""
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    return {account: f"{amount:.2f}" for account, amount in account_balances().items()}

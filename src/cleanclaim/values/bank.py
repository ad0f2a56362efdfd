"""What a bank says of an account: statements with their lines, whatever file they came in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement on an account.

    Attributes:
        amount: in the account's currency; above zero came in, below zero went out.
        booked_on: the bank's day; `value_on` the day from which it counts, where told.
        code: the bank's own kind of movement, such as BAI2's 142 (ACH credit).
        trace_number, payer_trace_id: TRN02 and TRN03 of the remittance that it pays, where the bank passes them on.
        references: other numbers that it carries (bank's, customer's, check), as sent.
        text: all that was said in words.
        place: its place in the file, such as `line 12`.
    """

    amount: Decimal
    booked_on: date
    value_on: date | None = None
    code: str = ""
    trace_number: str = ""
    payer_trace_id: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """Movements of one account, and its balances where told."""

    account: str
    currency: str
    booked_on: date
    lines: tuple[BankLine, ...]
    opening: Decimal | None = None
    closing: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BankProblem:
    """What is wrong in a bank's file, where, and what was expected."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file of a bank. With problems nothing of it may be booked: a total that does not agree says that something is missing."""

    form: str
    statements: tuple[BankStatement, ...]
    problems: tuple[BankProblem, ...] = ()

"""Bytes of payment files: a check register, an ACH file (Nacha), a card file, a positive-pay list. Pure.

ACH: one batch per kind of owner, PPD to people and CCD to companies, credits only (service class 220), records
of 94 characters, filled with nines to blocks of ten. The entry hash is the sum of the receiving banks' first
eight digits, its last ten digits. The effective entry date is the first day on which banks settle. A second file of
a day bears the next file id modifier, or the bank takes it for the first one sent again.
"""

import csv
import io
import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cleanclaim.kernel.dates import is_business_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show, total

WIDTH = 94
BLOCK = 10
MOST = Decimal("99999999.99")  # of one entry: ten digits of cents
MOST_IN_ALL = Decimal("9999999999.99")  # twelve
FILE_IDS = string.ascii_uppercase + string.digits
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,16}")


@dataclass(frozen=True, slots=True)
class Bank:
    """Our bank account and how the bank knows us: `company_id` is its ten characters, often 1 and the tax number."""

    routing: str
    account: str
    company_id: str
    name: str
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """One refund as the bank reads it. `routing` and `account` are the owner's, or the card receipt's number."""

    number: str
    name: str
    amount: Decimal
    is_company: bool
    lines: tuple[str, ...] = ()
    routing: str = ""
    account: str = ""
    is_savings: bool = False


def check_register(payments: Sequence[Payment], *, on: date) -> bytes:
    """The checks to be printed, with their count and total in the last line."""
    rows = [
        (p.number, on.isoformat(), f"{p.amount:.2f}", p.name, *_three(p.lines)) for p in payments
    ]
    head = ("check", "date", "amount", "payee", "address 1", "address 2", "address 3")
    return _csv(head, rows, payments)


def positive_pay(payments: Sequence[Payment], *, bank: Bank, on: date) -> bytes:
    """What the bank may pay: account, check, date, amount, payee; anything else it asks about."""
    rows = [(bank.account, p.number, on.isoformat(), f"{p.amount:.2f}", p.name) for p in payments]
    return _csv(("account", "check", "date", "amount", "payee"), rows, payments)


def card_file(payments: Sequence[Payment], *, on: date) -> bytes:
    """Money back to the card that paid, by the receipt's number; no card number is ever kept here."""
    for one in payments:
        if not one.account:
            raise InputError(f"refund {one.number}: no card receipt, expected its number")
    rows = [(p.number, on.isoformat(), f"{p.amount:.2f}", p.account, p.name) for p in payments]
    return _csv(("refund", "date", "amount", "card receipt", "payee"), rows, payments)


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]], payments: Sequence[Payment]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    amount = total(p.amount for p in payments)
    writer.writerow(["TOTAL", str(len(payments)), f"{amount:.2f}"])
    return out.getvalue().encode()


def _plain(text: str) -> str:
    """A name that a spreadsheet would take for a formula is kept from being one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _three(lines: Sequence[str]) -> tuple[str, str, str]:
    padded = (*lines, "", "", "")
    return padded[0], padded[1], padded[2]


def ach_file(payments: Sequence[Payment], *, bank: Bank, on: date, earlier: int = 0) -> bytes:
    """A Nacha file of credits, one batch per kind of owner.

    Args:
        on: the day it is made; it takes effect then, or on the next day on which banks settle.
        earlier: how many files went to this bank on the day before this one.

    Raises:
        InputError: a bank's number is wrong, ours or an owner's, an account is none, or an amount has no room.
        StateError: the day has had its 36 files.
    """
    _check_ach(payments, bank)
    if earlier >= len(FILE_IDS):
        raise StateError(
            f"{earlier} transfer files were made on {on}, a bank takes {len(FILE_IDS)} a day",
            hint="Send the rest tomorrow, or all in one file.",
        )  # fmt: skip
    records = [_file_header(bank, on, FILE_IDS[earlier])]
    number = 0
    hashes = 0
    for batch, (code, chosen) in enumerate(_batches(payments), 1):
        records.append(_batch_header(bank, on, code, batch))
        for payment in chosen:
            number += 1
            records.append(_entry(payment, bank, number))
        subtotal = sum(int(p.routing[:8]) for p in chosen)
        hashes += subtotal
        records.append(_control("8220", len(chosen), subtotal, chosen, bank, batch))
    batches = len(_batches(payments))
    blocks = -(-(len(records) + 1) // BLOCK)
    amount = _cents(total(p.amount for p in payments))
    records.append(
        f"9{batches:06d}{blocks:06d}{number:08d}{hashes % 10**10:010d}{0:012d}{amount:012d}".ljust(
            WIDTH
        )
    )
    records += ["9" * WIDTH] * (blocks * BLOCK - len(records))
    return "\r\n".join(records).encode("ascii") + b"\r\n"


def check_account(what: str, routing: str, account: str) -> None:
    """Say no to a bank account that no transfer can reach.

    Raises:
        InputError: the routing number does not check, or the account is none.
    """
    if not is_routing_number(routing):
        raise InputError(
            f"{what}: bank routing number {routing[:20]!r}, expected nine digits that check"
        )
    if not _ACCOUNT.fullmatch(account):
        raise InputError(
            f"{what}: account {account[:40]!r}, expected 1 to 17 letters, digits, spaces or dashes"
        )


def _check_ach(payments: Sequence[Payment], bank: Bank) -> None:
    if not is_routing_number(bank.routing):
        raise InputError(
            f"our bank: bank routing number {bank.routing[:20]!r}, expected nine digits that check"
        )
    if not (bank.name.strip() and bank.company_id.strip()):
        raise InputError(
            f"our company's name {bank.name[:23]!r} or its id at the bank {bank.company_id[:10]!r} is empty, expected both",
            hint="The bank's agreement for transfers names them.",
        )
    if len(bank.company_id.strip()) > 10:
        raise InputError(
            f"our company's id at the bank {bank.company_id[:20]!r}: expected ten characters at most",
            hint="Cut, it would be another company's.",
        )
    for one in payments:
        check_account(f"refund {one.number}", one.routing, one.account)
        if one.amount > MOST:
            raise InputError(
                f"refund {one.number}: {show(one.amount)}, a transfer carries {show(MOST)} at most"
            )
    if (amount := total(one.amount for one in payments)) > MOST_IN_ALL:
        raise InputError(f"{show(amount)} in one file, it carries {show(MOST_IN_ALL)} at most")


def settles_on(day: date) -> date:
    """The day itself where banks settle on it, else the next one on which they do."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def is_routing_number(text: str) -> bool:
    """Nine digits whose weighted sum (3, 7, 1) ends in zero."""
    if not (len(text) == 9 and text.isascii() and text.isdigit()):
        return False
    weights = (3, 7, 1) * 3
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True)) % 10 == 0


def _batches(payments: Sequence[Payment]) -> list[tuple[str, list[Payment]]]:
    kinds = (
        ("PPD", [one for one in payments if not one.is_company]),
        ("CCD", [one for one in payments if one.is_company]),
    )
    return [(code, chosen) for code, chosen in kinds if chosen]


def _file_header(bank: Bank, on: date, file_id: str) -> str:
    return (
        f"101 {bank.routing}{_text(bank.company_id, 10)}{on:%y%m%d}0000{file_id}094101"
        f"{_text(bank.bank_name, 23)}{_text(bank.name, 23)}{'':8}"
    )


def _batch_header(bank: Bank, on: date, code: str, batch: int) -> str:
    return (
        f"5220{_text(bank.name, 16)}{'':20}{_text(bank.company_id, 10)}{code}{_text('REFUND', 10)}"
        f"{on:%y%m%d}{settles_on(on):%y%m%d}{'':3}1{bank.routing[:8]}{batch:07d}"
    )


def _entry(payment: Payment, bank: Bank, number: int) -> str:
    code = "32" if payment.is_savings else "22"
    return (
        f"6{code}{payment.routing}{_text(payment.account, 17)}{_cents(payment.amount):010d}"
        f"{_text(payment.number, 15)}{_text(payment.name, 22)}{'':2}0{bank.routing[:8]}{number:07d}"
    )


def _control(
    code: str, count: int, hashed: int, chosen: Sequence[Payment], bank: Bank, batch: int
) -> str:
    amount = _cents(total(p.amount for p in chosen))
    return (
        f"{code}{count:06d}{hashed % 10**10:010d}{0:012d}{amount:012d}{_text(bank.company_id, 10)}"
        f"{'':25}{bank.routing[:8]}{batch:07d}"
    )


def _cents(amount: Decimal) -> int:
    return int(amount * 100)


def _text(text: str, width: int) -> str:
    """Letters without their accents; what then is still no ASCII becomes a question mark."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in bare)
    return plain.upper()[:width].ljust(width)

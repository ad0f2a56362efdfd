"""Statements as tables (CSV): columns found by their headings, or named by the caller."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanclaim.edi.bank.trace import trace_of
from cleanclaim.edi.fields import amount
from cleanclaim.kernel.dates import written_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.bank import BankFile, BankLine, BankProblem, BankStatement

if TYPE_CHECKING:
    import _csv

_HEADINGS = {
    "day": (
        "date",
        "posting date",
        "post date",
        "transaction date",
        "booking date",
        "posted",
        "posted date",
        "date posted",
        "post dt",
        "value date",
    ),
    "amount": ("amount", "transaction amount", "amt", "amount (usd)", "amount usd"),
    "credit": (
        "credit",
        "credits",
        "deposit",
        "deposits",
        "credit amount",
        "money in",
        "paid in",
        "deposit amount",
    ),
    "debit": (
        "debit",
        "debits",
        "withdrawal",
        "withdrawals",
        "debit amount",
        "money out",
        "paid out",
        "withdrawal amount",
    ),
    "text": ("description", "details", "memo", "narrative", "transaction description"),
    "reference": (
        "reference",
        "reference number",
        "bank reference",
        "check number",
        "check #",
        "serial number",
    ),
    "trace": ("trace", "trace number", "trn", "reassociation trace number"),
    "account": ("account", "account number", "account no", "account #"),
    "sign": (
        "cr/dr",
        "dr/cr",
        "debit/credit",
        "credit/debit",
        "credit or debit",
        "type",
        "transaction type",
        "indicator",
        "sign",
    ),
    "currency": ("currency", "ccy", "currency code"),
}
_OUT = frozenset(("dr", "d", "debit", "withdrawal", "-", "dbit", "out"))
_IN = frozenset(("cr", "c", "credit", "deposit", "+", "crdt", "in"))
_HEAD_WITHIN = 20  # lines that a bank may write above the headings

_NOT_SAID = re.compile(r"USD|[$\s'\u2019]")  # apostrophes and spaces part thousands
_MARKED = re.compile(r"([0-9.,]+)(-|CR|DR)")
_DECIMAL_COMMA = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Headings of the columns, as the file has them; amounts either signed in one, or in two."""

    day: str
    amount: str = ""
    credit: str = ""
    debit: str = ""
    text: str = ""
    reference: str = ""
    trace: str = ""
    account: str = ""
    sign: str = ""
    currency: str = ""


def read_table(data: bytes, columns: Columns | None = None) -> BankFile:
    """The lines of a CSV statement, one statement an account; rows that cannot be read are problems.

    Raises:
        InputError: no heading for the day or for an amount, or a named column is not there.
    """
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if is_wide else "utf-8-sig", "replace")
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        return _read(rows, columns)
    except csv.Error as error:
        raise InputError(f"statement table: line {rows.line_num}: {error}") from error


def _read(rows: "_csv.Reader", columns: Columns | None) -> BankFile:
    head, guessed = _head(rows) if columns is None else (next(rows, []), columns)
    places = _places(head, guessed)
    problems: list[BankProblem] = []
    accounts: dict[tuple[str, str], list[BankLine]] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        where = f"line {rows.line_num}"
        found = _line(row, places, where)
        if isinstance(found, str):
            problems.append(BankProblem(where, found))
        else:
            currency = _cell(row, places, "currency").upper() or "USD"
            accounts.setdefault((_cell(row, places, "account"), currency), []).append(found)
    statements = tuple(
        BankStatement(account, currency, max(line.booked_on for line in lines), tuple(lines))
        for (account, currency), lines in accounts.items()
    )
    return BankFile("CSV", statements, tuple(problems))


def _head(rows: "_csv.Reader") -> tuple[Sequence[str], Columns]:
    """The first line that has headings for a day and an amount, else the first line of all."""
    first: Sequence[str] = next(rows, [])
    row: Sequence[str] | None = first
    number = 1
    while row is not None and number <= _HEAD_WITHIN:
        found = _guessed(row)
        if found.day and (found.amount or found.credit or found.debit):
            return row, found
        row, number = next(rows, None), number + 1
    return first, _guessed(first)


def _guessed(head: Sequence[str]) -> Columns:
    known = {" ".join(cell.lower().replace("_", " ").split()): cell for cell in head}
    found = {
        name: next((known[words] for words in headings if words in known), "")
        for name, headings in _HEADINGS.items()
    }
    columns = Columns(**found)
    return replace(columns, credit="", debit="") if columns.amount else columns


def _places(head: Sequence[str], columns: Columns) -> dict[str, int]:
    wanted = {name: getattr(columns, name) for name in Columns.__slots__}
    if not wanted["day"] or not (wanted["amount"] or wanted["credit"] or wanted["debit"]):
        raise InputError(
            f"statement table: headings {', '.join(head)[:120]!r}: expected one for the day and one for amounts",
            hint="Call them Date, Amount and Description in the file's first line, or name them by "
            "reconcile --columns",
        )
    missing = [text for text in wanted.values() if text and text not in head]
    if missing:
        raise InputError(
            f"statement table: no column {missing[0]!r} among {', '.join(head)[:120]!r}"
        )
    return {name: head.index(text) for name, text in wanted.items() if text}


def _line(row: Sequence[str], places: dict[str, int], where: str) -> BankLine | str:
    """The row as a line; in words what is wrong with it."""
    day = written_day(_cell(row, places, "day"), dotted=True)
    if day is None:
        return f"day {_cell(row, places, 'day')[:20]!r}: expected one like 2026-11-30 or 11/30/2026"
    if "amount" in places:
        money = _with_sign(_money(_cell(row, places, "amount")), _cell(row, places, "sign"))
    else:
        money = _two_columns(row, places)
    if money is None:
        return f"amount {' '.join(_cell(row, places, n) for n in ('amount', 'credit', 'debit')).strip()[:20]!r}: expected dollars and cents"
    text = _cell(row, places, "text")
    trace, payer = trace_of(text)
    reference = _cell(row, places, "reference")
    return BankLine(
        money, day, None, "", _cell(row, places, "trace") or trace, payer,
        (reference,) if reference else (), text, where,
    )  # fmt: skip


def _with_sign(money: Decimal | None, word: str) -> Decimal | None:
    """The amount as its own column of debit or credit says; a column that says other words says nothing."""
    said = word.lower()
    if money is None or (said not in _OUT and said not in _IN):
        return money
    if money < 0 and said in _IN:
        return None  # a credit below zero: nobody can tell what is meant
    return -abs(money) if said in _OUT else money


def _two_columns(row: Sequence[str], places: dict[str, int]) -> Decimal | None:
    """What came in less what went out. A minus among the credits is money that the bank took back; among the
    debits banks write it or leave it out, and mean the same."""
    credit, debit = (_money(_cell(row, places, name) or "0") for name in ("credit", "debit"))
    if credit is None or debit is None or (credit and debit):
        return None  # a movement goes one way
    return credit - abs(debit)


def _cell(row: Sequence[str], places: dict[str, int], name: str) -> str:
    place = places.get(name, len(row))
    return row[place].strip() if place < len(row) else ""


def _money(text: str) -> Decimal | None:
    """Dollars with or without `$` or `USD`, thousands' commas, parentheses, a sign before or behind, CR or DR behind.

    A comma before the last two digits is a decimal one (`1.234,56`): a thousand's comma has three digits behind it.
    """
    bare = _NOT_SAID.sub("", text.upper()).replace("\u2212", "-")
    bare = re.sub(r"^\+(?=[0-9])", "", bare)
    marked = _MARKED.fullmatch(bare)
    is_negative = (bare.startswith("(") and bare.endswith(")")) or bool(
        marked and marked[2] != "CR"
    )
    bare = marked[1] if marked else bare.strip("()")
    if _DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    if "," in bare and not re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", bare):
        return None
    found = amount(bare.replace(",", ""))
    return -found if found is not None and is_negative else found

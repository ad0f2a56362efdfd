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
    "day": ("date", "posting date", "post date", "transaction date", "booking date", "posted"),
    "amount": ("amount", "transaction amount"),
    "credit": ("credit", "credits", "deposit", "deposits", "credit amount"),
    "debit": ("debit", "debits", "withdrawal", "withdrawals", "debit amount"),
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
    "account": ("account", "account number"),
}


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


def read_table(data: bytes, columns: Columns | None = None) -> BankFile:
    """The lines of a CSV statement, one statement an account; rows that cannot be read are problems.

    Raises:
        InputError: no heading for the day or for an amount, or a named column is not there.
    """
    text = data.decode("utf-8-sig", "replace")
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
    head = next(rows, [])
    places = _places(head, columns or _guessed(head))
    problems: list[BankProblem] = []
    accounts: dict[str, list[BankLine]] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        where = f"line {rows.line_num}"
        found = _line(row, places, where)
        if isinstance(found, str):
            problems.append(BankProblem(where, found))
        else:
            accounts.setdefault(_cell(row, places, "account"), []).append(found)
    statements = tuple(
        BankStatement(account, "USD", max(line.booked_on for line in lines), tuple(lines))
        for account, lines in accounts.items()
    )
    return BankFile("CSV", statements, tuple(problems))


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
            hint="Name the columns",
        )
    missing = [text for text in wanted.values() if text and text not in head]
    if missing:
        raise InputError(
            f"statement table: no column {missing[0]!r} among {', '.join(head)[:120]!r}"
        )
    return {name: head.index(text) for name, text in wanted.items() if text}


def _line(row: Sequence[str], places: dict[str, int], where: str) -> BankLine | str:
    """The row as a line; in words what is wrong with it."""
    day = written_day(_cell(row, places, "day"))
    if day is None:
        return f"day {_cell(row, places, 'day')[:20]!r}: expected one like 2026-11-30 or 11/30/2026"
    if "amount" in places:
        money = _money(_cell(row, places, "amount"))
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


def _two_columns(row: Sequence[str], places: dict[str, int]) -> Decimal | None:
    """What came in less what went out. A minus among the credits is money that the bank took back; among the
    debits banks write it or leave it out, and mean the same."""
    credit, debit = (_money(_cell(row, places, name) or "0") for name in ("credit", "debit"))
    return None if credit is None or debit is None else credit - abs(debit)


def _cell(row: Sequence[str], places: dict[str, int], name: str) -> str:
    place = places.get(name, len(row))
    return row[place].strip() if place < len(row) else ""


def _money(text: str) -> Decimal | None:
    """Dollars with or without `$`, thousands' commas, a minus or parentheses."""
    bare = text.replace("$", "").replace(" ", "")
    is_negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    if "," in bare and not re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", bare):
        return None
    found = amount(bare.replace(",", ""))
    return -found if found is not None and is_negative else found

"""Statements as tables (CSV): columns found by their headings, or named by the caller."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanclaim.edi.bank.text import refuse_zero_bytes
from cleanclaim.edi.bank.trace import trace_of
from cleanclaim.edi.fields import amount
from cleanclaim.kernel.csv_rows import QUOTES
from cleanclaim.kernel.dates import written_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
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
_TURNS = frozenset(("refund", "refunds", "return", "returned", "reversal", "reversed"))
_HEAD_WITHIN = 20  # lines that a bank may write above the headings
_HEAD_BYTES = 64_000
_DELIMITERS = ",;\t|"
# A row that tells a balance moves no money.
_BALANCE = re.compile(
    r"(beginning|opening|starting|previous|ending|closing|final)( ledger| statement| account)? balance"
    r"( (as of|on) [0-9A-Za-z/., -]+)?:?",
    re.IGNORECASE,
)
# Two cells that an amount with a comma and no quotation marks makes.
_CUT_BEFORE = re.compile(r"[-+(]?\$?-?[0-9]{1,3}")
_CUT_BEHIND = re.compile(r"[0-9]{3}\.[0-9]{2}[-)]?")

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
        InputError: no heading for the day or for an amount, a heading twice, or a named column is not there.
    """
    text = _text(data)
    # Strict: a quotation mark that is never closed would swallow every row after it.
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=_delimiter(text, columns),
        skipinitialspace=True,
        strict=True,
    )
    try:
        return _read(rows, columns)
    except csv.Error as error:
        raise InputError(
            f"statement table: line {rows.line_num}: {error}",
            hint=QUOTES if "larger" not in str(error) else "",
        ) from error


def _text(data: bytes) -> str:
    """UTF-8 or, where its mark says so, UTF-16; a file that is neither was written by an older Windows program."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    refuse_zero_bytes(text)
    return text


def _delimiter(text: str, columns: Columns | None) -> str:
    """What parts the headings; where no line has any, what stands most often in the first one."""
    lines = text[:_HEAD_BYTES].splitlines()[:_HEAD_WITHIN]
    for line in lines:
        for one in _DELIMITERS:
            head = [cell.strip().strip('"') for cell in line.split(one)]
            if _has_headings(head, columns):
                return one
    return max(_DELIMITERS, key=(lines[0] if lines else "").count)


def _has_headings(head: Sequence[str], columns: Columns | None) -> bool:
    found = columns or _guessed(head)
    if not found.day or not (found.amount or found.credit or found.debit):
        return False
    return columns is None or columns.day in head


def _read(rows: "_csv.Reader", columns: Columns | None) -> BankFile:
    head, guessed = _head(rows) if columns is None else (next(rows, []), columns)
    places = _places(head, guessed)
    problems: list[BankProblem] = []
    kept: list[tuple[str, Sequence[str]]] = []
    for row in rows:
        if not any(cell.strip() for cell in row) or _BALANCE.fullmatch(_cell(row, places, "text")):
            continue
        where = f"line {rows.line_num}"
        if wrong := _shifted(row, head, places, rows.dialect.delimiter):
            problems.append(BankProblem(where, wrong))
        else:
            kept.append((where, row))
    accounts: dict[tuple[str, str], list[BankLine]] = {}
    is_unsigned = _is_unsigned([row for _, row in kept], places)
    for where, cells in kept:
        found = _line(cells, places, where, is_unsigned=is_unsigned)
        if isinstance(found, str):
            problems.append(BankProblem(where, found))
        else:
            currency = _cell(cells, places, "currency").upper() or "USD"
            accounts.setdefault((_cell(cells, places, "account"), currency), []).append(found)
    statements = tuple(
        BankStatement(account, currency, max(line.booked_on for line in lines), tuple(lines))
        for (account, currency), lines in accounts.items()
    )
    problems.sort(key=lambda one: int(one.place.removeprefix("line ")))
    return BankFile("CSV", statements, tuple(problems))


def _shifted(
    row: Sequence[str], head: Sequence[str], places: dict[str, int], delimiter: str
) -> str:
    """In words how the row's cells do not stand below their headings; empty where they do.

    A cell cut in two by its own comma, or one that a quotation mark made of several rows, would be another amount.
    """
    if any(cell.strip() for cell in row[len(head) :]):
        return f"{len(row)} cells, expected {len(head)} at most (a {delimiter!r} in a cell needs quotation marks)"
    if any(
        written_day(part.strip(' "'), dotted=True)
        for cell in row
        for line in cell.splitlines()[1:]
        for part in line.split(delimiter)
    ):
        return "a quotation mark makes one cell of several lines, expected one that closes before the line ends"
    for name in ("amount", "credit", "debit") if delimiter == "," else ():
        place = places.get(name, len(row))
        if _CUT_BEFORE.fullmatch("".join(row[place : place + 1]).strip()) and _CUT_BEHIND.fullmatch(
            "".join(row[place + 1 : place + 2]).strip()
        ):
            return f"amount {row[place].strip()!r} before {row[place + 1].strip()!r}: expected quotation marks around an amount with a comma, or .00 behind whole dollars"
    return ""


def _is_unsigned(rows: Sequence[Sequence[str]], places: dict[str, int]) -> bool:
    """Whether a column of words alone says which amounts went out: one of them does, and no amount has a minus."""
    if "amount" not in places or "sign" not in places:
        return False
    told = [
        (_money(_cell(row, places, "amount")), _direction(_cell(row, places, "sign")))
        for row in rows
    ]
    return not any(money and money < 0 for money, _ in told) and any(
        money and said == -1 for money, said in told
    )


def _head(rows: "_csv.Reader") -> tuple[Sequence[str], Columns]:
    """The first line that has headings for a day and an amount, else the first line of all."""
    first: Sequence[str] = next(rows, [])
    row: Sequence[str] | None = first
    number = 1
    while row is not None and number <= _HEAD_WITHIN:
        if _has_headings(row, None):
            return row, _guessed(row)
        row, number = next(rows, None), number + 1
    return first, _guessed(first)


def _guessed(head: Sequence[str]) -> Columns:
    known = {_plain(cell): cell for cell in head}
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
    plain = [_plain(cell) for cell in head]
    if twice := [text for text in wanted.values() if text and plain.count(_plain(text)) > 1]:
        raise InputError(
            f"statement table: heading {twice[0]!r} stands twice: expected each one once",
            hint="Give the second one another name in the file",
        )
    return {name: head.index(text) for name, text in wanted.items() if text}


def _plain(heading: str) -> str:
    return " ".join(heading.lower().replace("_", " ").split())


def _line(
    row: Sequence[str], places: dict[str, int], where: str, *, is_unsigned: bool
) -> BankLine | str:
    """The row as a line; in words what is wrong with it."""
    day = written_day(_cell(row, places, "day"), dotted=True)
    if day is None:
        return f"day {_cell(row, places, 'day')[:20]!r}: expected one like 2026-11-30 or 11/30/2026"
    if "amount" in places:
        money, word = _money(_cell(row, places, "amount")), _cell(row, places, "sign")
        if is_unsigned and money and not _direction(word):
            return f"{word[:20]!r} beside {show(money)}: expected a word that says in or out, as other lines have"
        money = (
            -money if is_unsigned and money and _direction(word) < 0 else _with_sign(money, word)
        )
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


def _direction(word: str) -> int:
    """1 where it says that money came in, -1 where that it went out, 0 where neither or both."""
    said = word.lower()
    parts = {said, *re.findall("[a-z]+", said)}
    if parts & _TURNS:
        return 0  # a returned debit may be either
    return (not parts.isdisjoint(_IN)) - (not parts.isdisjoint(_OUT))


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
    A point before three digits (`1.000`) may part thousands or cents: nobody can tell.
    """
    bare = _NOT_SAID.sub("", text.upper()).replace("\u2212", "-")
    bare = re.sub(r"^\+(?=[0-9])", "", bare)
    marked = _MARKED.fullmatch(bare)
    in_parentheses = bare.startswith("(") and bare.endswith(")")
    is_negative = in_parentheses or bool(marked and marked[2] != "CR")
    if in_parentheses:
        bare = bare[1:-1]
    elif marked:
        bare = marked[1]
    if _DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    if "," in bare and not re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", bare):
        return None
    found = amount(bare.replace(",", ""))
    if found is None or re.search(r"\.[0-9]{3}$", bare) or (is_negative and bare.startswith("-")):
        return None
    return -found if is_negative else found

"""BAI2 cash management files: records 01, 02, 03, 16, 88, 49, 98, 99, with all their control totals proved.

Structure after the public descriptions of Cash Management Balance Reporting version 2 (BAI) and ANSI X9.121.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from cleanclaim.edi.bank.text import refuse_zero_bytes
from cleanclaim.edi.bank.trace import trace_across, trace_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.bank import BankFile, BankLine, BankProblem, BankStatement

_NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
_OPENING, _CLOSING = "010", "015"
_NO_AMOUNT = "890"  # a note of the bank about the account
# Groups by their status that must not be booked; 1 is an update, 3 a correction.
_NO_MONEY = {"2": "it takes an earlier group back", "4": "it is a test"}
_WHOLE = re.compile("[+-]?[0-9]{1,18}")
# Fields before the words of a transaction, by its funds type: the number of fields that follow it.
_AFTER_FUNDS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "V": 2, "S": 3}


@dataclass(slots=True)
class _Record:
    """A record with its continuations joined; `lines` is how many physical records it took.

    `breaks` are the places of fields with which a continuation begins.
    """

    number: int
    fields: list[str]
    lines: int = 1
    breaks: list[int] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.fields[0]

    def at(self, place: int) -> str:
        return self.fields[place] if place < len(self.fields) else ""

    @property
    def place(self) -> str:
        return f"line {self.number}"

    def trace_after(self, place: int) -> tuple[str, str]:
        """The trace in its words; where a continuation cuts through it, the two ends together say it."""
        whole = trace_across(self._joined("")) if self.breaks else ("", "")
        return (
            whole if whole[0] else trace_of(self._joined("~", place))
        )  # words end where a line does

    def _joined(self, cut: str, first: int = 0) -> str:
        parts = enumerate(self.fields[first:], first)
        return "".join(f"{cut if at in self.breaks else ','}{text}" for at, text in parts)


@dataclass(slots=True)
class _Account:
    number: str
    currency: str
    booked_on: date
    records: int = 0
    sum: int = 0  # of all amounts, in the smallest unit
    opening: Decimal | None = None
    closing: Decimal | None = None
    lines: list[BankLine] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[BankProblem] = []
        self.statements: list[BankStatement] = []
        self.booked_on: date | None = None
        self.currency = "USD"
        self.account: _Account | None = None
        self.accounts = self.groups = 0
        self.group_sum = self.file_sum = self.group_records = self.file_records = 0
        self.has_head = self.is_ended = False

    def problem(self, record: _Record, message: str) -> None:
        self.problems.append(BankProblem(record.place, message))

    def read(self, records: Iterator[_Record]) -> BankFile:
        for record in records:
            handle = _HANDLERS.get(record.code)
            if handle is None:
                self.problem(
                    record,
                    f"record {record.code[:10]!r}: expected one of 01, 02, 03, 16, 88, 49, 98, 99",
                )
                continue
            self.file_records += record.lines
            self.group_records += record.lines
            if self.account is not None:
                self.account.records += record.lines
            handle(self, record)
        if not self.is_ended:
            self.problems.append(
                BankProblem("end", "the file ends without its trailer (99): the rest is missing")
            )
        return BankFile("BAI2", tuple(self.statements), tuple(self.problems))

    def file_head(self, record: _Record) -> None:
        if self.has_head:
            self.problem(record, "01: another file begins here, expected each in a file of its own")
        self.has_head = True
        if record.at(8) not in ("2", ""):
            self.problem(record, f"01, version {record.at(8)!r}: expected 2")

    def group_head(self, record: _Record) -> None:
        if self.booked_on is not None:
            self.problem(record, "02: the group before it has no trailer (98)")
        if record.at(3) in _NO_MONEY:
            self.problem(record, f"02, group of status {record.at(3)}: {_NO_MONEY[record.at(3)]}")
        self.booked_on = self._day(record, record.at(4))
        self.currency = record.at(6) or "USD"
        self.accounts = self.group_sum = 0
        self.group_records = record.lines

    def account_head(self, record: _Record) -> None:
        if self.account is not None:
            self.problem(record, f"03: account {self.account.number} has no trailer (49)")
            self._close()
        if self.booked_on is None:
            self.problem(record, "03 outside of a group: expected 02 with a day before it")
        account = _Account(
            record.at(1), record.at(2) or self.currency, self.booked_on or date.min, record.lines
        )
        self.account = account
        place = 3
        while place < len(record.fields):
            code, text = record.at(place), record.at(place + 1)
            if code or text:
                amount = self._amount(record, text) if text else None
                account.sum += amount or 0
                if code == _OPENING and amount is not None:
                    account.opening = self._money(amount)
                if code == _CLOSING and amount is not None:
                    account.closing = self._money(amount)
            place += 4 + self._after_funds(record, place + 3)

    def transaction(self, record: _Record) -> None:
        account = self.account
        if account is None:
            self.problem(record, "16 outside of an account: expected 03 before it")
            return
        code = record.at(1)
        if code == _NO_AMOUNT and not record.at(2).strip("0"):
            return
        amount = self._amount(record, record.at(2))
        if amount is None:
            return
        account.sum += amount
        is_debit = self._is_debit(record, code)
        if is_debit is None:
            return
        place = 4 + self._after_funds(record, 3)
        value_on = (
            self._day(record, record.at(4))
            if record.at(3).upper() == "V" and record.at(4)
            else None
        )
        bank, customer = record.at(place), record.at(place + 1)
        text = ",".join(record.fields[place + 2 :]).strip()
        trace, payer = record.trace_after(place + 2)
        money = self._money(amount)
        account.lines.append(
            BankLine(
                -money if is_debit else money,
                account.booked_on,
                value_on,
                code,
                trace,
                payer,
                tuple(one for one in (bank, customer) if one),
                text,
                record.place,
            )
        )

    def account_end(self, record: _Record) -> None:
        account = self.account
        if account is None:
            self.problem(record, "49 without an account (03) before it")
            return
        self._agree(record, 1, account.sum, "sum of the account's amounts")
        self._agree(record, 2, account.records, "records of the account")
        self._balance(record, account)
        self._close()

    def _balance(self, record: _Record, account: _Account) -> None:
        """Opening and lines are closing, where the bank tells the lines at all: balances alone book nothing."""
        if account.opening is None or account.closing is None or not account.lines:
            return
        moved = sum((line.amount for line in account.lines), Decimal(0))
        if account.opening + moved != account.closing:
            self.problem(
                record,
                f"49, account {account.number}: opening (010) {account.opening} and lines {moved} make "
                f"{account.opening + moved}, closing (015) says {account.closing}",
            )

    def group_end(self, record: _Record) -> None:
        if self.account is not None:
            self.problem(record, f"98: account {self.account.number} has no trailer (49)")
            self._close()
        self._agree(record, 1, self.group_sum, "sum of the group's accounts")
        self._agree(record, 2, self.accounts, "accounts of the group")
        self._agree(record, 3, self.group_records, "records of the group")
        self.groups += 1
        self.file_sum += self.group_sum
        self.booked_on = None

    def file_end(self, record: _Record) -> None:
        if self.account is not None or self.booked_on is not None:
            self.problem(record, "99: the last group has no trailer (98)")
        self._agree(record, 1, self.file_sum, "sum of the file's groups")
        self._agree(record, 2, self.groups, "groups of the file")
        self._agree(record, 3, self.file_records, "records of the file")
        self.is_ended = True

    def continuation(self, record: _Record) -> None:
        self.problem(record, "88 continues nothing: expected another record before it")

    def _close(self) -> None:
        account = self.account
        assert account is not None
        self.accounts += 1
        self.group_sum += account.sum
        self.statements.append(
            BankStatement(
                account.number,
                account.currency,
                account.booked_on,
                tuple(account.lines),
                account.opening,
                account.closing,
            )
        )
        self.account = None

    def _agree(self, record: _Record, place: int, expected: int, what: str) -> None:
        text = record.at(place)
        if not _WHOLE.fullmatch(text) or int(text) != expected:
            self.problem(record, f"{record.code}, {what}: says {text[:20]!r}, counted {expected}")

    def _after_funds(self, record: _Record, place: int) -> int:
        kind = record.at(place).upper()
        if kind == "D":
            count = record.at(place + 1)
            return 1 + 2 * int(count) if re.fullmatch("[0-9]{1,3}", count) else 1
        if kind not in _AFTER_FUNDS:
            self.problem(
                record, f"{record.code}, funds type {kind[:10]!r}: expected 0, 1, 2, S, V, D or Z"
            )
        return _AFTER_FUNDS.get(kind, 0)

    def _is_debit(self, record: _Record, code: str) -> bool | None:
        number = int(code) if re.fullmatch("[0-9]{3}", code) else 0
        if 100 <= number <= 399 or 920 <= number <= 959:
            return False
        if 400 <= number <= 699 or number >= 960:
            return True
        self.problem(
            record,
            f"16, type {code[:10]!r}: expected 100 to 399 (in) or 400 to 699 (out), or a bank's own, 920 to 959 "
            "(in) or 960 to 999 (out)",
        )
        return None

    def _amount(self, record: _Record, text: str) -> int | None:
        if _WHOLE.fullmatch(text):
            return int(text)
        self.problem(
            record, f"{record.code}, amount {text[:20]!r}: expected digits without a point"
        )
        return None

    def _money(self, amount: int) -> Decimal:
        currency = self.account.currency if self.account else self.currency
        return Decimal(amount) if currency in _NO_CENTS else Decimal(amount).scaleb(-2)

    def _day(self, record: _Record, text: str) -> date | None:
        try:
            return datetime.strptime(text, "%y%m%d" if len(text) == 6 else "%Y%m%d").date()  # noqa: DTZ007
        except ValueError:
            self.problem(record, f"{record.code}, day {text[:20]!r}: expected YYMMDD")
            return None


_HANDLERS = {
    "01": _Reader.file_head,
    "02": _Reader.group_head,
    "03": _Reader.account_head,
    "16": _Reader.transaction,
    "49": _Reader.account_end,
    "98": _Reader.group_end,
    "99": _Reader.file_end,
    "88": _Reader.continuation,
}


def read_bai2(data: bytes) -> BankFile:
    """The statements of a BAI2 file; totals that do not agree are problems, each with its line.

    Raises:
        InputError: it does not begin with a file header (01).
    """
    text = data.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\x1a")  # the end in DOS
    refuse_zero_bytes(text)
    if not text.lstrip().startswith("01,"):
        raise InputError(
            f"not a BAI2 file: found {text.lstrip()[:12]!r}, expected a file header (01,)"
        )
    return _Reader().read(_records(text))


def _records(text: str) -> Iterator[_Record]:
    """Records with their continuations. A record ends with `/`, or with the line where its last field is words."""
    held: _Record | None = None
    for number, raw in enumerate(re.split("\r\n|\n|\r", text), 1):
        line = raw.strip()
        if not line:
            continue
        fields = line.removesuffix("/").split(",")
        if fields[0] == "88" and held is not None:
            held.breaks.append(len(held.fields))
            held.fields += fields[1:]
            held.lines += 1
            continue
        if held is not None:
            yield held
        held = _Record(number, fields)
    if held is not None:
        yield held

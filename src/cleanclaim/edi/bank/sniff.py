"""Which of the three forms a bank's file has, and what none of them may say."""

from dataclasses import replace

from cleanclaim.edi.bank.bai2 import read_bai2
from cleanclaim.edi.bank.camt053 import read_camt053
from cleanclaim.edi.bank.table import Columns, read_table
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.words import counted
from cleanclaim.values.bank import BankFile, BankProblem, BankStatement

# What people drop instead of a bank's file, by its first bytes; what it is, and what to do.
_OTHERS = (
    (b"%PDF", "a PDF document", "Ask the bank for the statement as BAI2, camt.053 or CSV."),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "Save the sheet as CSV."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and name the file inside."),
    (b"\x89PNG", "a picture", "Ask the bank for the statement as BAI2, camt.053 or CSV."),
    (b"\xff\xd8\xff", "a picture", "Ask the bank for the statement as BAI2, camt.053 or CSV."),
    (b"ISA*", "an X12 file", "A remittance is posted by post, or dropped under Files."),
)


def read_bank_file(data: bytes, columns: Columns | None = None) -> BankFile:
    """A BAI2 file, a camt.053 document or a CSV table.

    Raises:
        InputError: it is none of them.
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head:
        raise InputError("empty file: expected a bank statement (BAI2, camt.053 or CSV)")
    for signature, words, hint in _OTHERS:
        if head.startswith(signature):
            raise InputError(f"this is {words}, expected a bank statement", hint=hint)
    if head.startswith(b"01,") and columns is None:
        file = read_bai2(data)
    elif head.startswith(b"<"):
        file = read_camt053(data)
    else:
        file = read_table(data, columns)
    return replace(file, problems=(*file.problems, *_told_twice(file)))


def _told_twice(file: BankFile) -> list[BankProblem]:
    """Statements that repeat an earlier one of the file: its money would be booked twice.

    Two counter deposits of 80.00 may be two; two lines or more that are the same, or one from the same balance to the
    same balance, are one statement.
    """
    seen: dict[object, BankStatement] = {}
    problems = []
    for one in file.statements:
        bare = tuple(replace(line, place="") for line in one.lines)
        balances = (one.opening, one.closing)
        is_sure = len(bare) > 1 or (None not in balances and one.opening != one.closing)
        if bare and is_sure:
            first = seen.setdefault((one.account, one.booked_on, bare, balances), one)
            if first is not one:
                problems.append(
                    BankProblem(
                        one.lines[0].place,
                        f"account {one.account or 'not told'} of {one.booked_on}: its {counted(len(bare), 'line')} "
                        f"are those from {first.lines[0].place} once more, expected each statement once",
                    )
                )
    return problems

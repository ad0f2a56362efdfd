"""Which of the three forms a bank's file has."""

from cleanclaim.edi.bank.bai2 import read_bai2
from cleanclaim.edi.bank.camt053 import read_camt053
from cleanclaim.edi.bank.table import Columns, read_table
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.bank import BankFile

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
        return read_bai2(data)
    if head.startswith(b"<"):
        return read_camt053(data)
    return read_table(data, columns)

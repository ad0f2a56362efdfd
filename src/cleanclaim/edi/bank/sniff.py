"""Which of the three forms a bank's file has."""

from cleanclaim.edi.bank.bai2 import read_bai2
from cleanclaim.edi.bank.camt053 import read_camt053
from cleanclaim.edi.bank.table import Columns, read_table
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.bank import BankFile


def read_bank_file(data: bytes, columns: Columns | None = None) -> BankFile:
    """A BAI2 file, a camt.053 document or a CSV table.

    Raises:
        InputError: it is none of them.
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head:
        raise InputError("empty file: expected a bank statement (BAI2, camt.053 or CSV)")
    if head.startswith(b"01,") and columns is None:
        return read_bai2(data)
    if head.startswith(b"<"):
        return read_camt053(data)
    return read_table(data, columns)

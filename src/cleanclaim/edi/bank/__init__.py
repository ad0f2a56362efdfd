"""Bank statements: BAI2, camt.053 (ISO 20022) and tables (CSV), all to `values.bank`."""

from cleanclaim.edi.bank.bai2 import read_bai2
from cleanclaim.edi.bank.camt053 import read_camt053
from cleanclaim.edi.bank.sniff import read_bank_file
from cleanclaim.edi.bank.table import Columns, read_table

__all__ = ["Columns", "read_bai2", "read_bank_file", "read_camt053", "read_table"]

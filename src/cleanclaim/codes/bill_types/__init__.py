"""Types of bill of institutional claims: facility and care (the first two digits)."""

from pathlib import Path

from cleanclaim.codes.table import CodeSet

_SET = CodeSet(Path(__file__).parent)

is_valid = _SET.is_valid
words = _SET.words
row = _SET.row
codes = _SET.codes
source = _SET.source

"""The remittance's trace number among a bank's words.

With an ACH payment travels one addenda record that repeats the 835's TRN segment (45 CFR 162.1602; Nacha's healthcare
EFT standard, CCD+). Banks pass it on as it is, or with other marks in place of `*` and `\\`.
"""

import re

_TRN = re.compile(r"TRN[*|^ ]1[*|^ ]([^*|^~\\ ]{1,50})(?:[*|^ ]([0-9A-Za-z]{10}))?", re.IGNORECASE)


def trace_of(text: str) -> tuple[str, str]:
    """TRN02 and TRN03; empty where there is none."""
    found = _TRN.search(text)
    return (found[1], found[2] or "") if found else ("", "")

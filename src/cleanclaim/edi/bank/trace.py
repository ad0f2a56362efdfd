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


def trace_across(text: str) -> tuple[str, str]:
    """The trace of words that were cut and are put together again; empty where they may not belong together.

    They do where the payer follows behind the same mark as all of it, or the segment ends right behind the number.
    """
    found = _TRN.search(text)
    if found is None:
        return "", ""
    mark, end = text[found.start() + 3], text[found.end() : found.end() + 1]
    if found[2]:
        is_one = text[found.start(2) - 1] == mark
    else:
        is_one = end in ("~", "\\") and bool(end)
    return (found[1], found[2] or "") if is_one else ("", "")

"""What an 835 says of a claim beside its payment: how a hospital's price was made (MIA, MOA), amounts and counts.

Read from the segments that the reading keeps as they came. Words are our own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cleanclaim.codes import remark_codes
from cleanclaim.kernel.money import show
from cleanclaim.values.remittance import ClaimPayment

COUNT, MONEY, RATE, REMARK = "count", "money", "rate", "remark"

# Words and kind, by the element's number.
_INPATIENT = {
    1: ("days or visits covered", COUNT),
    2: ("operating outlier", MONEY),
    3: ("lifetime psychiatric days", COUNT),
    4: ("price of the diagnosis group (DRG)", MONEY),
    6: ("disproportionate share", MONEY),
    7: ("passed through where Medicare is second payer", MONEY),
    8: ("capital, in all", MONEY),
    9: ("capital, federal part of the DRG", MONEY),
    10: ("capital, hospital's part of the DRG", MONEY),
    11: ("capital, disproportionate share", MONEY),
    12: ("capital, old", MONEY),
    13: ("capital, indirect teaching", MONEY),
    14: ("operating, hospital's part of the DRG", MONEY),
    15: ("days in the cost report", COUNT),
    16: ("operating, federal part of the DRG", MONEY),
    17: ("capital outlier", MONEY),
    18: ("indirect teaching", MONEY),
    19: ("professional part, not payable here", MONEY),
    24: ("capital, exception", MONEY),
} | dict.fromkeys((5, 20, 21, 22, 23), ("remark", REMARK))
_OUTPATIENT = {
    1: ("rate of reimbursement", RATE),
    2: ("payable by procedure code", MONEY),
    8: ("kidney disease (ESRD) payment", MONEY),
    9: ("professional part, not payable here", MONEY),
} | dict.fromkeys((3, 4, 5, 6, 7), ("remark", REMARK))
_SEGMENTS = {"MIA": ("Inpatient", _INPATIENT), "MOA": ("Outpatient", _OUTPATIENT)}
_AMOUNTS = {
    "AU": "allowed",
    "D8": "discount",
    "DY": "limit a day",
    "F5": "paid by the patient",
    "I": "interest",
    "NL": "negative balance",
    "T": "tax",
    "T2": "charge before taxes",
}
_COUNTS = {
    "CA": "covered, actual",
    "CD": "co-insured, actual",
    "LA": "lifetime reserve, actual",
    "LE": "lifetime reserve, estimated",
    "NE": "not covered, estimated",
    "NR": "blood not replaced",
    "OU": "outlier days",
    "PS": "prescriptions",
    "VS": "visits",
}


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """One row: where it stands (`MIA04`), what it is, the value as people write it."""

    place: str
    words: str
    shown: str


def claim_facts(payment: ClaimPayment) -> list[ClaimFact]:
    """The rows in the order of the message; empty where the payer says nothing beside the payment."""
    return [
        fact
        for one in payment.carried
        if one.loop == "2100"
        for fact in _facts([part if isinstance(part, str) else "" for part in one.elements])
    ]


def _facts(elements: list[str]) -> Iterator[ClaimFact]:
    tag, code, value = (*elements, "", "", "")[:3]
    if tag in _SEGMENTS:
        name, known = _SEGMENTS[tag]
        for number, text in enumerate(elements[1:], 1):
            words, kind = known.get(number, ("not known here", ""))
            if text:
                yield ClaimFact(f"{tag}{number:02d}", f"{name}: {words}", _shown(text, kind))
    elif tag == "AMT" and value:
        yield ClaimFact(f"AMT {code}", _AMOUNTS.get(code, "amount"), _shown(value, MONEY))
    elif tag == "QTY" and value:
        yield ClaimFact(f"QTY {code}", _COUNTS.get(code, "count"), _shown(value, COUNT))


def _shown(text: str, kind: str) -> str:
    """As people write it; a value that is no number stays as it came."""
    if kind == REMARK:
        return f"{text} {remark_codes.words(text)}".strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if kind == MONEY:
        return show(number)
    if kind == RATE:
        return f"{number * 100:f}".rstrip("0").rstrip(".") + " %" if "." in text else f"{text} %"
    return f"{number:,f}" if kind == COUNT else text

"""What money that left the account was for: a fee, a returned item, a check, or nothing that is known."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from cleanclaim.rules.parameters import parameter
from cleanclaim.values.bank import BankLine

SIGNS = Path(__file__).with_name("parameters") / "debit_signs.yaml"


class Debit(StrEnum):
    """Kinds of money that left."""

    FEE = "fee"  # the bank's own: booked by rule
    RETURNED = "returned"  # a receipt that came back
    CHECK = "check"  # a check of ours was paid
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DebitSign:
    """What a debit was for, and by which sign."""

    kind: Debit
    reason: str


def debit_kind(line: BankLine, *, on: date) -> DebitSign:
    """The first kind of which the bank's code or its words speak."""
    signs = parameter(SIGNS).value(on=on)
    words = f" {line.text.upper()} "
    for name, one in signs.items():
        if line.code in [str(code) for code in one["codes"]]:
            return DebitSign(Debit(name), f"bank's code {line.code}")
        for word in one["words"]:
            if word in words:
                return DebitSign(Debit(name), f"the bank says {word.strip().lower()}")
    return DebitSign(Debit.OTHER, "nothing says what it was for")

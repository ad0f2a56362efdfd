"""Whether a remittance tells once more what a payment told that was stopped and paid again under another number.

Payers that reissue a check or EFT often send its 835 again under the new trace. Posting both would pay every claim twice.
A message that takes the first answer back (a reversal) before it answers anew tells no copy: it is a correction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.remittance import takes_back


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """One claim of a remittance as both messages say it."""

    control_number: str
    status_code: str
    paid: Decimal
    charge: Decimal = field(default=ZERO, compare=False)


def repeats_claims(first: Sequence[ToldClaim], other: Sequence[ToldClaim]) -> bool:
    """Whether `other` pays a claim the same that `first` paid it, without taking that answer back before."""
    known = set(first)
    gone = _taken_back(first, other)
    return any(one.paid > 0 and one in known and one.control_number not in gone for one in other)


def tells_again(first: Sequence[ToldClaim], other: Sequence[ToldClaim]) -> bool:
    """Whether `other`, of the payer and under the number of a payment made anew, pays what `first` paid.

    Besides a claim that it repeats, the same sum in all tells it: payers cut our claim numbers short.
    """
    if repeats_claims(first, other):
        return True
    is_same_sum = total(one.paid for one in other) == total(one.paid for one in first)
    return is_same_sum and not _taken_back(first, other)


def _taken_back(first: Sequence[ToldClaim], other: Sequence[ToldClaim]) -> set[str]:
    """Claims that `other` reverses and `first` had not reversed."""
    known = set(first)
    return {
        one.control_number
        for one in other
        if takes_back(one.status_code, one.charge) and one not in known
    }

"""Whether a line was paid as promised.

Promised is what the payer's own answer at the counter promised, else the contract's price less what the answer leaves to
the patient. Always: promised - received = amount, so that the amounts of any set of lines add up to the difference
of its sums. The payer's allowed amount is what its answer leaves after contractual reductions: it equals AMT*B6 wherever
the answer balances. Sequestration alone is a reduction; beside another difference it is left out of what is due.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import ZERO


class Kind(StrEnum):
    """What a difference is."""

    EXACT = "exact"
    SHORT = "short"  # less than promised, and the line is settled so
    OVER = "over"
    MISSING = "missing"  # promised, and no answer came
    DENIED = "denied"  # refused: it is worked as a denial
    REDUCED = "reduced"  # priced right, then reduced for a stated reason, such as sequestration
    FEE = "fee"  # kept back from a whole payment


@dataclass(frozen=True, slots=True)
class Answer:
    """What the payer's answers that stand did to one line, in dollars.

    Attributes:
        paid: cash for the line.
        patient: left to the patient (PR).
        other: reductions that are not contractual.
        sequestered: what of `other` the law takes off Medicare's payment (CARC 253).
        is_bundled: part of its price was moved between lines of a bundle (CARC 94 where it is paid, 97 where it is not).
        left_open: neither paid nor reduced: denied, or just not answered for.
    """

    paid: Decimal
    patient: Decimal = ZERO
    other: Decimal = ZERO
    left_open: Decimal = ZERO
    sequestered: Decimal = ZERO
    is_bundled: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`payer_allowed` is the price that the payer must have used; None without an answer."""

    kind: Kind
    promised: Decimal
    received: Decimal
    payer_allowed: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """What is owed to us; negative: paid too much."""
        return self.promised - self.received


def judge(
    *,
    allowed: Decimal | None,
    promised: Decimal | None,
    answer: Answer | None,
    tolerance: Decimal = ZERO,
) -> Verdict:
    """What became of a line of which `allowed` (the contract) or `promised` (the counter) is known.

    Args:
        answer: None while the payer has not answered.
        tolerance: dollars by which a payment may differ and still count as exact.
    """
    if answer is None:
        whole = promised if promised is not None else allowed or ZERO
        return Verdict(Kind.MISSING, whole, ZERO)
    due = promised if promised is not None else max(ZERO, (allowed or ZERO) - answer.patient)
    found = due - answer.paid
    beside = min(abs(found), abs(found - answer.sequestered)) > tolerance
    if promised is None and beside and due >= answer.sequestered:
        # What the law took is no underpayment: only the rest is asked for.
        due, found = due - answer.sequestered, found - answer.sequestered
    price = answer.paid + answer.patient
    if promised is None:
        price += answer.other
    return Verdict(_kind(found, promised, answer, tolerance), due, answer.paid, price)


def _kind(found: Decimal, promised: Decimal | None, answer: Answer, tolerance: Decimal) -> Kind:
    if abs(found) <= tolerance:
        return Kind.EXACT
    if found < 0:
        return Kind.OVER
    if answer.left_open > 0 and found - answer.left_open <= tolerance:
        return Kind.DENIED
    if promised is None and answer.other > 0 and found - answer.other <= tolerance:
        return Kind.REDUCED
    return Kind.SHORT

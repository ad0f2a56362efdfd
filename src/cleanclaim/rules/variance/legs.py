"""What a payer's answers did to a line, read from the legs that posting wrote for it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.variance.judge import Answer
from cleanclaim.values.accounts import (
    CONTRACTUAL,
    RECEIVABLE_BY_BUCKET,
    RECEIVABLE_PATIENT,
    RECEIVABLE_PAYER_1,
)
from cleanclaim.values.entry import Leg

CASH = ("paid", "takeback")  # reasons of the legs on the payer's receivable that are money
_LATER = frozenset(RECEIVABLE_BY_BUCKET[bucket].code for bucket in ("payer:2", "payer:3"))
SEQUESTRATION = "-253"
BUNDLED = ("-94", "-97")  # what posting books as contractual only where both stand in one answer
Sums = dict[int, dict[tuple[str, str], Decimal]]  # {item: {(account, reason): dollars}}


def with_legs(sums: Mapping[int, Mapping[tuple[str, str], Decimal]], legs: Iterable[Leg]) -> Sums:
    """The sums as they would be after these legs, too."""
    found = {item_id: dict(parts) for item_id, parts in sums.items()}
    for leg in legs:
        own = found.setdefault(leg.item_id, {})
        key = (leg.account, leg.reason)
        own[key] = own.get(key, ZERO) + leg.amount
    return found


def says_of_first(legs: Iterable[Leg]) -> bool:
    """Whether an entry with these legs is of the first payer's answer, not of a later one's or the way to it."""
    found = list(legs)
    touched = {leg.account for leg in found}
    return touched.isdisjoint(_LATER) or any(
        leg.account == RECEIVABLE_PAYER_1.code and leg.reason for leg in found
    )


def is_answered(parts: Mapping[tuple[str, str], Decimal]) -> bool:
    """Whether a payer's answer is among a line's legs: its money, or a reduction or patient's part by its code."""
    return any(reason in CASH or "-" in reason for _, reason in parts)


def answer_of(parts: Mapping[tuple[str, str], Decimal]) -> Answer:
    """One line's answer from its legs: cash, the patient's part, other reductions, what is left open."""
    receivable = RECEIVABLE_PAYER_1.code
    is_bundled = False
    paid = patient = other = left = sequestered = ZERO
    for (account, reason), amount in parts.items():
        if account == receivable:
            left += amount
            if reason in CASH:
                paid -= amount
        elif account == RECEIVABLE_PATIENT.code and reason.startswith("PR-"):
            patient += amount
        elif account == CONTRACTUAL.code:
            is_bundled |= bool(amount) and reason.endswith(BUNDLED)
        elif account.startswith("contra:") and "-" in reason:
            other += amount
            sequestered += amount if reason.endswith(SEQUESTRATION) else ZERO
    return Answer(paid, patient, other, left, sequestered, is_bundled)

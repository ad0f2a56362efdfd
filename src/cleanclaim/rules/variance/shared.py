"""Amounts that lines of a claim share, such as a case rate, as the payer divided them.

A payer often pays the whole of it on one line and nothing on the others: that is no difference. So the amount is divided as the
payer did, and what is left over or missing in all stands on one line: missing on the lines that are left open, by their expected
shares, else on the one of which the most was expected; too much on the one that got the most.
"""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, allocate, total
from cleanclaim.rules.variance.judge import Answer


def shares_as_paid(expected: Sequence[Decimal], answers: Sequence[Answer]) -> list[Decimal]:
    """What to expect of each line so that the sum stays, and lines that the payer divided otherwise are exact.

    Args:
        expected: each line's share, whole cents; the answers are in the same order.
    """
    found = [one.paid + one.patient + one.other for one in answers]
    left = total(expected) - total(found)
    if left < 0:
        # Too much was paid where money came: what is left to the patient is no money of the payer's.
        for place in sorted(range(len(found)), key=lambda place: -answers[place].paid):
            taken = min(max(answers[place].paid, ZERO), -left)
            found[place], left = found[place] - taken, left + taken
        return found
    is_open = [answer.left_open > 0 for answer in answers]
    wanted = [amount if one else ZERO for amount, one in zip(expected, is_open, strict=True)]
    if any(amount > 0 for amount in wanted):
        more = allocate(left, [int(amount * 100) for amount in wanted])
        return [amount + one for amount, one in zip(found, more, strict=True)]
    most = max(range(len(found)), key=lambda place: expected[place])
    found[most] += left
    return found

"""What was left of each line for the next payer, where an earlier answer does not say it line by line."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob.answers import parts_by_line
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import ClaimPayment


def is_shared(claim: Claim, payment: ClaimPayment) -> bool:
    """Whether any of an answer was shared out over the lines, since it is told of the claim as a whole."""
    return bool(payment.adjustments) or not payment.lines or parts_by_line(claim, payment) is None


def asked_of(
    left: Sequence[Decimal], firm: Sequence[Decimal], adjustments: Sequence[Iterable[Adjustment]]
) -> list[Decimal]:
    """What an answer asks of each line: what it pays and leaves to the patient (`firm`).

    What it takes off or denies beside that (not what restates the payers before) counts where all of it together is what
    was left: else its reductions tell of the whole charge once more.
    """
    every = [
        one + total(a.amount for a in some if _takes_off(a))
        for one, some in zip(firm, adjustments, strict=True)
    ]
    return every if total(every) == total(left) else list(firm)


def _takes_off(one: Adjustment) -> bool:
    return one.group is not Group.PATIENT and not one.restates_earlier_payers


def moved(left: Sequence[Decimal], asked: Sequence[Decimal]) -> list[Decimal]:
    """By how much to change what was left of each line so that it holds what the next answer asks of it.

    No more than is left is moved, and only from lines that have more than is asked of them, the first ones first.
    """
    short = [max(ZERO, ask - have) for have, ask in zip(left, asked, strict=True)]
    spare = [max(ZERO, have - ask) for have, ask in zip(left, asked, strict=True)]
    amount = min(sum(short, ZERO), sum(spare, ZERO))
    given, taken = _first(short, amount), _first(spare, amount)
    return [more - less for more, less in zip(given, taken, strict=True)]


def _first(amounts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    found = []
    for one in amounts:
        found.append(min(one, whole))
        whole -= found[-1]
    return found

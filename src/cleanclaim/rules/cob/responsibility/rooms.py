"""What was left of each line for the next payer, where an earlier answer does not say it line by line."""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.cob.answers import parts_by_line
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import ClaimPayment


def is_shared(claim: Claim, payment: ClaimPayment) -> bool:
    """Whether any of an answer was shared out over the lines, since it is told of the claim as a whole."""
    return bool(payment.adjustments) or not payment.lines or parts_by_line(claim, payment) is None


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

"""Shares of one amount among the lines of a claim."""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.money import allocate, cents


def share_out(amount: Decimal, charges: Sequence[Decimal]) -> list[Decimal]:
    """One share per charge, in whole cents, that add up to the amount; equal shares where nothing is charged."""
    weights = [max(0, int(cents(charge) * 100)) for charge in charges]
    shares = allocate(amount, weights if any(weights) else [1] * len(weights))
    return [cents(share) for share in shares]

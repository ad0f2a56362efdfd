"""The balance of a premium payment (SNIP 3): the payment against what it is broken down to.

BPR02 is the sum of the amounts paid (RMR04) and of the adjustments for earlier payments (ADX01 of 2200A and 2200B).
An adjustment for the payment at hand (2320A, 2320B) says why the amount paid differs from the amount billed: where
both RMR05 and such adjustments are given, RMR05 and they add up to RMR04; otherwise that is remarked, not refused.
"""

from cleanclaim.edi.checks import check_walk
from cleanclaim.wire.x12.walker import Walk


def check(result: Walk) -> None:
    """Add the defects of the whole message; memory does not grow with the number of remittances."""
    check_walk(result, "2000B", levels=frozenset({3}))

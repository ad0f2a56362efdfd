"""The balance of a premium payment (SNIP 3): the payment against what it is broken down to.

BPR02 is the sum of the amounts paid (RMR04) and of the adjustments for earlier payments (ADX01 of 2200A and 2200B).
An adjustment for the payment at hand (2320A, 2320B) says why the amount paid differs from the amount billed: where
both RMR05 and such adjustments are given, RMR05 and they add up to RMR04; otherwise that is remarked, not refused.
"""

from collections.abc import Iterator
from decimal import Decimal

from cleanclaim.edi.fields import ZERO, at, dollars
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

ADJUSTED_BEFORE = ("2200A", "2200B")
DETAIL = ("2300A", "2300B")
ADJUSTED_NOW = ("2320A", "2320B")


def amount_explained(remittance: Block) -> Decimal:
    """What one 2000A or 2000B accounts for: its amounts paid and its adjustments for earlier payments."""
    total = ZERO
    for block in remittance.blocks:
        if block.id in DETAIL:
            total += dollars(at(block.segments[0], 4))
        elif block.id in ADJUSTED_BEFORE:
            total += dollars(at(block.segments[0], 1))
    return total


def unexplained_differences(remittance: Block) -> Iterator[Defect]:
    """A remark per detail whose amount billed and adjustments do not add up to the amount paid."""
    for block in remittance.blocks:
        if block.id not in DETAIL:
            continue
        paid, billed = at(block.segments[0], 4), at(block.segments[0], 5)
        adjustments = [at(b.segments[0], 1) for b in block.blocks if b.id in ADJUSTED_NOW]
        if not billed or not adjustments:
            continue
        difference = dollars(paid) - dollars(billed) - sum(map(dollars, adjustments), ZERO)
        if difference:
            words = f"paid less billed less adjustments leaves {difference}, expected 0.00"
            yield Defect(3, "IK403", "I12", words, block.position, block.id, "RMR", 4, value=paid,
                         is_error=False, reference="782")  # fmt: skip


def unexplained_payment(head: Block, explained: Decimal) -> Iterator[Defect]:
    """A defect where BPR02 of the message's head differs from what its remittances account for."""
    for elements, position in zip(head.segments, head.positions, strict=True):
        if elements[0] != "BPR":
            continue
        paid = at(elements, 2)
        difference = dollars(paid) - explained
        if difference:
            words = f"payment less amounts paid less earlier adjustments leaves {difference}, expected 0.00"
            yield Defect(
                3, "IK403", "I12", words, position, head.id, "BPR", 2, value=paid, reference="782"
            )


def check(result: Walk) -> None:
    """Add the defects of the whole message; memory does not grow with the number of remittances."""
    explained, head, parts = ZERO, None, 0
    for path in tree.leaves(result, "2000B"):
        head = path[0]
        explained += _take(result, path[-1])
        parts += 1
    if head is None:
        head = tree.whole(result)
    for block in head.children("2000A"):
        explained += _take(result, block)
        parts += 1
    # A payment without any breakdown explains nothing: its details come by another way.
    if parts:
        for defect in unexplained_payment(head, explained):
            result.add(defect)


def _take(result: Walk, remittance: Block) -> Decimal:
    for defect in unexplained_differences(remittance):
        result.add(defect)
    return amount_explained(remittance)

"""Level 3 of the remittance (835): line, claim and payment."""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.edi.checks.claim_balance import adjusted
from cleanclaim.edi.checks.problem import Problem, wrong
from cleanclaim.edi.checks.registry import loop_check, message_check
from cleanclaim.edi.checks.unit import Unit, first
from cleanclaim.edi.fields import ZERO, at, dollars
from cleanclaim.wire.x12.tree import Block

_835 = ("835",)


@loop_check(
    "payment-line", 3, _835, ("2110",), "Line charge less paid = sum of the line's adjustments."
)
def payment_line(unit: Unit, line: Block) -> Iterable[Problem]:
    """SVC02 - SVC03 = sum of CAS."""
    head = line.segments[0]
    left = dollars(at(head, 2)) - dollars(at(head, 3)) - adjusted(line)
    if not left:
        return ()
    return (
        wrong(line, head, 3, f"charge less paid less adjustments leaves {left:.2f}, expected 0.00"),
    )


@loop_check(
    "payment-claim", 3, _835, ("2100",), "Claim charge less paid = sum of the adjustments of claim and lines."
)  # fmt: skip
def payment_claim(unit: Unit, claim: Block) -> Iterable[Problem]:
    """CLP03 - CLP04 = sum of CAS at claim and lines."""
    head = claim.segments[0]
    left = dollars(at(head, 3)) - dollars(at(head, 4)) - adjusted(claim)
    for line in claim.blocks:
        left -= adjusted(line)
    if not left:
        return ()
    words = f"claim charge less paid less all adjustments leaves {left:.2f}, expected 0.00"
    return (wrong(claim, head, 4, words),)


@loop_check(
    "payment-claim-charge", 3, _835, ("2100",), "Where there are lines, their charges make up the claim charge.",
    is_error=False,
)  # fmt: skip
def payment_claim_charge(unit: Unit, claim: Block) -> Iterable[Problem]:
    """CLP03 = sum of SVC02."""
    lines = [line for line in claim.blocks if line.id == "2110"]
    charged = sum((dollars(at(line.segments[0], 2)) for line in lines), ZERO)
    head = claim.segments[0]
    if not lines or charged == dollars(at(head, 3)):
        return ()
    return (wrong(claim, head, 3, f"claim charge {at(head, 3)}, but its lines make {charged}"),)


@message_check(
    "payment-total", 3, _835, ("2100",), "Payment = claims paid less provider adjustments (PLB takes off)."
)  # fmt: skip
class PaymentTotal:
    """BPR02 = sum of CLP04 - sum of PLB amounts."""

    def __init__(self) -> None:
        self.paid = ZERO

    def add(self, paid: Decimal) -> None:
        """Claims that somebody else added up."""
        self.paid += paid

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Add one claim."""
        self.paid += dollars(at(block.segments[0], 4))
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Compare."""
        root = unit.path[0]
        bpr = first(root, "BPR")
        if bpr is None:
            return ()
        taken = sum(
            (dollars(money) for plb in root.segments if plb[0] == "PLB" for money in plb[4::2]),
            ZERO,
        )
        sign = -1 if at(bpr, 3) == "D" else 1
        left = sign * dollars(at(bpr, 2)) - self.paid + taken
        if not left:
            return ()
        words = (
            f"payment less claims paid plus provider adjustments leaves {left:.2f}, expected 0.00"
        )
        return (wrong(root, bpr, 2, words),)

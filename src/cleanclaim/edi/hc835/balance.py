"""The three balances of a remittance: line, claim, payment (SNIP 3)."""

from decimal import Decimal

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.remittance import Remittance


def prove(remittance: Remittance) -> None:
    """Refuse what must never leave us.

    Raises:
        InvariantError: something does not balance, or a CO-16 (lacks information) does not say which information.
    """
    name = f"remittance {remittance.trace_number}"
    for claim in remittance.claims:
        where = f"{name}, claim {claim.control_number}"
        left = claim.charge - claim.paid
        for number, line in enumerate(claim.lines, 1):
            reduced, has_16 = _reduced(line.adjustments)
            if line.charge - line.paid != reduced:
                raise InvariantError(
                    f"{where}, line {number}: difference {line.difference}, expected 0.00"
                )
            if has_16 and not line.remark_codes and not claim.remark_codes:
                raise InvariantError(f"{where}, line {number}: CO-16 without a remark code")
            left -= reduced
        reduced, has_16 = _reduced(claim.adjustments)
        if left != reduced:
            raise InvariantError(f"{where}: difference {claim.difference}, expected 0.00")
        if has_16 and not claim.remark_codes:
            raise InvariantError(f"{where}: CO-16 without a remark code")
    if remittance.difference:
        raise InvariantError(f"{name}: difference {remittance.difference}, expected 0.00")


def _reduced(adjustments: tuple[Adjustment, ...]) -> tuple[Decimal, bool]:
    """The sum of the adjustments, and whether one is reason 16; in one go, as it is asked for every line."""
    reduced, has_16 = ZERO, False
    for adjustment in adjustments:
        reduced += adjustment.amount
        if adjustment.reason == "16":
            has_16 = True
    return reduced, has_16

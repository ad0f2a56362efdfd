"""The three balances of a remittance: line, claim, payment (SNIP 3)."""

from cleanclaim.kernel.errors import InvariantError
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
        for number, line in enumerate(claim.lines, 1):
            if line.difference:
                raise InvariantError(
                    f"{where}, line {number}: difference {line.difference}, expected 0.00"
                )
            if not line.remark_codes and not claim.remark_codes and _has_16(line.adjustments):
                raise InvariantError(f"{where}, line {number}: CO-16 without a remark code")
        if claim.difference:
            raise InvariantError(f"{where}: difference {claim.difference}, expected 0.00")
        if not claim.remark_codes and _has_16(claim.adjustments):
            raise InvariantError(f"{where}: CO-16 without a remark code")
    if remittance.difference:
        raise InvariantError(f"{name}: difference {remittance.difference}, expected 0.00")


def _has_16(adjustments: tuple[Adjustment, ...]) -> bool:
    return "16" in [a.reason for a in adjustments]

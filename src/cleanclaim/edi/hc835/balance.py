"""The three balances of a remittance: line, claim, payment (SNIP 3)."""

from cleanclaim.edi.hc835.read import LocatedRemittance
from cleanclaim.kernel.errors import InvariantError
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.remittance import Remittance
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.walker import Walk


def check(result: Walk, located: LocatedRemittance) -> None:
    """Add a defect per line, claim and payment whose difference is not 0.00."""
    remittance = located.remittance
    for claim, at, lines_at in zip(
        remittance.claims, located.claim_at, located.lines_at, strict=True
    ):
        for line, line_at in zip(claim.lines, lines_at, strict=True):
            if line.difference:
                words = f"charge less paid less adjustments leaves {line.difference}, expected 0.00"
                result.add(_balance(line_at, "2110", "SVC", 3, words, str(line.paid)))
        if claim.difference:
            words = f"claim charge less paid less all adjustments leaves {claim.difference}, expected 0.00"
            result.add(_balance(at, "2100", "CLP", 4, words, str(claim.paid)))
    if remittance.difference:
        words = f"payment less claims paid plus provider adjustments leaves {remittance.difference}, expected 0.00"
        result.add(_balance(2, "835", "BPR", 2, words, str(remittance.paid)))


def _balance(at: int, loop: str, tag: str, element: int, words: str, value: str) -> Defect:
    return Defect(3, "IK403", "I12", words, at, loop, tag, element, value=value, reference="782")


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
            if _is_bare_16(line.adjustments) and not line.remark_codes and not claim.remark_codes:
                raise InvariantError(f"{where}, line {number}: CO-16 without a remark code")
        if claim.difference:
            raise InvariantError(f"{where}: difference {claim.difference}, expected 0.00")
        if _is_bare_16(claim.adjustments) and not claim.remark_codes:
            raise InvariantError(f"{where}: CO-16 without a remark code")
    if remittance.difference:
        raise InvariantError(f"{name}: difference {remittance.difference}, expected 0.00")


def _is_bare_16(adjustments: tuple[Adjustment, ...]) -> bool:
    return any(a.reason == "16" for a in adjustments)

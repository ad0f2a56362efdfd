"""A reversal (CLP02 22) and the answer that it takes back: the same amounts with the other sign, or a person looks."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.remittance import ClaimPayment


def unlike(reversal: ClaimPayment, answer: ClaimPayment) -> str:
    """In what a reversal is not the opposite of an answer; empty where it is: charge, payment, each reason's sum."""
    pairs = [
        ("the charge", reversal.charge, answer.charge),
        ("the payment", reversal.paid, answer.paid),
    ]
    back, given = _by_reason(reversal.all_adjustments), _by_reason(answer.all_adjustments)
    pairs += [(code, back.get(code, ZERO), given.get(code, ZERO)) for code in sorted(back | given)]
    for name, taken, brought in pairs:
        if taken != -brought:
            return (
                f"it takes an answer back, but not with its amounts: {name} is {show(taken)}, expected "
                f"{show(-brought)}"
            )
    return ""


def mirrored(reversal: ClaimPayment, answer: ClaimPayment) -> ClaimPayment:
    """The reversal with the lines and claim level of the answer, signs turned, so that it posts its exact opposite."""
    return replace(
        reversal,
        adjustments=_turned(answer.adjustments),
        allowed=_opposite(answer.allowed),
        lines=tuple(
            replace(
                line,
                charge=-line.charge,
                paid=-line.paid,
                adjustments=_turned(line.adjustments),
                allowed=_opposite(line.allowed),
            )
            for line in answer.lines
        ),
    )


def _by_reason(adjustments: Iterable[Adjustment]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for one in adjustments:
        sums[one.code] = sums.get(one.code, ZERO) + one.amount
    return sums


def _turned(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(replace(one, amount=-one.amount) for one in adjustments)


def _opposite(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount

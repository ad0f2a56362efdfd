"""Encounters: care already paid for by capitation, reported only. Priced where possible, never paid.

The line carries CO-45 down to the allowed amount and CO-24 for the rest; nothing is accumulated, and no 835
answers it (X12 BHT06 = RP).
"""

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.pricing import price_line
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, Frequency, ServiceLine
from cleanclaim.values.decision import Decision, LineDecision, Outcome
from cleanclaim.values.trace import TraceStep


def inform(claim: Claim, context: Context) -> Decision:
    """The decision on an encounter."""
    words = f"This is a report of care already paid for: {show(claim.charge)} is noted, nothing is paid."
    return Decision(
        outcome=Outcome.INFORM,
        lines=tuple(_line(line, context) for line in claim.lines),
        decided_on=context.decided_on,
        steps=(TraceStep("claim.encounter", "", words),),
        takes_back=claim.frequency_code in (Frequency.CORRECTED, Frequency.VOID)
        and context.original is not None
        and context.original.is_final,
    )


def _line(line: ServiceLine, context: Context) -> LineDecision:
    price = price_line(line, context.contract, context.fees) if context.contract else None
    allowed = min(price.allowed, line.charge) if price else ZERO
    reduction = line.charge - allowed if allowed else ZERO
    adjustments = []
    if reduction:
        adjustments.append(Adjustment(Group.CONTRACTUAL, "45", reduction))
    if line.charge - reduction:
        adjustments.append(Adjustment(Group.CONTRACTUAL, "24", line.charge - reduction))
    return LineDecision(
        number=line.number,
        outcome=Outcome.INFORM,
        charge=line.charge,
        allowed=allowed,
        paid=ZERO,
        adjustments=tuple(adjustments),
        steps=price.steps if price else (),
    )

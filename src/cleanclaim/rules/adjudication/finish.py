"""From worked lines to the decision: outcomes, editions, accumulators and the proof that each line balances."""

from collections.abc import Sequence

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.line import LineWork
from cleanclaim.rules.adjudication.passed import passed_steps
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim
from cleanclaim.values.decision import Decision, LineDecision, Outcome, PendReason
from cleanclaim.values.trace import TraceStep


def finish(
    works: Sequence[LineWork],
    claim: Claim,
    context: Context,
    running: Running,
    steps: list[TraceStep],
    claim_pends: Sequence[PendReason],
) -> Decision:
    """The decision; with any pend, all lines wait."""
    line_pends = [work.pend for work in works if work.pend]
    pends = tuple(dict.fromkeys([*claim_pends, *line_pends]))
    is_pended = bool(pends)
    lines = tuple(_waiting(work) if is_pended else _decided(work) for work in works)
    for line in lines:
        if line.difference:
            raise InvariantError(
                f"line {line.number}: charge {line.charge} differs from paid {line.paid} and its "
                f"adjustments by {line.difference}"
            )
    outcome = _roll_up(lines, is_pended=is_pended)
    return Decision(
        outcome=outcome,
        lines=lines,
        decided_on=context.decided_on,
        editions=tuple(dict.fromkeys(e for work in works for e in work.editions if e)),
        accumulators=()
        if is_pended
        else tuple(change for work in works for change in work.accumulators),
        pends=pends,
        authorizations=() if is_pended else tuple(running.authorized),
        pay_member=any(work.paid_to_member for work in works) and not is_pended,
        steps=(
            *steps,
            *passed_steps(works, claim, context, running),
            _summary(works, claim, context, outcome),
        ),
    )


def _roll_up(lines: Sequence[LineDecision], *, is_pended: bool) -> Outcome:
    if is_pended:
        return Outcome.PEND
    return Outcome.PAY if any(line.outcome is Outcome.PAY for line in lines) else Outcome.DENY


def _waiting(work: LineWork) -> LineDecision:
    charge = work.line.charge
    return LineDecision(
        number=work.line.number,
        outcome=Outcome.PEND,
        charge=charge,
        allowed=ZERO,
        paid=ZERO,
        adjustments=(Adjustment(Group.OTHER, "133", charge),) if charge else (),
        steps=tuple(work.steps),
    )


def _decided(work: LineWork) -> LineDecision:
    return LineDecision(
        number=work.line.number,
        outcome=Outcome.DENY if work.denial else Outcome.PAY,
        charge=work.line.charge,
        allowed=ZERO if work.denial else work.allowed,
        paid=work.paid,
        adjustments=tuple(work.adjustments),
        remark_codes=work.denial.remark_codes if work.denial else (),
        steps=tuple(work.steps),
        paid_to_member=work.paid_to_member,
    )


def _summary(
    works: Sequence[LineWork], claim: Claim, context: Context, outcome: Outcome
) -> TraceStep:
    """One sentence on the whole claim, for the person who reads it aloud."""
    paid = sum((work.paid for work in works), ZERO)
    to_member = sum((work.paid_to_member for work in works), ZERO)
    if outcome is Outcome.PEND:
        words = "The claim waits for a person; nothing is decided yet."
    elif outcome is Outcome.DENY:
        words = f"The claim of {show(claim.charge)} is denied; nothing is paid."
    elif to_member:
        words = f"Of {show(claim.charge)} the plan pays {show(to_member)} to the member."
    else:
        words = f"Of {show(claim.charge)} the plan pays {show(paid)}."
    inputs = (("received_on", context.received_on.isoformat()),)
    return TraceStep("claim.outcome", "", words, paid, None, inputs)

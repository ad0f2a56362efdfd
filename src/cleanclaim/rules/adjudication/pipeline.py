"""Adjudication: the fixed order of steps from a claim to a decision (reference: payer.md, section 3).

Claim steps first (sum, link to the original, member, provider), then each line: days, eligibility, exclusion,
timely filing, duplicate, authorization, coverage, price, cost share, coordination, assignment. The first
denial of a line ends it. One pend holds the whole claim, because a claim pays only when every line is decided;
its lines then carry OA-133 and nothing is accumulated.

A correction that a claim step denies was never worked: its original stands (docs/decisions/0011).
"""

from dataclasses import replace
from decimal import Decimal

from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.rules.adjudication.context import Context
from cleanclaim.rules.adjudication.finish import finish
from cleanclaim.rules.adjudication.inform import inform
from cleanclaim.rules.adjudication.line import LineWork, work_line
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.rules.adjudication.steps.eligibility import rule as eligibility
from cleanclaim.rules.adjudication.steps.header import rule as header
from cleanclaim.rules.adjudication.steps.link import rule as link
from cleanclaim.rules.adjudication.steps.provider import rule as provider
from cleanclaim.rules.adjudication.verdict import Denial, Verdict, pend
from cleanclaim.rules.benefits import Tally
from cleanclaim.rules.cob import has_prior_payment, prior_shares
from cleanclaim.values.adjustment import Group
from cleanclaim.values.claim import Claim, Frequency
from cleanclaim.values.decision import Decision, Outcome
from cleanclaim.values.trace import TraceStep

CLAIM_STEPS = (
    header.check_claim,
    link.check_claim,
    eligibility.check_claim,
    provider.check_claim,
)
HIGH_DOLLAR = "high-dollar"
SECONDARY_ORDERS = frozenset("STABCDEFGH")
NO_PRIOR_DATA = Denial(Group.CONTRACTUAL, "22", ("MA04",))


def adjudicate(claim: Claim, context: Context) -> Decision:
    """The plan's decision. The same claim and context give the same decision.

    A void claim (frequency 8) whose original stands is answered by the reversal alone: the decision has no
    lines. An encounter is priced, not paid.

    Raises:
        InputError: a line's charge is below zero; intake rejects such a claim.
        InvariantError: a line does not balance (our bug).
    """
    for line in claim.lines:
        if line.charge < 0:
            raise InputError(
                f"line {line.number}: charge {line.charge}, expected zero or more",
                hint="Send a void or corrected claim instead of a negative charge",
            )
    if claim.is_encounter:
        return inform(claim, context)
    steps: list[TraceStep] = []
    verdict = _first_verdict(claim, context)
    if verdict is None:
        if claim.frequency_code == Frequency.VOID:
            return _void(claim, context)
        verdict = _secondary_without_data(claim) or _high_dollar(claim, context)
    if verdict is not None:
        steps.append(verdict.step)
    running = Running(Tally.of(context.used))
    shares = prior_shares(claim)
    works = []
    for place, line in enumerate(claim.lines):
        work = LineWork(line, shares[place] if shares else None)
        if verdict is not None and verdict.denial:
            work.deny(verdict)
        else:
            work_line(work, claim, context, running)
        works.append(work)
    pends = [verdict.pend] if verdict is not None and verdict.pend else []
    decision = finish(works, claim, context, running, steps, pends)
    is_worked = verdict is None and decision.outcome is not Outcome.PEND
    if claim.frequency_code != Frequency.CORRECTED or not is_worked:
        return decision
    return replace(decision, takes_back=True)


def _first_verdict(claim: Claim, context: Context) -> Verdict | None:
    for check in CLAIM_STEPS:
        verdict = check(claim, context)
        if verdict is not None:
            return verdict
    return None


def _secondary_without_data(claim: Claim) -> Verdict | None:
    """CO-22: this plan is not first, and the claim does not say what the first one did."""
    if claim.subscriber.payer_order not in SECONDARY_ORDERS or has_prior_payment(claim):
        return None
    words = "Another plan pays first, and the claim does not say what it paid. (CO-22, MA04)"
    return Verdict(TraceStep("coordination.missing", "", words), NO_PRIOR_DATA)


def _high_dollar(claim: Claim, context: Context) -> Verdict | None:
    limit: Decimal | None = context.options.high_dollar
    if limit is None or claim.charge < limit or HIGH_DOLLAR in context.options.released:
        return None
    return pend(
        "pend.high_dollar",
        f"The charge of {show(claim.charge)} has reached {show(limit)}: a person must release it.",
        code=HIGH_DOLLAR,
        queue="high dollar",
    )


def _void(claim: Claim, context: Context) -> Decision:
    words = f"The provider takes back claim {claim.original_payer_number}: it is reversed, nothing is paid anew."
    return Decision(
        outcome=Outcome.INFORM,
        lines=(),
        decided_on=context.decided_on,
        steps=(TraceStep("link.void", "", words),),
        takes_back=True,
    )

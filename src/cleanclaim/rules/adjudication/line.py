"""One line on its way through the pipeline."""

from dataclasses import dataclass, field
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.adjudication.context import Context, Coverage
from cleanclaim.rules.adjudication.running import Running
from cleanclaim.rules.adjudication.steps.assignment import rule as assignment
from cleanclaim.rules.adjudication.steps.authorization import rule as authorization
from cleanclaim.rules.adjudication.steps.coordination import rule as coordination
from cleanclaim.rules.adjudication.steps.coverage import rule as coverage
from cleanclaim.rules.adjudication.steps.duplicate import rule as duplicate
from cleanclaim.rules.adjudication.steps.eligibility import rule as eligibility
from cleanclaim.rules.adjudication.steps.filing import rule as filing
from cleanclaim.rules.adjudication.steps.header import rule as header
from cleanclaim.rules.adjudication.steps.provider import rule as provider
from cleanclaim.rules.adjudication.verdict import Denial, Verdict, pend
from cleanclaim.rules.benefits import CostShare, Plan, cost_share
from cleanclaim.rules.cob import PriorShare
from cleanclaim.rules.pricing import Price, price_line
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim, ServiceLine
from cleanclaim.values.decision import AccumulatorChange, PendReason
from cleanclaim.values.trace import TraceStep

MANUAL_PRICE = "manual-price"
LINE_CHECKS = (header.check_line, eligibility.check_line, provider.check_line)


@dataclass(slots=True)
class LineWork:
    """A line in the making: what the steps have found so far."""

    line: ServiceLine
    prior: PriorShare | None
    steps: list[TraceStep] = field(default_factory=list)
    editions: list[str] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    accumulators: list[AccumulatorChange] = field(default_factory=list)
    covered: Coverage | None = None
    denial: Denial | None = None
    pend: PendReason | None = None
    allowed: Decimal = ZERO
    paid: Decimal = ZERO
    paid_to_member: Decimal = ZERO

    def deny(self, verdict: Verdict) -> None:
        """End the line with what is left of its charge denied; earlier payers' part stays OA-23."""
        assert verdict.denial is not None
        denial = self.denial = verdict.denial
        left = self.line.charge
        if self.prior and self.prior.impact:
            left -= self.prior.impact
            self.adjust(Group.OTHER, "23", self.prior.impact)
        self.adjust(denial.group, denial.reason, left)
        step = verdict.step
        self.steps.append(
            TraceStep(step.rule, step.edition, step.words, -left, ZERO, step.inputs, step.source)
        )

    def adjust(self, group: Group, reason: str, amount: Decimal) -> None:
        """Add an adjustment unless it is nothing."""
        if amount:
            self.adjustments.append(Adjustment(group, reason, amount))


def work_line(work: LineWork, claim: Claim, context: Context, running: Running) -> None:
    """Take the line through the steps until one denies or pends it, or it is paid."""
    line = work.line
    for check in LINE_CHECKS:
        verdict = check(line, claim, context)
        if verdict is not None:
            work.deny(verdict)
            return
    assert context.member is not None and line.service_from is not None
    covered = eligibility.coverage_on(context.member, line.service_from)
    assert covered is not None
    work.covered = covered
    plan = covered.plan
    work.editions.append(plan.edition)
    verdict = (
        filing.check_line(line, claim, context, plan, work.prior)
        or duplicate.check_line(line, claim, context)
        or authorization.check_line(line, claim, context, plan, running)
        or coverage.check_line(line, plan)
    )
    if verdict is not None and verdict.denial:
        running.give_back(line.number)
        work.deny(verdict)
        return
    if verdict is not None:
        work.steps.append(verdict.step)
        work.pend = verdict.pend
        return
    _price_and_share(work, claim, context, running, covered)


def _price_and_share(
    work: LineWork, claim: Claim, context: Context, running: Running, covered: Coverage
) -> None:
    line, plan = work.line, covered.plan
    price = _price(line, context)
    if price is None:
        verdict = pend(
            "pricing.manual",
            f"No contract term prices {line.billed_code}: a person must set the allowed amount.",
            code=MANUAL_PRICE,
            queue="manual price",
        )
        work.steps.append(verdict.step)
        work.pend = verdict.pend
        return
    work.allowed = price.allowed
    work.editions.append(price.edition)
    work.steps.extend(price.steps)
    if work.prior is None:
        share = _share(work, price.allowed, claim, plan, running)
        _pay_first(work, share)
    else:
        base = coordination.base_for_share(line.charge, price.allowed, work.prior, plan)
        share = _pay_behind(work, _share(work, base, claim, plan, running), plan)
    _accumulate(work, share, plan, running)
    if assignment.pays_member(claim, plan) and work.paid > 0:
        _pay_member(work, plan)


def _price(line: ServiceLine, context: Context) -> Price | None:
    manual = context.options.manual_prices.get(line.number)
    if manual is not None:
        step = TraceStep(
            "pricing.manual",
            "",
            f"An examiner set the allowed amount to {show(manual)}.",
            balance=manual,
        )
        return Price(manual, "manual", "", (step,))
    assert context.contract is not None
    price = price_line(line, context.contract, context.fees)
    # A price of nothing for a real charge is a gap in the schedule: CARC 45 may not take a whole charge.
    return None if price is None or (price.allowed == 0 and line.charge > 0) else price


def _share(work: LineWork, base: Decimal, claim: Claim, plan: Plan, running: Running) -> CostShare:
    line = work.line
    assert line.service_from is not None
    category = plan.category(line.billed_code, line.place_of_service or claim.place_of_service)
    owes_copay = bool(
        category
        and category.copay
        and base > 0
        and running.owes_copay(category.name, line.service_from)
    )
    left = running.tally.left(plan, plan.benefit_year(line.service_from))
    return cost_share(base, plan, category, left, owes_copay=owes_copay)


def _pay_first(work: LineWork, share: CostShare) -> None:
    charge, allowed = work.line.charge, work.allowed
    if allowed < charge:
        work.adjust(Group.CONTRACTUAL, "45", charge - allowed)
        words = f"The contract allows {show(allowed)} of the charge of {show(charge)} (CO-45)."
        work.steps.append(
            TraceStep("pricing.contractual", work.editions[-1], words, allowed - charge, allowed)
        )
    elif allowed > charge:
        work.adjust(Group.OTHER, "94", charge - allowed)
    _adjust_share(work, share)
    work.steps.extend(share.steps)
    work.paid = allowed - share.amount


def _pay_behind(work: LineWork, share: CostShare, plan: Plan) -> CostShare:
    assert work.prior is not None
    done = coordination.coordinate(work.line.charge, work.allowed, share, work.prior, plan)
    work.adjust(Group.OTHER, "23", done.impact)
    work.adjust(Group.CONTRACTUAL, "45", done.contractual)
    _adjust_share(work, done.share)
    work.adjust(Group.OTHER, "94", -done.excess)
    work.steps.extend(share.steps)
    work.steps.extend(done.steps)
    work.paid = done.paid
    return done.share


def _adjust_share(work: LineWork, share: CostShare) -> None:
    work.adjust(Group.PATIENT, "1", share.deductible)
    work.adjust(Group.PATIENT, "3", share.copay)
    work.adjust(Group.PATIENT, "2", share.coinsurance)


def _accumulate(work: LineWork, share: CostShare, plan: Plan, running: Running) -> None:
    """Count what the member owes under this decision for the member and the family."""
    on = work.line.service_from
    if on is None or not share.amount:
        return
    year = plan.benefit_year(on)
    running.tally.add(year, deductible=share.deductible, out_of_pocket=share.amount)
    number = work.line.number
    for kind, amount in (("deductible", share.deductible), ("out_of_pocket", share.amount)):
        if amount:
            for scope in ("member", "family"):
                work.accumulators.append(AccumulatorChange(kind, scope, year, amount, number))


def _pay_member(work: LineWork, plan: Plan) -> None:
    work.paid_to_member = work.paid
    work.adjust(Group.PATIENT, "100", work.paid)
    words = f"Benefits were not assigned, so {show(work.paid)} goes to the member (PR-100)."
    work.steps.append(TraceStep("assignment.member", plan.edition, words, -work.paid, ZERO))
    work.paid = ZERO

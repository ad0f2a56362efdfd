"""What the member pays of one allowed line: deductible (PR-1), copay (PR-3), coinsurance (PR-2), capped.

member = min(deductible + copay + coinsurance, allowed, what is left to the out-of-pocket maximum). The line
that crosses the maximum is capped within itself, coinsurance first, then copay, then deductible (payer.md,
section 4). A copay belongs to a visit: the caller says whether this line still owes it.
"""

from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, percent, show
from cleanclaim.rules.benefits.accumulators import Left
from cleanclaim.rules.benefits.plan import Category, CopayOrder, Plan
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class CostShare:
    """The member's part of one line, by kind, with the steps that explain it."""

    deductible: Decimal = ZERO
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO
    steps: tuple[TraceStep, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The three together."""
        return self.deductible + self.copay + self.coinsurance


def cost_share(
    allowed: Decimal, plan: Plan, category: Category | None, left: Left, *, owes_copay: bool
) -> CostShare:
    """The member's share of `allowed`, dollars, whole cents."""
    copay_rate = category.copay if category else ZERO
    copay_due = copay_rate if owes_copay else ZERO
    takes_deductible = category is None or category.deductible_applies
    if copay_rate > 0 and plan.copay_order is CopayOrder.EXCLUDES_DEDUCTIBLE:
        takes_deductible = False
    deductible_due = left.deductible if takes_deductible else ZERO
    if plan.copay_order is CopayOrder.AFTER_DEDUCTIBLE:
        deductible = min(deductible_due, allowed)
        copay = min(copay_due, allowed - deductible)
    else:
        copay = min(copay_due, allowed)
        deductible = min(deductible_due, allowed - copay)
    rate = (
        plan.coinsurance
        if category is None or category.coinsurance is None
        else category.coinsurance
    )
    base = allowed - copay - deductible
    coinsurance = percent(base, rate) if base and rate else ZERO
    excess = ZERO
    if left.out_of_pocket is not None:
        excess = deductible + copay + coinsurance - left.out_of_pocket
    cut = _cap(deductible, copay, coinsurance, excess) if excess > 0 else None
    steps = _explain(plan, allowed, deductible, copay, coinsurance, rate, category)
    if cut is None:
        return CostShare(deductible, copay, coinsurance, tuple(steps))
    paid = allowed - sum(cut)
    steps.append(
        TraceStep(
            rule="benefits.out_of_pocket",
            edition=plan.edition,
            words=f"Only {show(left.out_of_pocket or ZERO)} is left to the year's out-of-pocket "
            f"maximum, so the plan takes over {show(excess)}.",
            amount=excess,
            balance=paid,
        )
    )
    return CostShare(*cut, tuple(steps))


def _cap(
    deductible: Decimal, copay: Decimal, coinsurance: Decimal, excess: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    from_coinsurance = min(coinsurance, excess)
    excess -= from_coinsurance
    from_copay = min(copay, excess)
    return (
        deductible - (excess - from_copay),
        copay - from_copay,
        coinsurance - from_coinsurance,
    )


def _explain(
    plan: Plan,
    allowed: Decimal,
    deductible: Decimal,
    copay: Decimal,
    coinsurance: Decimal,
    rate: Decimal,
    category: Category | None,
) -> list[TraceStep]:
    where = f" for {category.name}" if category else ""
    parts = [
        ("benefits.copay", copay, f"The copay{where} is {show(copay)} a visit."),
        (
            "benefits.deductible",
            deductible,
            f"{show(deductible)} goes to the deductible of the year.",
        ),
    ]
    if plan.copay_order is CopayOrder.AFTER_DEDUCTIBLE:
        parts.reverse()
    parts.append(
        (
            "benefits.coinsurance",
            coinsurance,
            f"The member pays {rate.normalize():f} % coinsurance of "
            f"{show(allowed - deductible - copay)}: {show(coinsurance)}.",
        )
    )
    steps = []
    balance = allowed
    for rule, amount, words in parts:
        if amount:
            balance -= amount
            steps.append(TraceStep(rule, plan.edition, words, -amount, balance))
    return steps

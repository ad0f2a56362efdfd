"""Step 140: what the plan pays behind earlier payers, and what is then left to the patient.

    allowable = the higher of our allowed amount and the earlier payer's (paid + patient's part), at most the charge
    standard              paid = min(normal, allowable - primary paid)
    non-duplication       paid = max(0, normal - primary paid)
    maintenance           paid = (our allowed - primary paid) run through deductible, copay and coinsurance

`normal` is what the plan would pay as first payer. The payment never exceeds the balance of the charge
(charge - primary paid - primary reductions, which is the patient's part of the primary's answer), unless the
plan's option lets it, then a negative OA-94 keeps the line in balance. OA-23 carries the earlier payers'
payments and reductions. What is left is the patient's up to the plan's own cost share, the rest CO-45.

Sources: NAIC model regulation 120 for the methods; X12 835 balancing for OA-23 and OA-94.
"""

from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.benefits import CobMethod, CostShare, Plan
from cleanclaim.rules.cob import PriorShare
from cleanclaim.values.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Coordinated:
    """The line behind earlier payers: charge = paid + impact + contractual + share - excess."""

    paid: Decimal
    impact: Decimal
    contractual: Decimal
    excess: Decimal
    share: CostShare
    steps: tuple[TraceStep, ...]


def coordinate(
    charge: Decimal, allowed: Decimal, share: CostShare, prior: PriorShare, plan: Plan
) -> Coordinated:
    """The plan's part. For maintenance of benefits, `share` was worked out on `base_for_share`."""
    balance = charge - prior.impact
    allowable = _allowable(charge, allowed, prior)
    wanted, words = _wanted(allowed, allowable, share, prior, plan)
    cap = None if plan.cob_pays_above_balance else max(balance, ZERO)
    paid = wanted if cap is None else min(wanted, cap)
    excess = max(paid - balance, ZERO)
    rest = balance - paid + excess
    owed = min(max(allowable - prior.paid - paid, ZERO), rest, share.amount)
    kept = _keep(share, owed)
    contractual = rest - owed
    return Coordinated(
        paid=paid,
        impact=prior.impact,
        contractual=contractual,
        excess=excess,
        share=kept,
        steps=_explain(charge, prior, plan, paid, owed, contractual, excess, words),
    )


def base_for_share(charge: Decimal, allowed: Decimal, prior: PriorShare, plan: Plan) -> Decimal:
    """The amount on which cost share is worked out: less the primary's payment under maintenance of benefits."""
    if plan.cob_method is CobMethod.MAINTENANCE:
        return max(_allowable(charge, allowed, prior) - prior.paid, ZERO)
    return allowed


def _allowable(charge: Decimal, allowed: Decimal, prior: PriorShare) -> Decimal:
    if prior.patient_owes is None:
        return allowed
    return max(allowed, min(prior.paid + prior.patient_owes, charge))


def _wanted(
    allowed: Decimal, allowable: Decimal, share: CostShare, prior: PriorShare, plan: Plan
) -> tuple[Decimal, str]:
    if plan.cob_method is CobMethod.MAINTENANCE:
        base = max(allowable - prior.paid, ZERO)
        return (
            base - share.amount,
            f"{show(base)} is left of the allowable; less the member's share",
        )
    normal = allowed - share.amount
    if plan.cob_method is CobMethod.NON_DUPLICATION:
        return max(normal - prior.paid, ZERO), f"Our benefit of {show(normal)} less their payment"
    room = max(allowable - prior.paid, ZERO)
    words = f"The lesser of our benefit of {show(normal)} and {show(room)} left of the allowable"
    return min(normal, room), words


def _keep(share: CostShare, owed: Decimal) -> CostShare:
    """The first `owed` dollars of the share: deductible, then copay, then coinsurance."""
    deductible = min(share.deductible, owed)
    copay = min(share.copay, owed - deductible)
    return CostShare(deductible, copay, owed - deductible - copay)


def _explain(
    charge: Decimal,
    prior: PriorShare,
    plan: Plan,
    paid: Decimal,
    owed: Decimal,
    contractual: Decimal,
    excess: Decimal,
    words: str,
) -> tuple[TraceStep, ...]:
    balance = charge - prior.impact
    steps = [
        TraceStep(
            "coordination.prior",
            plan.edition,
            f"The earlier payer paid {show(prior.paid)} and reduced {show(prior.reduced)} (OA-23).",
            -prior.impact,
            balance,
        ),
        TraceStep(
            "coordination.paid",
            plan.edition,
            f"{words}: we pay {show(paid)}.",
            -paid,
            balance - paid,
            inputs=(("method", plan.cob_method.value),),
            source="NAIC model regulation 120",
        ),
    ]
    left = balance - paid
    for rule, amount, text in (
        ("coordination.excess", -excess, "The payment is above the balance of the charge (OA-94)."),
        ("coordination.contract", contractual, "The rest is the provider's by contract (CO-45)."),
        ("coordination.patient", owed, "This is left to the patient."),
    ):
        if amount:
            left -= amount
            steps.append(TraceStep(rule, plan.edition, text, -amount, left))
    return tuple(steps)

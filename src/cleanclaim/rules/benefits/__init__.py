"""Benefits: plans, accumulators and what the member pays."""

from cleanclaim.rules.benefits.accumulators import Left, Tally, Used, left
from cleanclaim.rules.benefits.cost_share import CostShare, cost_share
from cleanclaim.rules.benefits.plan import Category, CobMethod, CopayOrder, PayMember, Plan

__all__ = [
    "Category",
    "CobMethod",
    "CopayOrder",
    "CostShare",
    "Left",
    "PayMember",
    "Plan",
    "Tally",
    "Used",
    "cost_share",
    "left",
]

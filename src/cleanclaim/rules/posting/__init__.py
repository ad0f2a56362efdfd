"""Posting: from charges, remittances and decisions to proposed ledger legs. Proposals only."""

from cleanclaim.rules.posting.charge import bucket_of_order, payer_bucket, plan_charge
from cleanclaim.rules.posting.fills import Fill, ToldFill, fill_of, plain_number, told_fill
from cleanclaim.rules.posting.payer import (
    plan_decision_legs,
    plan_decision_reversal_legs,
    plan_disbursement_legs,
    plan_member_payment_legs,
)
from cleanclaim.rules.posting.payer_rules import (
    PayerRule,
    RuleAction,
    check_rule,
    rules_in_force,
)
from cleanclaim.rules.posting.payment import plan_posting
from cleanclaim.rules.posting.policy import Action, PostingPolicy, default_policy, policy_from
from cleanclaim.rules.posting.provider_adjustments import (
    ProviderAdjustmentPlan,
    plan_provider_adjustments,
    provider_adjustment_words,
)
from cleanclaim.rules.posting.status import crossed_over_to, next_payer_parts
from cleanclaim.rules.posting.values import (
    OpenItem,
    PostingOutcome,
    PostingPlan,
    WorkRequest,
)

__all__ = [
    "Action",
    "Fill",
    "OpenItem",
    "PayerRule",
    "PostingOutcome",
    "PostingPlan",
    "PostingPolicy",
    "ProviderAdjustmentPlan",
    "RuleAction",
    "ToldFill",
    "WorkRequest",
    "bucket_of_order",
    "check_rule",
    "crossed_over_to",
    "default_policy",
    "fill_of",
    "next_payer_parts",
    "payer_bucket",
    "plain_number",
    "plan_charge",
    "plan_decision_legs",
    "plan_decision_reversal_legs",
    "plan_disbursement_legs",
    "plan_member_payment_legs",
    "plan_posting",
    "plan_provider_adjustments",
    "policy_from",
    "provider_adjustment_words",
    "rules_in_force",
    "told_fill",
]

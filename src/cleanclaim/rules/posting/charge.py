"""The entry that books a claim's charges, and what earlier payers had done before it came to us.

Charge: Dr receivable of the payer that the claim goes to, Cr revenue, per item. An earlier payer's cash: Dr
prior-payer cash, Cr the receivable. Its reductions: Dr contra (contractual for CO-45 and the like, else other),
Cr the receivable. What it left to the patient stays open for the next payer. Money the patient has already paid
(AMT*F5) is a memo here; its receipt is an entry of its own.
"""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.cob import PriorShare, prior_shares
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.rules.posting.values import OpenItem
from cleanclaim.values.accounts import (
    CONTRACTUAL,
    OTHER_REDUCTION,
    PRIOR_PAYER_CASH,
    RECEIVABLE_BY_BUCKET,
    REVENUE,
)
from cleanclaim.values.claim import Claim
from cleanclaim.values.entry import Leg

BUCKET_BY_ORDER = {"P": "payer:1", "U": "payer:1", "S": "payer:2"}


def payer_bucket(claim: Claim) -> str:
    """The payer bucket that the claim's receivable starts in: `payer:1`, `payer:2` or `payer:3`."""
    return bucket_of_order(claim.subscriber.payer_order)


def bucket_of_order(payer_order: str) -> str:
    """The payer bucket of a place in the order of payers (P, S, T, A to H); the third holds all that follow."""
    return BUCKET_BY_ORDER.get(payer_order, "payer:3")


def plan_charge(
    claim: Claim, items: Sequence[OpenItem], policy: PostingPolicy, *, payer_id: int = 0
) -> tuple[Leg, ...]:
    """The legs, summing to zero; none for an encounter, which makes no receivable.

    `items` are the claim's new open items, one per line, in line order.

    Raises:
        InputError: the items do not match the claim's lines.
    """
    if claim.asks_no_payment:
        return ()
    if len(items) != len(claim.lines):
        raise InputError(f"{len(items)} open items for {len(claim.lines)} lines, expected one each")
    shares = prior_shares(claim)
    legs: list[Leg] = []
    for place, (line, item) in enumerate(zip(claim.lines, items, strict=True)):
        receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
        if line.charge:
            legs.append(_leg(receivable, line.charge, item, payer_id, ""))
            legs.append(_leg(REVENUE.code, -line.charge, item, payer_id, ""))
        if shares:
            legs.extend(_prior_legs(shares[place], receivable, item, policy, payer_id))
    return tuple(legs)


def _prior_legs(
    share: PriorShare, receivable: str, item: OpenItem, policy: PostingPolicy, payer_id: int
) -> list[Leg]:
    parts = [(PRIOR_PAYER_CASH.code, share.paid, "prior-paid")]
    for adjustment in share.reductions:
        action = policy.action(adjustment, is_line_allowed=True)
        account = CONTRACTUAL if action is Action.CONTRACTUAL else OTHER_REDUCTION
        code = policy.accounts.get(adjustment.code, account.code)
        parts.append((code, adjustment.amount, f"prior {adjustment.code}"))
    legs = []
    for account_code, amount, reason in parts:
        if amount:
            legs.append(_leg(account_code, amount, item, payer_id, reason))
            legs.append(_leg(receivable, -amount, item, payer_id, reason))
    return legs


def _leg(account: str, amount: Decimal, item: OpenItem, payer_id: int, reason: str) -> Leg:
    return Leg(
        account,
        amount,
        item.item_id,
        item.claim_id,
        item.line_number,
        item.patient_id,
        payer_id,
        reason,
    )

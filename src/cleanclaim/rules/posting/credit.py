"""An item that posting would leave below zero: somebody finds out why."""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.rules.posting.values import OpenItem, WorkRequest


def credit_work(effects: Iterable[tuple[OpenItem, Decimal]]) -> list[WorkRequest]:
    """One request per item, of those known to the caller, that its effect takes below zero with this payer."""
    return [
        WorkRequest(
            kind="credit",
            reason="",
            amount=-(item.open_with_payer + effect),
            item_id=item.item_id,
            claim_id=item.claim_id,
            line_number=item.line_number,
            suggestion="Find out whether the payer paid twice; refund or correct",
        )
        for item, effect in effects
        if item.bucket in item.balances and item.open_with_payer + effect < 0
    ]

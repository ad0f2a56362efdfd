"""Proof: every dollar charged is paid, reduced, the patient's, denied, rejected or pended, and cash is cash."""

from cleanclaim.rules.proof.money import MONEY_KEYS, ClaimState, Money, claim_money, ledger_money
from cleanclaim.rules.proof.proof import (
    Cash,
    ClaimRow,
    Counts,
    Proof,
    add_up,
    prove,
)

__all__ = [
    "MONEY_KEYS",
    "Cash",
    "ClaimRow",
    "ClaimState",
    "Counts",
    "Money",
    "Proof",
    "add_up",
    "claim_money",
    "ledger_money",
    "prove",
]

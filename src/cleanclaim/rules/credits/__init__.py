"""Credit balances: what made them, who is owed, by when the law wants the money back."""

from cleanclaim.rules.credits.cause import Cause, CreditFacts, Owner, Receipt, Verdict, classify
from cleanclaim.rules.credits.clock import Due, due_on, escheat_on, stale_on

__all__ = [
    "Cause",
    "CreditFacts",
    "Due",
    "Owner",
    "Receipt",
    "Verdict",
    "classify",
    "due_on",
    "escheat_on",
    "stale_on",
]

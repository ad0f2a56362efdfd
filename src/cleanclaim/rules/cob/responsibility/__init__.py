"""What the patient owes in the end, and what payers still owe, line by line with the derivation."""

from cleanclaim.rules.cob.responsibility.benefit import Benefit
from cleanclaim.rules.cob.responsibility.rule import (
    LineOwed,
    Owed,
    PayerOwes,
    Stage,
    benefit_years,
    cost_share,
    responsibility,
)

__all__ = [
    "Benefit",
    "LineOwed",
    "Owed",
    "PayerOwes",
    "Stage",
    "benefit_years",
    "cost_share",
    "responsibility",
]

"""Coordination of benefits: what earlier payers did, line by line, who pays next, and what is left to the patient."""

from cleanclaim.rules.cob.answers import (
    PayerAnswer,
    standing_answer,
    standing_answers,
    told_answers,
)
from cleanclaim.rules.cob.medicare import second_reason, with_reason
from cleanclaim.rules.cob.next_claim import (
    NextClaim,
    NextCoverage,
    holder_of,
    next_claim,
    out_of_balance,
    patient_left,
)
from cleanclaim.rules.cob.passing import waits_for
from cleanclaim.rules.cob.prior import PriorShare, has_prior_payment, prior_shares

__all__ = [
    "NextClaim",
    "NextCoverage",
    "PayerAnswer",
    "PriorShare",
    "has_prior_payment",
    "holder_of",
    "next_claim",
    "out_of_balance",
    "patient_left",
    "prior_shares",
    "second_reason",
    "standing_answer",
    "standing_answers",
    "told_answers",
    "waits_for",
    "with_reason",
]

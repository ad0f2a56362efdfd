"""The daily proof: posted = remitted = at the bank, each difference named, signed and kept."""

from cleanclaim.apps.billing.deposits.daily.figures import DayProof
from cleanclaim.apps.billing.deposits.daily.gather import check_day, prove_day
from cleanclaim.apps.billing.deposits.daily.signing import (
    approvals_between,
    in_spite_words,
    sign_day,
    signatures_of,
    signed_data,
    signed_in_spite,
    signed_words,
)

__all__ = [
    "DayProof",
    "approvals_between",
    "check_day",
    "in_spite_words",
    "prove_day",
    "sign_day",
    "signatures_of",
    "signed_data",
    "signed_in_spite",
    "signed_words",
]

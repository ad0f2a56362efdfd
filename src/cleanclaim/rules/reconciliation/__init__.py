"""Which remittance a movement on the bank account pays: by trace number and amount; nothing is guessed."""

from cleanclaim.rules.reconciliation.debits import Debit, DebitSign, debit_kind
from cleanclaim.rules.reconciliation.deposits import (
    Candidate,
    Expected,
    Match,
    MatchState,
    awaited,
    match_deposits,
    match_traces,
)
from cleanclaim.rules.reconciliation.reissues import ToldClaim, repeats_claims, tells_again
from cleanclaim.rules.reconciliation.seen_before import Known, Recognised, Told, seen_before

__all__ = [
    "Candidate",
    "Debit",
    "DebitSign",
    "Expected",
    "Known",
    "Match",
    "MatchState",
    "Recognised",
    "Told",
    "ToldClaim",
    "awaited",
    "debit_kind",
    "match_deposits",
    "match_traces",
    "repeats_claims",
    "seen_before",
    "tells_again",
]

"""Which remittance a movement on the bank account pays, which entry explains money out; nothing is guessed."""

from cleanclaim.rules.reconciliation.batches import (
    AwaitedBatch,
    BatchCandidate,
    propose_batches,
)
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
from cleanclaim.rules.reconciliation.money_out import (
    MOST_DAYS,
    MoneyOut,
    days_around,
    explain_debit,
    looked_at_from,
)
from cleanclaim.rules.reconciliation.reissues import ToldClaim, repeats_claims, tells_again
from cleanclaim.rules.reconciliation.seen_before import (
    DAYS_NEARBY,
    Known,
    Recognised,
    Told,
    is_one_account,
    seen_before,
)

__all__ = [
    "DAYS_NEARBY",
    "MOST_DAYS",
    "AwaitedBatch",
    "BatchCandidate",
    "Candidate",
    "Debit",
    "DebitSign",
    "Expected",
    "Known",
    "Match",
    "MatchState",
    "MoneyOut",
    "Recognised",
    "Told",
    "ToldClaim",
    "awaited",
    "days_around",
    "debit_kind",
    "explain_debit",
    "is_one_account",
    "looked_at_from",
    "match_deposits",
    "match_traces",
    "propose_batches",
    "repeats_claims",
    "seen_before",
    "tells_again",
]

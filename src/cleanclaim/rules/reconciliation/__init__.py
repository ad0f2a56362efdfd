"""Which remittance a movement on the bank account pays: by trace number and amount; nothing is guessed."""

from cleanclaim.rules.reconciliation.deposits import (
    Candidate,
    Expected,
    Match,
    MatchState,
    awaited,
    match_deposits,
)

__all__ = ["Candidate", "Expected", "Match", "MatchState", "awaited", "match_deposits"]

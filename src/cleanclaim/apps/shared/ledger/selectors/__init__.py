"""Questions to the ledger, each as of any (effective, recorded) pair; all within one tenant block."""

from cleanclaim.apps.shared.ledger.selectors.balances import (
    TrialRow,
    account_balances,
    balances_by_claim,
    bucket_balances,
    claim_balances,
    claim_balances_now,
    item_balances,
    trial_balance,
)
from cleanclaim.apps.shared.ledger.selectors.buckets import (
    Responsible,
    bucket_history,
    responsible_buckets,
    standing_buckets,
)
from cleanclaim.apps.shared.ledger.selectors.entries import (
    EntryView,
    LegView,
    entries_of_account,
    entries_of_claim,
    entries_of_claims,
    entry_view,
    entry_views,
    first_recorded_at,
    has_entries,
    has_entries_between,
)
from cleanclaim.apps.shared.ledger.selectors.periods import (
    MonthState,
    closed_through,
    is_closed,
    months,
)
from cleanclaim.apps.shared.ledger.selectors.proof import Proof, prove

__all__ = [
    "EntryView",
    "LegView",
    "MonthState",
    "Proof",
    "Responsible",
    "TrialRow",
    "account_balances",
    "balances_by_claim",
    "bucket_balances",
    "bucket_history",
    "claim_balances",
    "claim_balances_now",
    "closed_through",
    "entries_of_account",
    "entries_of_claim",
    "entries_of_claims",
    "entry_view",
    "entry_views",
    "first_recorded_at",
    "has_entries",
    "has_entries_between",
    "is_closed",
    "item_balances",
    "months",
    "prove",
    "responsible_buckets",
    "standing_buckets",
    "trial_balance",
]

"""What changes the ledger. Each call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.shared.ledger.services.items import (
    BucketMove,
    NewItem,
    move_items,
    moves_insertion,
    open_items,
    transfer,
)
from cleanclaim.apps.shared.ledger.services.locks import (
    lock_all_claims,
    lock_claims,
    try_lock_claims,
)
from cleanclaim.apps.shared.ledger.services.periods import close_period, lock_month, open_period
from cleanclaim.apps.shared.ledger.services.posting import (
    Prepared,
    post_entries,
    post_prepared,
    prepare,
    prove_now,
    reserve_entries,
)
from cleanclaim.apps.shared.ledger.services.refunds import Credit, approve_refund, pay_refund
from cleanclaim.apps.shared.ledger.services.reversals import reverse_entries, reverse_entry

__all__ = [
    "BucketMove",
    "Credit",
    "NewItem",
    "Prepared",
    "approve_refund",
    "close_period",
    "lock_all_claims",
    "lock_claims",
    "lock_month",
    "move_items",
    "moves_insertion",
    "open_items",
    "open_period",
    "pay_refund",
    "post_entries",
    "post_prepared",
    "prepare",
    "prove_now",
    "reserve_entries",
    "reverse_entries",
    "reverse_entry",
    "transfer",
    "try_lock_claims",
]

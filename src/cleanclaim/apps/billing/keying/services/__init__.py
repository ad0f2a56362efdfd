"""What changes keyed batches. Every call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.keying.other_payments import (
    approve_other,
    refuse_other,
    withdraw_other,
)
from cleanclaim.apps.billing.keying.services.batches import (
    Header,
    attach_scan,
    change_batch,
    drop_batch,
    open_batch,
    release_batch,
    take_batch,
)
from cleanclaim.apps.billing.keying.services.correcting import correct_batch
from cleanclaim.apps.billing.keying.services.posting import post_batch, simulate_batch
from cleanclaim.apps.billing.keying.services.saving import Saved, save_entry, undo_last
from cleanclaim.apps.billing.keying.services.sheets import add_entries, key_sheet, line_named

__all__ = [
    "Header",
    "Saved",
    "add_entries",
    "approve_other",
    "attach_scan",
    "change_batch",
    "correct_batch",
    "drop_batch",
    "key_sheet",
    "line_named",
    "open_batch",
    "post_batch",
    "refuse_other",
    "release_batch",
    "save_entry",
    "simulate_batch",
    "take_batch",
    "undo_last",
    "withdraw_other",
]

"""What changes at the bank's desk. Every function runs in the caller's tenant, in one atomic block."""

from cleanclaim.apps.billing.deposits.services.batches import (
    NewItem,
    add_items,
    close_batch,
    open_batch,
    remove_item,
)
from cleanclaim.apps.billing.deposits.services.owners import assign_owner
from cleanclaim.apps.billing.deposits.services.placing import (
    place_after_remittances,
    place_likely,
    place_line,
    place_waiting,
    place_with_entity,
    settle_line,
    undo_deposit,
)
from cleanclaim.apps.billing.deposits.services.receiving import (
    ReceivedStatement,
    known_digests,
    line_digests,
    read_statement,
    receive_statement,
)

__all__ = [
    "NewItem",
    "ReceivedStatement",
    "add_items",
    "assign_owner",
    "close_batch",
    "known_digests",
    "line_digests",
    "open_batch",
    "place_after_remittances",
    "place_likely",
    "place_line",
    "place_waiting",
    "place_with_entity",
    "read_statement",
    "receive_statement",
    "remove_item",
    "settle_line",
    "undo_deposit",
]

"""What changes at the bank's desk. Every function runs in the caller's tenant, in one atomic block."""

from cleanclaim.apps.billing.deposits.services.batches import (
    NewItem,
    add_items,
    close_batch,
    open_batch,
    remove_item,
    take_receipts,
)
from cleanclaim.apps.billing.deposits.services.cards import pay_by_card
from cleanclaim.apps.billing.deposits.services.explaining import (
    MOST_AT_ONCE,
    book_bank_fee,
    reopen_explained,
    settle_by_act,
    settle_likely,
    settle_line,
    settle_named,
    take_act_back,
    undo_settled,
)
from cleanclaim.apps.billing.deposits.services.giving_back import (
    pay_by_adjustment,
    settle_after_posting,
    settle_given_back,
    undo_given_back,
)
from cleanclaim.apps.billing.deposits.services.owners import assign_owner
from cleanclaim.apps.billing.deposits.services.pairing import place_transfer, undo_transfer
from cleanclaim.apps.billing.deposits.services.placing import (
    lock_placing,
    place_after_remittances,
    place_likely,
    place_line,
    place_on_account,
    place_waiting,
    place_with_entity,
)
from cleanclaim.apps.billing.deposits.services.receiving import (
    ReceivedStatement,
    read_statement,
    receive_statement,
)
from cleanclaim.apps.billing.deposits.services.recognising import Equal, recognise
from cleanclaim.apps.billing.deposits.services.reissuing import reissue_payment, undo_reissue
from cleanclaim.apps.billing.deposits.services.settling_back import (
    take_settlement_back,
    undo_settlement_back,
)
from cleanclaim.apps.billing.deposits.services.undoing import (
    take_card_back,
    take_off_account,
    undo_deposit,
)

__all__ = [
    "MOST_AT_ONCE",
    "Equal",
    "NewItem",
    "ReceivedStatement",
    "add_items",
    "assign_owner",
    "book_bank_fee",
    "close_batch",
    "lock_placing",
    "open_batch",
    "pay_by_adjustment",
    "pay_by_card",
    "place_after_remittances",
    "place_likely",
    "place_line",
    "place_on_account",
    "place_transfer",
    "place_waiting",
    "place_with_entity",
    "read_statement",
    "receive_statement",
    "recognise",
    "reissue_payment",
    "remove_item",
    "reopen_explained",
    "settle_after_posting",
    "settle_by_act",
    "settle_given_back",
    "settle_likely",
    "settle_line",
    "settle_named",
    "take_act_back",
    "take_card_back",
    "take_off_account",
    "take_receipts",
    "take_settlement_back",
    "undo_deposit",
    "undo_given_back",
    "undo_reissue",
    "undo_settled",
    "undo_settlement_back",
    "undo_transfer",
]

"""What changes in the exchange. Every function runs in the caller's tenant, in one atomic block."""

from cleanclaim.apps.shared.exchange.services.answers import (
    raise_answer_alarms,
    record_answer,
)
from cleanclaim.apps.shared.exchange.services.partners import find_or_add_partner, next_envelope
from cleanclaim.apps.shared.exchange.services.receiving import (
    Arriving,
    Receipt,
    lock_received_file,
    lock_received_files,
    mark_all_processed,
    mark_processed,
    mark_refused,
    read_bounded,
    receive_file,
    receive_files,
    refuse_held_file,
    release_held_file,
    size_limit,
)
from cleanclaim.apps.shared.exchange.services.sending import mark_delivered, queue_file

__all__ = [
    "Arriving",
    "Receipt",
    "find_or_add_partner",
    "lock_received_file",
    "lock_received_files",
    "mark_all_processed",
    "mark_delivered",
    "mark_processed",
    "mark_refused",
    "next_envelope",
    "queue_file",
    "raise_answer_alarms",
    "read_bounded",
    "receive_file",
    "receive_files",
    "record_answer",
    "refuse_held_file",
    "release_held_file",
    "size_limit",
]

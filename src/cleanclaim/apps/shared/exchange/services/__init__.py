"""What changes in the exchange. Every function runs in the caller's tenant, in one atomic block."""

from cleanclaim.apps.shared.exchange.services.answers import (
    Answered,
    raise_answer_alarms,
    record_answer,
    record_answers,
)
from cleanclaim.apps.shared.exchange.services.judging import file_words
from cleanclaim.apps.shared.exchange.services.partners import (
    find_or_add_partner,
    find_or_add_partners,
    next_envelope,
    next_envelopes,
)
from cleanclaim.apps.shared.exchange.services.plain import keep_plain_file
from cleanclaim.apps.shared.exchange.services.receiving import (
    Arriving,
    Receipt,
    lock_received_file,
    lock_received_files,
    lock_waiting,
    mark_all_processed,
    mark_processed,
    mark_refused,
    read_bounded,
    receive_file,
    receive_files,
    refuse_held_file,
    size_limit,
)
from cleanclaim.apps.shared.exchange.services.releasing import awaited_release, release_held_file
from cleanclaim.apps.shared.exchange.services.sending import (
    Leaving,
    mark_delivered,
    queue_file,
    queue_files,
)
from cleanclaim.apps.shared.exchange.services.vouching import (
    PARTNER_KINDS,
    Vouched,
    awaited_vouch,
    find_or_add_sender,
    is_a_strangers,
    vouch_for_sender,
)

__all__ = [
    "PARTNER_KINDS",
    "Answered",
    "Arriving",
    "Leaving",
    "Receipt",
    "Vouched",
    "awaited_release",
    "awaited_vouch",
    "file_words",
    "find_or_add_partner",
    "find_or_add_partners",
    "find_or_add_sender",
    "is_a_strangers",
    "keep_plain_file",
    "lock_received_file",
    "lock_received_files",
    "lock_waiting",
    "mark_all_processed",
    "mark_delivered",
    "mark_processed",
    "mark_refused",
    "next_envelope",
    "next_envelopes",
    "queue_file",
    "queue_files",
    "raise_answer_alarms",
    "read_bounded",
    "receive_file",
    "receive_files",
    "record_answer",
    "record_answers",
    "refuse_held_file",
    "release_held_file",
    "size_limit",
    "vouch_for_sender",
]

"""What changes remittances. Every call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.remittances.selectors import open_remittance_ids
from cleanclaim.apps.billing.remittances.services.applying import (
    apply_beside,
    apply_held,
    apply_instead,
)
from cleanclaim.apps.billing.remittances.services.by_itself import post_by_itself
from cleanclaim.apps.billing.remittances.services.days import (
    BEFORE_POSTING,
    confirm_day,
    undo_day,
)
from cleanclaim.apps.billing.remittances.services.pairs import (
    settle_reversal,
    unsettle_reversal,
)
from cleanclaim.apps.billing.remittances.services.posting import (
    Posted,
    post_remittance,
    simulate_posting,
)
from cleanclaim.apps.billing.remittances.services.receiving import (
    ReceivedRemittances,
    Refused,
    keep_remittance,
    receive_remittances,
    require_new,
)
from cleanclaim.apps.billing.remittances.services.repeats import (
    approve_repeat,
    ask_for_repeat,
    refuse_repeat,
    withdraw_repeat,
)
from cleanclaim.apps.billing.remittances.services.reversing import (
    reverse_place,
    reverse_posting,
)
from cleanclaim.apps.billing.remittances.services.runs import (
    ask_run,
    is_large,
    last_run,
    open_run_ids,
    stop_run,
    work_run,
)
from cleanclaim.apps.billing.remittances.services.sums import fitting_sums
from cleanclaim.apps.billing.remittances.services.worker_rules import (
    approve_worker_rule,
    refuse_worker_rule,
    set_worker_rule,
    withdraw_worker_rule,
)
from cleanclaim.apps.billing.remittances.worker_rules import standing_rules

__all__ = [
    "BEFORE_POSTING",
    "Posted",
    "ReceivedRemittances",
    "Refused",
    "apply_beside",
    "apply_held",
    "apply_instead",
    "approve_repeat",
    "approve_worker_rule",
    "ask_for_repeat",
    "ask_run",
    "confirm_day",
    "fitting_sums",
    "is_large",
    "keep_remittance",
    "last_run",
    "open_remittance_ids",
    "open_run_ids",
    "post_by_itself",
    "post_remittance",
    "receive_remittances",
    "refuse_repeat",
    "refuse_worker_rule",
    "require_new",
    "reverse_place",
    "reverse_posting",
    "set_worker_rule",
    "settle_reversal",
    "simulate_posting",
    "standing_rules",
    "stop_run",
    "undo_day",
    "unsettle_reversal",
    "withdraw_repeat",
    "withdraw_worker_rule",
    "work_run",
]

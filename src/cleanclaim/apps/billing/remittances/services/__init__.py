"""What changes remittances. Every call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.remittances.selectors import open_remittance_ids
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
from cleanclaim.apps.billing.remittances.services.reversing import (
    apply_held,
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

__all__ = [
    "Posted",
    "ReceivedRemittances",
    "Refused",
    "apply_held",
    "ask_run",
    "fitting_sums",
    "is_large",
    "keep_remittance",
    "last_run",
    "open_remittance_ids",
    "open_run_ids",
    "post_remittance",
    "receive_remittances",
    "require_new",
    "reverse_place",
    "reverse_posting",
    "simulate_posting",
    "stop_run",
    "work_run",
]

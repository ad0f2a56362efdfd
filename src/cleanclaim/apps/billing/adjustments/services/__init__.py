"""What moves money on accounts by hand. Each call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.adjustments.services.bad_debt import recommend_bad_debt
from cleanclaim.apps.billing.adjustments.services.holds import (
    hold_account,
    holds_of,
    lift_hold,
    may_contact,
)
from cleanclaim.apps.billing.adjustments.services.reapplying import (
    Part,
    reapply_payment,
    still_applied,
)
from cleanclaim.apps.billing.adjustments.services.recovering import recover_bad_debt
from cleanclaim.apps.billing.adjustments.services.requesting import (
    Move,
    Request,
    approve_adjustment,
    refuse_adjustment,
    request_adjustment,
    undo_adjustment,
    withdraw_adjustment,
)
from cleanclaim.apps.billing.adjustments.services.small_balance import (
    Rule,
    preview,
    write_off_small,
)

__all__ = [
    "Move",
    "Part",
    "Request",
    "Rule",
    "approve_adjustment",
    "hold_account",
    "holds_of",
    "lift_hold",
    "may_contact",
    "preview",
    "reapply_payment",
    "recommend_bad_debt",
    "recover_bad_debt",
    "refuse_adjustment",
    "request_adjustment",
    "still_applied",
    "undo_adjustment",
    "withdraw_adjustment",
    "write_off_small",
]

"""What moves money on accounts by hand. Each call runs in the caller's tenant block and is all or nothing."""

from cleanclaim.apps.billing.adjustments.services.bad_debt import recommend_bad_debt
from cleanclaim.apps.billing.adjustments.services.coming_back import (
    BY_MAIL,
    lines_that_may_bring,
    refund_came_back,
)
from cleanclaim.apps.billing.adjustments.services.holds import (
    hold_account,
    holds_of,
    lift_hold,
    may_contact,
)
from cleanclaim.apps.billing.adjustments.services.issuing import (
    clear_refund,
    hand_to_state,
    issue_refunds,
    pay_state,
    stop_refund,
)
from cleanclaim.apps.billing.adjustments.services.reapplying import (
    Part,
    reapply_payment,
    still_applied,
)
from cleanclaim.apps.billing.adjustments.services.recovering import recover_bad_debt
from cleanclaim.apps.billing.adjustments.services.refunding import (
    approve_refund,
    cancel_refund,
    dismiss_credit,
    identify_credit,
    investigate_credit,
    request_refund,
    settle_by_takeback,
)
from cleanclaim.apps.billing.adjustments.services.requesting import (
    Move,
    Request,
    approve_adjustment,
    refuse_adjustment,
    request_adjustment,
    undo_adjustment,
    withdraw_adjustment,
)
from cleanclaim.apps.billing.adjustments.services.setting_terms import (
    approve_term,
    refuse_term,
    set_term,
    withdraw_term,
)
from cleanclaim.apps.billing.adjustments.services.small_balance import (
    Rule,
    preview,
    write_off_small,
)
from cleanclaim.apps.billing.adjustments.services.undoing import (
    may_be_out_again,
    undo_came_back,
    undo_clear,
)

__all__ = [
    "BY_MAIL",
    "Move",
    "Part",
    "Request",
    "Rule",
    "approve_adjustment",
    "approve_refund",
    "approve_term",
    "cancel_refund",
    "clear_refund",
    "dismiss_credit",
    "hand_to_state",
    "hold_account",
    "holds_of",
    "identify_credit",
    "investigate_credit",
    "issue_refunds",
    "lift_hold",
    "lines_that_may_bring",
    "may_be_out_again",
    "may_contact",
    "pay_state",
    "preview",
    "reapply_payment",
    "recommend_bad_debt",
    "recover_bad_debt",
    "refund_came_back",
    "refuse_adjustment",
    "refuse_term",
    "request_adjustment",
    "request_refund",
    "set_term",
    "settle_by_takeback",
    "still_applied",
    "stop_refund",
    "undo_adjustment",
    "undo_came_back",
    "undo_clear",
    "withdraw_adjustment",
    "withdraw_term",
    "write_off_small",
]

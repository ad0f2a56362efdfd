"""Where a payer's reduction usually stands in the books, for those who look over what was posted."""

from datetime import date
from decimal import Decimal

from cleanclaim.rules.posting.policy import Action, default_policy
from cleanclaim.values.accounts import DENIAL_WRITE_OFF
from cleanclaim.values.adjustment import Adjustment, Group

_ONE = Decimal("1.00")


def usual_account(code: str, *, on: date) -> str | None:
    """The account that the policy of the day gives an adjustment such as `CO-45`, of a line that was paid.

    A denial is written off, if at all, as a denial. Empty where nothing of ours is reduced: it is the patient's, or only a
    memo. None where `code` is no group and reason.
    """
    group, dash, reason = code.partition("-")
    if not (dash and reason and group in [one.value for one in Group]):
        return None
    found = default_policy(on).treatment(
        Adjustment(Group(group), reason, _ONE), is_line_allowed=True
    )
    if found.action is Action.DENY:
        return DENIAL_WRITE_OFF.code
    return found.account if found.action in (Action.CONTRACTUAL, Action.OTHER) else ""

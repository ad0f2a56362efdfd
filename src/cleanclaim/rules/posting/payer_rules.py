"""A practice's own posting rules: what it does with an adjustment of one payer, or of all, over the default policy.

A pattern is `CO-45`, `CO-*`, `*-45`, `PLB-CS` (provider level), `CLP05`: the patient's part as the payer says it is not the
sum of its PR adjustments, or `difference`: what an answer leaves open, or takes too much, on a line that it does not deny. A rule of the payer goes before one for all payers, the exact pattern before
a wide one, the newer before the older.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.accounts import BY_CODE, SMALL_BALANCE
from cleanclaim.values.adjustment import Group

PROVIDER_LEVEL = "PLB"
DIFFERENCE = "difference"
PATIENT_PART = "CLP05"


class RuleAction(StrEnum):
    """What a rule does with an amount."""

    CONTRACTUAL = "contractual"
    OTHER = "other"  # a reduction, or a PLB, on the account that the rule names
    WRITE_OFF = "write_off"
    PATIENT = "patient"
    NEXT_PAYER = "next_payer"
    MEMO = "memo"  # explains the arithmetic, posts nothing
    DENY = "deny"  # stays open with the payer, as work
    ASK = "ask"  # this claim's payment waits for a person
    HOLD = "hold"  # the whole remittance waits for a person


WAITING = (RuleAction.ASK, RuleAction.HOLD)  # a person answers them
_NAMES_ACCOUNT = (RuleAction.OTHER, RuleAction.WRITE_OFF)
_OF_PROVIDER_LEVEL = (RuleAction.OTHER, RuleAction.ASK, RuleAction.HOLD)


@dataclass(frozen=True, slots=True)
class PayerRule:
    """One rule. `payer_id` 0 = every payer; `limit` 0 = any amount, else the most that it applies to."""

    rule_id: int
    payer_id: int
    pattern: str
    action: RuleAction
    valid_from: date
    valid_to: date | None = None  # first day on which it is not in force
    account: str = ""
    limit: Decimal = Decimal("0.00")
    note: str = ""

    @property
    def words(self) -> str:
        """How a held payment or a note names it."""
        text = (
            f"posting rule {self.rule_id} ({self.pattern}: {self.action.value.replace('_', ' ')})"
        )
        return f"{text}: {self.note}" if self.note else text

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """The higher goes first."""
        return (bool(self.payer_id), "*" not in self.pattern, self.rule_id)


def rules_in_force(rules: Sequence[PayerRule], *, payer_id: int, on: date) -> tuple[PayerRule, ...]:
    """Those of the payer on the day, in the order in which they apply."""
    found = [
        rule
        for rule in rules
        if rule.payer_id in (0, payer_id)
        and rule.valid_from <= on
        and (rule.valid_to is None or on < rule.valid_to)
    ]
    return tuple(sorted(found, key=lambda rule: rule.rank, reverse=True))


def rule_for(
    rules: Sequence[PayerRule], group: str, reason: str, amount: Decimal
) -> PayerRule | None:
    """The first that fits the code and the amount; `rules` stand in their order."""
    if not rules:
        return None
    patterns = [f"{group}-{reason}"]
    if group != PROVIDER_LEVEL:
        patterns += [f"{group}-*", f"*-{reason}"]
    return next(
        (
            rule
            for rule in rules
            if rule.pattern in patterns and (not rule.limit or abs(amount) <= rule.limit)
        ),
        None,
    )


def difference_rule(rules: Sequence[PayerRule], amount: Decimal) -> PayerRule | None:
    """The rule under which this difference is small enough."""
    return next(
        (rule for rule in rules if rule.pattern == DIFFERENCE and abs(amount) <= rule.limit), None
    )


def patient_part_rule(rules: Sequence[PayerRule]) -> PayerRule | None:
    """The rule that has a payment wait whose CLP05 is not its PR adjustments."""
    return next((rule for rule in rules if rule.pattern == PATIENT_PART), None)


def check_rule(rule: PayerRule) -> None:
    """Refuse a rule that could not be carried out.

    Raises:
        InputError: the pattern is none, or action, account, limit and days do not go together.
    """
    kind = _kind(rule.pattern)
    if kind == DIFFERENCE:
        if rule.action is not RuleAction.WRITE_OFF or rule.limit <= 0:
            raise InputError("a difference: expected write off and a limit above 0.00")
        if rule.account not in ("", SMALL_BALANCE.code):
            raise InputError(
                f"a difference is written off to {SMALL_BALANCE.code}, not {rule.account}"
            )
    elif kind == PATIENT_PART:
        if rule.action not in (RuleAction.ASK, RuleAction.HOLD) or rule.limit:
            raise InputError(f"{PATIENT_PART}: expected ask or hold, and no limit")
    elif kind == PROVIDER_LEVEL and rule.action not in _OF_PROVIDER_LEVEL:
        raise InputError(
            f"{rule.pattern}: {rule.action.value}: expected other, ask or hold for a provider adjustment"
        )
    if rule.limit < 0:
        raise InputError(f"limit {rule.limit}: expected 0.00 or more")
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        raise InputError(f"the rule ends on {rule.valid_to}, before it starts")
    _check_account(rule, kind)


def _kind(pattern: str) -> str:
    if pattern in (DIFFERENCE, PATIENT_PART):
        return pattern
    group, dash, reason = pattern.partition("-")
    if not pattern.isascii():
        reason = ""
    if group == PROVIDER_LEVEL and dash and 1 <= len(reason) <= 2 and reason.isalnum():
        return PROVIDER_LEVEL
    groups = {one.value for one in Group}
    is_group = group in groups or group == "*"
    is_reason = reason == "*" or (1 <= len(reason) <= 5 and reason.isalnum())
    if not dash or not is_group or not is_reason or pattern == "*-*":
        raise InputError(
            f"pattern {pattern[:20]!r}: expected GROUP-REASON such as CO-45, CO-*, *-45, PLB-CS, {PATIENT_PART}, or {DIFFERENCE}"
        )
    return "adjustment"


def _check_account(rule: PayerRule, kind: str) -> None:
    if rule.action not in _NAMES_ACCOUNT or kind == DIFFERENCE:
        if rule.account and kind != DIFFERENCE:
            raise InputError(f"{rule.action.value} names no account, got {rule.account}")
        return
    account = BY_CODE.get(rule.account)
    if account is None:
        raise InputError(f"account {rule.account!r}: expected one of the chart of accounts")
    is_open = account.is_receivable or account.code.startswith(("asset:bank", "asset:remit"))
    if is_open or (kind != PROVIDER_LEVEL and not account.code.startswith("contra:")):
        raise InputError(f"account {rule.account}: expected a reduction (contra:...)")

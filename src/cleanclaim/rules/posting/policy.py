"""The posting policy as data: what to do with each adjustment code, dated, with its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cleanclaim.codes import adjustment_reasons
from cleanclaim.kernel.errors import ReferenceDataError
from cleanclaim.rules.parameters import parameter
from cleanclaim.rules.posting.payer_rules import (
    PayerRule,
    difference_rule,
    patient_part_rule,
    rule_for,
)
from cleanclaim.values.accounts import (
    BY_CODE,
    CONTRACTUAL,
    OTHER_REDUCTION,
    RECEIVABLE_PATIENT,
)
from cleanclaim.values.adjustment import Adjustment, Group

DEFAULT = Path(__file__).parent / "parameters" / "default.yaml"


class Action(StrEnum):
    """What an adjustment does to the provider's books."""

    CONTRACTUAL = "contractual"
    OTHER = "other"
    PATIENT = "patient"
    MEMO = "memo"
    DENY = "deny"
    # By a practice's own rules only:
    WRITE_OFF = "write_off"
    NEXT_PAYER = "next_payer"
    ASK = "ask"
    HOLD = "hold"


ACCOUNT_BY_ACTION = {
    Action.CONTRACTUAL: CONTRACTUAL.code,
    Action.OTHER: OTHER_REDUCTION.code,
    Action.PATIENT: RECEIVABLE_PATIENT.code,
}


@dataclass(frozen=True, slots=True)
class Treatment:
    """What becomes of one adjustment; `account` is empty where nothing is posted. `rule`: the practice's, if one."""

    action: Action
    account: str = ""
    rule: PayerRule | None = None


@dataclass(frozen=True, slots=True)
class PostingPolicy:
    """Actions by `CO-45`, `CO-*` or `*-A2`; `denials` and `suggestions` by CARC.

    `accounts`: where an adjustment is posted other than its action says, by `CO-253`; `rules` are the practice's
    own, in force on the day and in their order. `programs` are the policies for payers of a kind that means other
    things by some codes, by their filing indicator (CLP06). `coverage_reasons`: CARCs that ask for a look at the coverage even when the amount is the patient's.
    `spreads_unmatched_lines`: share a payment out over the claim's charges where its lines fit none of them
    and the sums agree; else hold it.
    """

    edition: str
    actions: Mapping[str, Action]
    denials: frozenset[str]
    suggestions: Mapping[str, str]
    default_suggestion: str
    coverage_reasons: frozenset[str] = frozenset()
    spreads_unmatched_lines: bool = True
    accounts: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[PayerRule, ...] = ()
    programs: Mapping[str, "PostingPolicy"] = field(default_factory=dict, compare=False, repr=False)
    usual: dict[tuple[Group, str, bool], Treatment] = field(
        default_factory=dict, compare=False, repr=False
    )  # what was found where no rule of the practice decides

    def with_rules(self, rules: Sequence[PayerRule]) -> "PostingPolicy":
        """The same policy under these rules (`rules_in_force`)."""
        return replace(self, rules=tuple(rules)) if rules else self

    def of_program(self, filing_indicator: str) -> "PostingPolicy":
        """The policy for a payer of this kind, under the same rules."""
        found = self.programs.get(filing_indicator)
        if found is None:
            return self
        return replace(found, rules=self.rules) if self.rules else found

    def treatment(
        self, adjustment: Adjustment, *, is_line_allowed: bool, sent: Decimal | None = None
    ) -> Treatment:
        """What to do and on which account: by the practice's rules first.

        Args:
            sent: the amount that a rule's limit is for, where this is a line's share of it.
        """
        if self.rules:
            amount = adjustment.amount if sent is None else sent
            rule = rule_for(self.rules, adjustment.group.value, adjustment.reason, amount)
            if rule is not None:
                return _of_rule(rule)
        key = (adjustment.group, adjustment.reason, is_line_allowed)
        known = self.usual.get(key)
        if known is None:
            known = self.usual[key] = self._usual(adjustment, is_line_allowed=is_line_allowed)
        return known

    def _usual(self, adjustment: Adjustment, *, is_line_allowed: bool) -> Treatment:
        action = self.action(adjustment, is_line_allowed=is_line_allowed)
        account = ACCOUNT_BY_ACTION.get(action, "")
        if action in (Action.CONTRACTUAL, Action.OTHER) and self.accounts:
            account = self.accounts.get(adjustment.code, account)
        return Treatment(action, account)

    def difference_rule(self, amount: Decimal) -> PayerRule | None:
        """The rule that writes a difference of this size off, if there is one."""
        return difference_rule(self.rules, amount) if self.rules else None

    def patient_part_rule(self) -> PayerRule | None:
        """The rule for a payment whose CLP05 is not its PR adjustments, if there is one."""
        return patient_part_rule(self.rules) if self.rules else None

    def action(self, adjustment: Adjustment, *, is_line_allowed: bool) -> Action:
        """What to do; `is_line_allowed`: the line was paid or has an allowed amount."""
        group, reason = adjustment.group.value, adjustment.reason
        actions = self.actions
        named = (
            actions.get(f"{group}-{reason}")
            or actions.get(f"{group}-*")
            or actions.get(f"*-{reason}")
        )
        if named is not None:
            return named
        if adjustment.group is Group.PATIENT:
            return Action.PATIENT
        if reason in self.denials or not is_line_allowed:
            return Action.DENY
        # Nothing is written off for a reason that no list has: somebody reads it first.
        return Action.OTHER if adjustment_reasons.is_valid(reason) else Action.DENY

    def denies(self, adjustment: Adjustment) -> bool:
        """Whether the reason says that the payer does not cover the service, whoever is to pay for it."""
        return adjustment.reason in self.denials

    def suggestion(self, reason: str) -> str:
        """What a person should do first about a denial with this CARC."""
        return self.suggestions.get(reason, self.default_suggestion)


def _of_rule(rule: PayerRule) -> Treatment:
    action = Action(rule.action.value)
    account = rule.account or ACCOUNT_BY_ACTION.get(action, "")
    return Treatment(action, account, rule)


def policy_from(raw: Mapping[str, Any], *, edition: str) -> PostingPolicy:
    """The policy in a mapping as parameters/default.yaml has it.

    Raises:
        ReferenceDataError: an action has an unknown name, or an account is none of the chart.
    """
    known = {action.value for action in (*ACCOUNT_BY_ACTION, Action.MEMO, Action.DENY)}
    wrong = [f"{key}: {name}" for key, name in raw["actions"].items() if name not in known]
    if wrong:
        raise ReferenceDataError(f"posting policy {edition}: unknown action {wrong[0]}")
    accounts = {str(key): str(code) for key, code in raw.get("accounts", {}).items()}
    strange = [f"{key}: {code}" for key, code in accounts.items() if code not in BY_CODE]
    if strange:
        raise ReferenceDataError(f"posting policy {edition}: unknown account {strange[0]}")
    others = raw.get("of_program", {})
    plain = {key: value for key, value in raw.items() if key != "of_program"}
    return PostingPolicy(
        edition=edition,
        programs={
            str(kind): policy_from(
                {**plain, "actions": {**raw["actions"], **actions}}, edition=edition
            )
            for kind, actions in others.items()
        },
        actions={str(key): Action(name) for key, name in raw["actions"].items()},
        denials=frozenset(str(reason) for reason in raw["denials"]),
        suggestions={str(key): str(text) for key, text in raw["suggestions"].items()},
        default_suggestion=str(raw["default_suggestion"]),
        coverage_reasons=frozenset(str(reason) for reason in raw.get("coverage_reasons", ())),
        spreads_unmatched_lines=raw.get("unmatched_lines", "spread") == "spread",
        accounts=accounts,
    )


@cache
def default_policy(on: date | None = None) -> PostingPolicy:
    """The house's policy in force on the day (the newest, where no day is given)."""
    found = parameter(DEFAULT)
    day = on or found.values[-1][0]
    return policy_from(found.value(on=day), edition=found.edition(on=day))

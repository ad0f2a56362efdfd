"""What a posting rule would have changed on the payer's last remittances, amount by amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.remittances.bodies import payments_of
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceAdjustment
from cleanclaim.apps.billing.remittances.payer_rules import payer_rules
from cleanclaim.rules.posting import PayerRule, default_policy, rules_in_force
from cleanclaim.rules.posting.patient_part import patient_part_difference
from cleanclaim.rules.posting.payer_rules import DIFFERENCE, PATIENT_PART, PROVIDER_LEVEL, rule_for
from cleanclaim.rules.posting.pieces import is_line_allowed
from cleanclaim.rules.posting.policy import Treatment
from cleanclaim.values.accounts import BY_CODE
from cleanclaim.values.adjustment import Adjustment

LAST_REMITTANCES = 20
MOST_CLAIMS = 500  # read of each


@dataclass(frozen=True, slots=True)
class Change:
    """One amount that the rule treats otherwise than today's do."""

    remittance_id: int
    trace_number: str
    control_number: str
    code: str
    amount: Decimal
    now: str
    then: str


def preview(rule: PayerRule, *, on: date) -> list[Change]:
    """The changes, newest remittance first. Of a rule for small differences none can be told beforehand."""
    if rule.pattern == DIFFERENCE:
        return []
    found = Remittance.objects.defer("body").order_by("-id")
    if rule.payer_id:
        found = found.filter(payer_id=rule.payer_id)
    changes: list[Change] = []
    for row in found[:LAST_REMITTANCES]:
        today = rules_in_force(payer_rules(row.payer_id), payer_id=row.payer_id, on=on)
        with_it = tuple(sorted((*today, rule), key=lambda one: one.rank, reverse=True))
        if rule.pattern.startswith(f"{PROVIDER_LEVEL}-"):
            changes += _provider_level(row, rule, with_it)
        else:
            changes += _claim_level(row, rule, today, with_it, on=on)
    return changes


def _provider_level(
    row: Remittance, rule: PayerRule, with_it: tuple[PayerRule, ...]
) -> Iterator[Change]:
    for one in RemittanceAdjustment.objects.filter(remittance=row).order_by("position"):
        if rule_for(with_it, PROVIDER_LEVEL, one.reason, one.amount) is rule:
            code = f"{PROVIDER_LEVEL}-{one.reason}"
            then = _words(rule.action.value, rule.account)
            yield Change(row.pk, row.trace_number, "", code, one.amount, "as the list says", then)


def _claim_level(
    row: Remittance,
    rule: PayerRule,
    today: tuple[PayerRule, ...],
    with_it: tuple[PayerRule, ...],
    *,
    on: date,
) -> Iterator[Change]:
    house = default_policy(on)
    old, new = house.with_rules(today), house.with_rules(with_it)
    for payment in payments_of(row.pk, 1, min(row.claim_count, MOST_CLAIMS)):
        if rule.pattern == PATIENT_PART:
            if differs := patient_part_difference(payment):
                yield Change(
                    row.pk, row.trace_number, payment.control_number, PATIENT_PART, differs,
                    "posted, and told", rule.action.value,
                )  # fmt: skip
            continue
        amounts: list[tuple[Adjustment, bool]] = [
            (one, is_line_allowed(line)) for line in payment.lines for one in line.adjustments
        ]
        amounts += [(one, bool(payment.paid or payment.allowed)) for one in payment.adjustments]
        for one, is_allowed in amounts:
            then = new.treatment(one, is_line_allowed=is_allowed)
            if then.rule is rule:
                now = old.treatment(one, is_line_allowed=is_allowed)
                yield Change(
                    row.pk, row.trace_number, payment.control_number, one.code, one.amount,
                    _treated(now), _treated(then),
                )  # fmt: skip


def _treated(one: Treatment) -> str:
    return _words(one.action.value, one.account)


def _words(action: str, account: str) -> str:
    name = BY_CODE[account].name if account in BY_CODE else ""
    return f"{action.replace('_', ' ')}: {name}" if name else action.replace("_", " ")

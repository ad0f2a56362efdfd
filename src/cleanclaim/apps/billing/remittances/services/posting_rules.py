"""Make and end the practice's own posting rules. A rule is never changed: what was posted under it stays told."""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.remittances.models import PostingRule
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.rules.posting import PayerRule, check_rule


@transaction.atomic
def add_rule(rule: PayerRule, *, on: date, by: int | None) -> PostingRule:
    """Put a rule in force from a day on, today or later; `rule.payer_id` 0 = for every payer.

    Raises:
        InputError: it could not be carried out, names no payer of ours, or starts in the past: what
            is posted already would be taken back by another rule than it was posted by.
    """
    payer_name = checked_payer(rule, on=on)
    return PostingRule.objects.create(
        payer_id=rule.payer_id,
        payer_name=payer_name,
        pattern=rule.pattern,
        action=rule.action.value,
        account=rule.account,
        amount_limit=rule.limit,
        note=rule.note[:200],
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        made_by=by,
    )


def checked_payer(rule: PayerRule, *, on: date) -> str:
    """The name of the payer whose rule it is, empty for all; for a rule that may be put in force on the day.

    Raises:
        InputError: as `add_rule`.
    """
    check_rule(rule)
    if rule.valid_from < on:
        raise InputError(f"the rule starts on {rule.valid_from}, expected {on} or later")
    if not rule.payer_id:
        return ""
    name = Payer.objects.filter(pk=rule.payer_id).values_list("name", flat=True).first()
    if name is None:
        raise InputError(f"payer {rule.payer_id}: not found")
    return name


@transaction.atomic
def end_rule(rule_id: int, *, on: date, by: int | None) -> PostingRule:
    """The rule is in force for the last time on the day before `on`; one that has not started never is.

    Raises:
        StateError: it has ended.
    """
    row = PostingRule.objects.select_for_update().get(pk=rule_id)
    if row.valid_to is not None and row.valid_to <= on:
        raise StateError(f"posting rule {rule_id} has ended on {row.valid_to}")
    row.valid_to = max(on, row.valid_from)
    row.ended_by, row.ended_at = by, timezone.now()
    row.save(update_fields=["valid_to", "ended_by", "ended_at"])
    return row


def draft(rule: PayerRule) -> PayerRule:
    """The rule as it would be kept, newest of all, for a look at what it changes."""
    newest = PostingRule.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return replace(rule, rule_id=newest + 1)

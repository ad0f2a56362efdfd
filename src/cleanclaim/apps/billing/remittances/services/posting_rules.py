"""Make and end the practice's own posting rules by two persons. A rule is never changed: what was posted under it stays told.

What has more wait for a person counts at once, and a second person looks at it afterwards; everything else counts from
when a second person has put it in force.
"""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import PostingRule
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users import two_persons
from cleanclaim.apps.shared.users.two_persons import IN_FORCE, Standing
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.rules.posting import PayerRule, RuleAction, check_rule

# What is ended by one person: the house's policy, and what two persons put in force, count in its place.
TAKES_OFF = (RuleAction.WRITE_OFF, RuleAction.OTHER, RuleAction.CONTRACTUAL)


@transaction.atomic
def add_rule(rule: PayerRule, *, on: date, by: int | None) -> PostingRule:
    """Propose a rule from a day on, today or later; `rule.payer_id` 0 = for every payer.

    One that only has payments wait is in force at once; another one waits for a second person.

    Raises:
        InputError: it could not be carried out, names no payer of ours, or starts in the past: what
            is posted already would be taken back by another rule than it was posted by.
    """
    payer_name = checked_payer(rule, on=on)
    row = PostingRule.objects.create(
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
        state=Standing.ALONE if _only_waits(rule) else Standing.PROPOSED,
    )
    work.open_rule(row, on=on)
    return row


def _only_waits(rule: PayerRule) -> bool:
    """Whether the rule can but make more wait: not where it has a payment wait that a rule holds with its whole remittance."""
    if rule.action is RuleAction.HOLD:
        return True
    holds = PostingRule.objects.filter(state__in=IN_FORCE, action=RuleAction.HOLD.value).filter(
        Q(valid_to=None) | Q(valid_to__gt=rule.valid_from)
    )
    same = holds.filter(payer_id__in=(0, rule.payer_id)) if rule.payer_id else holds
    return rule.action is RuleAction.ASK and not same.exists()


def checked_payer(rule: PayerRule, *, on: date) -> str:
    """The name of the payer whose rule it is, empty for all; for a rule that may be proposed on the day.

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
def approve_rule(rule_id: int, *, on: date, by: int) -> PostingRule:
    """Put a proposed rule in force as the second person, from its first day or today; or say that one in force was looked at.

    Raises:
        StateError: it is decided or ended, or its last day is over.
        PermissionRefusedError: the person proposed it.
    """
    row = _locked(rule_id)
    is_new = row.state == Standing.PROPOSED
    if row.ended_at is not None:
        raise StateError(f"{_name(row)} was ended", hint="Propose it anew.")
    if row.valid_to is not None and row.valid_to <= on:
        raise StateError(f"the last day of {_name(row)} is over", hint="Propose it anew.")
    two_persons.approve(row, by=by, maker=row.made_by, name=_name(row))
    if is_new and row.valid_from < on:
        row.valid_from = (
            on  # what was posted before is taken back by the rules that it was posted by
        )
        row.save(update_fields=["valid_from"])
    work.close_rule(row, outcome="Approved")
    return row


@transaction.atomic
def refuse_rule(rule_id: int, *, by: int, words: str) -> PostingRule:
    """Say no to a proposed rule, with the reason.

    Raises:
        InputError: no reason.
        StateError: it is in force, or decided.
    """
    row = _locked(rule_id)
    two_persons.refuse(row, by=by, words=words, name=_name(row))
    work.close_rule(row, outcome="Refused")
    return row


@transaction.atomic
def withdraw_rule(rule_id: int, *, by: int) -> PostingRule:
    """Take one's own proposal back.

    Raises:
        StateError: it is in force, decided, or somebody else's.
    """
    row = _locked(rule_id)
    two_persons.withdraw(row, by=by, maker=row.made_by, name=_name(row))
    work.close_rule(row, outcome="Withdrawn")
    return row


@transaction.atomic
def end_rule(rule_id: int, *, on: date, by: int | None) -> PostingRule:
    """End a rule that takes amounts off; of one that keeps something open or has it wait, ask a second person to.

    An ended rule is in force for the last time on the day before `on`; one that has not started never is.

    Raises:
        StateError: it has ended or is not in force, or its end is asked for already.
    """
    row = _in_force(rule_id, on=on)
    if row.end_asked_at is not None:
        raise StateError(f"the end of {_name(row)} is asked for already")
    if RuleAction(row.action) in TAKES_OFF:
        return _end(row, on=on, by=by)
    PostingRule.objects.filter(pk=row.pk).update(end_asked_by=by, end_asked_at=Now())
    row.refresh_from_db()
    work.open_rule_end(row, on=on)
    return row


@transaction.atomic
def approve_end(rule_id: int, *, on: date, by: int) -> PostingRule:
    """End a rule as the second person.

    Raises:
        StateError: it has ended, or nobody asked.
        PermissionRefusedError: the person asked for it.
    """
    row = _end_asked(rule_id, on=on)
    two_persons.refuse_own(row.end_asked_by, by, f"the end of {_name(row)}")
    work.close_rule_end(row, outcome="Ended")
    return _end(row, on=on, by=by)


@transaction.atomic
def refuse_end(rule_id: int, *, on: date) -> PostingRule:
    """The rule stays: what was asked for is dropped, by whoever asked, too.

    Raises:
        StateError: it has ended, or nobody asked.
    """
    row = _end_asked(rule_id, on=on)
    row.end_asked_by = row.end_asked_at = None
    row.save(update_fields=["end_asked_by", "end_asked_at"])
    work.close_rule_end(row, outcome="The rule stays")
    return row


def _end(row: PostingRule, *, on: date, by: int | None) -> PostingRule:
    PostingRule.objects.filter(pk=row.pk).update(
        valid_to=max(on, row.valid_from), ended_by=by, ended_at=Now()
    )
    row.refresh_from_db()
    work.close_rule(row, outcome="Ended")
    return row


def _locked(rule_id: int) -> PostingRule:
    return PostingRule.objects.select_for_update().get(pk=rule_id)


def _name(row: PostingRule) -> str:
    return f"posting rule {row.pk}"


def _in_force(rule_id: int, *, on: date) -> PostingRule:
    row = _locked(rule_id)
    if not row.is_in_force:
        raise StateError(f"{_name(row)} is not in force: {row.get_state_display().lower()}")
    if row.ended_at is not None or (row.valid_to is not None and row.valid_to <= on):
        raise StateError(f"{_name(row)} has ended on {row.valid_to}")
    return row


def _end_asked(rule_id: int, *, on: date) -> PostingRule:
    row = _in_force(rule_id, on=on)
    if row.end_asked_at is None:
        raise StateError(f"nobody asked to end {_name(row)}")
    return row


def draft(rule: PayerRule) -> PayerRule:
    """The rule as it would be kept, newest of all, for a look at what it changes."""
    newest = PostingRule.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return replace(rule, rule_id=newest + 1)

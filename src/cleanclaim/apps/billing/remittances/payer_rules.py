"""The practice's own posting rules as kept, and as posting reads them."""

from collections.abc import Callable

from cleanclaim.apps.billing.remittances.models import PostingRule
from cleanclaim.apps.shared.users.two_persons import IN_FORCE
from cleanclaim.rules.posting import PayerRule, RuleAction

RulesOf = Callable[[int], tuple[PayerRule, ...]]  # of a payer, as `payer_rules`


def payer_rules(payer_id: int) -> tuple[PayerRule, ...]:
    """Every rule that is or was in force for this payer or for all."""
    rows = PostingRule.objects.filter(payer_id__in=(0, payer_id), state__in=IN_FORCE)
    return tuple(to_rule(row) for row in rows)


def to_rule(row: PostingRule) -> PayerRule:
    """The row as a value; a new one's number is 0."""
    return PayerRule(
        rule_id=row.pk or 0,
        payer_id=row.payer_id,
        pattern=row.pattern,
        action=RuleAction(row.action),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        account=row.account,
        limit=row.amount_limit,
        note=row.note,
    )

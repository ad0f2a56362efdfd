"""Whether the worker posts what a payer sends by itself, or leaves it to a person: what the practice has said of it."""

from collections.abc import Mapping

from cleanclaim.apps.billing.remittances.models import Remittance, State, Way, WorkerRule
from cleanclaim.apps.shared.users.two_persons import IN_FORCE

Standing = Mapping[int, WorkerRule]  # by payer; 0 is for those without one of their own


def standing_rules() -> dict[int, WorkerRule]:
    """The newest rule in force of each payer, and that of all others."""
    kept = WorkerRule.objects.filter(state__in=IN_FORCE)
    newest = kept.order_by("payer_id", "-id").distinct("payer_id")
    return {row.payer_id: row for row in newest}


def rule_for(payer_id: int, standing: Standing) -> WorkerRule | None:
    """The rule that counts for a payer; None where the practice has said nothing: the worker posts."""
    own = standing.get(payer_id)
    if own is not None and own.way != Way.DEFAULT:
        return own
    return standing.get(0)


def is_ready(row: Remittance) -> bool:
    """Whether the worker left it to a person, who has not posted it yet."""
    return row.state == State.RECEIVED and row.worker_rule_id is not None


def worker_words(row: Remittance) -> str:
    """`the worker, by rule 3 (all payers)` where it posted by itself; empty where a person or a command did."""
    if row.posted_by is not None or row.worker_rule_id is None:
        return ""
    if row.worker_rule_id == 0:
        return "the worker, as no rule has a person look first"
    rule = WorkerRule.objects.get(pk=row.worker_rule_id)
    if rule.way == Way.LOOK:
        return ""  # left to a person, who had it posted by a command
    return f"the worker, by rule {rule.pk} ({rule.payer_name or 'all payers'})"

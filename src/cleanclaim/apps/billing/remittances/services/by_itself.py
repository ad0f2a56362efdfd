"""What the worker does with a received remittance: post it by itself, or leave it to a person, as the practice says."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.remittances import parts, work
from cleanclaim.apps.billing.remittances.models import Remittance, State, Way, WorkerRule
from cleanclaim.apps.billing.remittances.services.posting import (
    Posted,
    post_remittance,
    simulate_posting,
)
from cleanclaim.apps.billing.remittances.worker_rules import Standing, rule_for
from cleanclaim.kernel.words import counted


@transaction.atomic
def post_by_itself(remittance_id: int, *, posted_on: date, standing: Standing) -> Posted | None:
    """Post a received remittance, or leave it to a person (None), by the rule that counts for its payer."""
    rule = None
    if standing:
        row = Remittance.objects.defer("body").select_for_update().get(pk=remittance_id)
        rule = rule_for(row.payer_id, standing)
        if rule is not None and rule.way == Way.LOOK:
            _leave(row, rule, on=posted_on)
            return None
    done = post_remittance(remittance_id, posted_on=posted_on)
    if not done.hold:
        Remittance.objects.filter(pk=remittance_id).update(worker_rule_id=rule.pk if rule else 0)
    return done


def _leave(row: Remittance, rule: WorkerRule, *, on: date) -> None:
    if row.state != State.RECEIVED or row.worker_rule_id is not None:
        return  # somebody was first
    Remittance.objects.filter(pk=row.pk).update(worker_rule_id=rule.pk)
    work.open_ready(row, f"{_found(row, on=on)} Rule {rule.pk}: {rule.note}", on=on)


def _found(row: Remittance, *, on: date) -> str:
    """What matching has found, so that the work list says which are quick."""
    if row.claim_count > parts.PLACES_AT_ONCE:
        return f"{counted(row.claim_count, 'claim')}, to be simulated."
    plan = simulate_posting(row.pk, posted_on=on)
    if plan.hold:
        return f"Cannot be posted as it is: {plan.hold}."
    fits = len(plan.places) - len(plan.held)
    return f"{fits} of {counted(len(plan.places), 'claim')} would post, {len(plan.held)} held."

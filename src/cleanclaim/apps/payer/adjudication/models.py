"""Decisions, one row each, never changed: a later row overrides or reverses an earlier one."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class DecisionKind(models.TextChoices):
    """Why a decision row exists."""

    DECISION = "decision", "Decision"
    REVERSAL = "reversal", "Reversal"
    OVERRIDE = "override", "Override"


class CaseDecision(TenantModel):
    """One decision about a case. `body` is `values.Decision` as JSON text, with every trace step.

    A reversal repeats the body of the decision that it takes back (`reverses_id`) and carries its
    amounts negated. A pend is a decision too (outcome `pend`, no money). `context` keeps what the
    decision saw besides the claim (accumulators, history, editions), so that a re-run sees the same.
    """

    case_id = models.BigIntegerField()
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=DecisionKind)
    outcome = models.CharField(max_length=8)
    decided_on = models.DateField()
    editions = models.CharField(max_length=400, blank=True)
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    allowed = models.DecimalField(max_digits=14, decimal_places=2)
    paid = models.DecimalField(max_digits=14, decimal_places=2)
    patient_owes = models.DecimalField(max_digits=14, decimal_places=2)
    paid_to_member = models.DecimalField(max_digits=14, decimal_places=2)
    body = models.TextField()
    context = models.TextField(blank=True)
    provider_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    reverses_id = models.BigIntegerField(null=True)
    entry_id = models.BigIntegerField(null=True)  # the ledger entry, where money moved
    by = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    authority = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "case_id", "number"], name="case_decision_number"
            ),
            models.UniqueConstraint(
                fields=["organization", "reverses_id"],
                condition=~models.Q(reverses_id=None),
                name="case_decision_reversed_once",
            ),
        ]


class PlanOptions(TenantModel):
    """Switches of the plan's operation; see `rules.adjudication.Options`. One row per organization."""

    original_not_found = models.CharField(max_length=4, default="pend")  # pend, deny
    suspect_duplicate = models.CharField(max_length=4, default="off")  # off, pend, deny
    high_dollar = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], name="plan_options_once")
        ]

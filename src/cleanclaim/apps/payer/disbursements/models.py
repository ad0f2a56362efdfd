"""Check runs, their lines, the payments to providers and members, and what payees carry forward."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class RunState(models.TextChoices):
    """Where a check run stands."""

    PREPARED = "prepared", "Prepared"
    RELEASED = "released", "Released"


class CheckRun(TenantModel):
    """One run over everything decided and not yet remitted. Prepared, looked at, then released once.

    `prepared_by` began it; `preparers` are all who put lines on it.
    """

    pay_on = models.DateField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PREPARED)
    line_count = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    member_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    prepared_by = models.BigIntegerField(null=True)
    preparers = ArrayField(models.BigIntegerField(), default=list)
    released_by = models.BigIntegerField(null=True)
    prepared_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Two prepared runs would both claim the same decisions.
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(state="prepared"),
                name="check_run_prepared_once",
            )
        ]

    def is_prepared_by(self, user_id: int | None) -> bool:
        """Whether the person put lines on the run; then another one must release what is above their limit."""
        return user_id is not None and user_id in (self.prepared_by, *self.preparers)


class LineState(models.TextChoices):
    """Where a pre-check line stands."""

    INCLUDED = "included", "Included"
    HELD = "held", "Held"
    PAID = "paid", "Remitted"


class CheckRunLine(TenantModel):
    """One decision on the pre-check list. A held line stays out; a later run takes its decision up again."""

    run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, related_name="lines")
    decision_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    provider_id = models.BigIntegerField()
    member_id = models.BigIntegerField()
    amount = models.DecimalField(
        max_digits=14, decimal_places=2
    )  # to the provider; a reversal is negative
    member_amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=8, choices=LineState, default=LineState.INCLUDED)
    flags = models.CharField(max_length=200, blank=True)  # comma-separated codes
    note = models.CharField(max_length=300, blank=True)
    held_by = models.BigIntegerField(null=True)
    payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "decision_id"],
                condition=~models.Q(state="held"),
                name="check_run_line_decision_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "run", "provider_id"], name="check_run_line_payee"
            ),
            models.Index(fields=["organization", "case_id"], name="check_run_line_case"),
            models.Index(
                fields=["organization", "member_id"],
                condition=~models.Q(member_amount=0),
                name="check_run_line_to_member",
            ),
        ]


class Payment(TenantModel):
    """One payment to one payee under one trace number, told by one 835 (`file_id`).

    `method`: ACH, CHK or NON (nothing to pay). `claims_amount` is the sum of the claims' payments,
    `carried_in` what an earlier forward balance takes away, `carried_out` what is carried on:
    amount = claims_amount - carried_in + carried_out.
    `syntax_outcome` is the payee's 999 for the 835.
    """

    run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, related_name="payments")
    provider_id = models.BigIntegerField()
    trace_number = models.CharField(max_length=50)
    method = models.CharField(max_length=3)
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    claims_amount = models.DecimalField(max_digits=14, decimal_places=2)
    carried_in = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    carried_out = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    claim_count = models.IntegerField()
    file_id = models.BigIntegerField(null=True)
    partner_id = models.BigIntegerField(null=True)
    syntax_outcome = models.CharField(max_length=24, blank=True)
    acknowledged_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "trace_number"], name="payment_trace"),
            models.UniqueConstraint(
                fields=["organization", "run", "provider_id"], name="payment_payee_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="payment_not_negative"),
            models.CheckConstraint(
                condition=models.Q(
                    amount=models.F("claims_amount")
                    - models.F("carried_in")
                    + models.F("carried_out")
                ),
                name="payment_balances",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "file_id"], name="payment_file")]


class PayeeBalance(TenantModel):
    """What a payee owes and carries to its next payment: the sum; positive = owed to the plan."""

    provider_id = models.BigIntegerField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reference = models.CharField(max_length=50)
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "provider_id"], name="payee_balance_provider")
        ]


class MemberPayment(TenantModel):
    """What one run sends to one member because assignment was refused.

    Reversals are netted: where a member owes, nothing is sent until later lines have made up for it.
    """

    run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, related_name="member_payments")
    member_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    check_number = models.CharField(max_length=20)
    paid_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "run", "member_id"], name="member_payment_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="member_payment_above_zero"
            ),
        ]

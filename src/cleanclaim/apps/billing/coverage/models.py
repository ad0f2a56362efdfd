"""A patient's coverages."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Coverage(TenantModel):
    """One payer's cover of one patient. `subscriber` is `values.Subscriber` as JSON; empty: not known.

    `payer_order` is P, S, T or A-H as the claims said last; `relationship` the patient's to the
    subscriber (`18` self). The facts from `plan_kind` on say which payer is billed first (`rules.cob.order`); empty: not known. `program` protects the patient from being billed (`rules.cob.protection`),
    `second_because` says why Medicare is not the first payer (`rules.cob.order`).
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    payer_order = models.CharField(max_length=1)
    member_id = models.CharField(max_length=80)
    relationship = models.CharField(max_length=2, default="18")
    group_number = models.CharField(max_length=50, blank=True)
    group_name = models.CharField(max_length=60, blank=True)
    filing_indicator = models.CharField(max_length=2, blank=True)
    subscriber = models.TextField(blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # excluded
    program = models.CharField(max_length=24, blank=True, default="", db_default="")
    share_of_cost = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, db_default=0
    )  # of a month; its claims use it up in the order in which they were answered
    second_because = models.CharField(max_length=24, blank=True, default="", db_default="")
    plan_kind = models.CharField(max_length=24, blank=True, default="", db_default="")
    employment = models.CharField(max_length=8, blank=True, default="", db_default="")
    employees = models.IntegerField(null=True)
    entitlement = models.CharField(max_length=10, blank=True, default="", db_default="")
    esrd_since = models.DateField(null=True)
    custody = models.CharField(max_length=10, blank=True, default="", db_default="")
    is_decreed = models.BooleanField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "patient", "payer", "member_id"], name="coverage_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "member_id"], name="coverage_by_member")
        ]

    def __str__(self) -> str:
        return f"coverage {self.pk}"


class BenefitLeft(TenantModel):
    """What a payer, or a person who asked it, said is left of an out-of-pocket maximum on a day: the patient's, or the family's.

    The family are all whose coverage has the same payer and member id; each of them has a row.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="benefits_left")
    left = models.DecimalField(max_digits=14, decimal_places=2)
    as_of = models.DateField()
    source = models.CharField(max_length=80)
    is_family = models.BooleanField(default=False, db_default=False)
    entered_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(left__gte=0), name="benefit_left_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.left} left on {self.as_of}"


class PayerOrder(TenantModel):
    """The order of a patient's payers as a person said it, against the rules, from a day of service on (append-only).

    `coverage_ids` from the first to the last; empty: the rules count again from that day. The newest row that is in
    force on a day counts.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payer_orders")
    coverage_ids = models.JSONField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=300)
    entered_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "patient", "id"], name="payer_order_patient")
        ]

    def __str__(self) -> str:
        return f"order of payers of patient {self.patient_id} from {self.valid_from}"

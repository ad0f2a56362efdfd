"""What came in: files, messages, and the cases that each claim became."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import (
    CurrentTenant,
    Organization,
    Rights,
    TenantModel,
)


class IntakeFile(TenantModel):
    """One 837 file that was taken in, once. `outcome`: accepted, partial, rejected, refused."""

    file_id = models.BigIntegerField()  # exchange.MessageFile
    partner_id = models.BigIntegerField()
    received_on = models.DateField()
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=300, blank=True)
    claims_in = models.IntegerField(default=0)
    claims_accepted = models.IntegerField(default=0)
    claims_rejected = models.IntegerField(default=0)
    charge = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "file_id"], name="intake_file_once")
        ]


class IntakeMessage(TenantModel):
    """One 837 message (ST) of a file and how it fared."""

    intake = models.ForeignKey(IntakeFile, on_delete=models.PROTECT, related_name="messages")
    guide = models.CharField(max_length=20)
    group_control = models.CharField(max_length=9)
    message_control = models.CharField(max_length=9)
    batch_reference = models.CharField(max_length=50, blank=True)
    outcome = models.CharField(max_length=24)
    claims_in = models.IntegerField(default=0)
    claims_accepted = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)  # located findings, as text

    database_rights: ClassVar[Rights] = "append"


class IcnCounter(TenantModel):
    """The last claim number given out for a day of receipt; numbers are never given twice."""

    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "day"], name="icn_counter_day")
        ]


class CaseState(models.TextChoices):
    """Where a case stands."""

    REJECTED = "rejected", "Rejected at the front end"
    RECEIVED = "received", "Received"
    PENDED = "pended", "Pended"
    DECIDED = "decided", "Decided"
    PAID = "paid", "Remitted"
    REPLACED = "replaced", "Replaced"
    VOIDED = "voided", "Voided"


class ClaimCase(TenantModel):
    """One claim as received. `body` is `values.Claim` as JSON text; `icn` the plan's own number.

    A rejected case keeps its body and its answer (category, status, entity), has no `icn` and goes no
    further. `received_on` drives timeliness; `recorded_at` is when we entered it. The amounts are those
    of the current decision (`decision_id`), kept here for lists and re-proved from the decisions.
    """

    message = models.ForeignKey(
        IntakeMessage, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    file_id = models.BigIntegerField()
    partner_id = models.BigIntegerField()
    icn = models.CharField(max_length=20, blank=True)
    control_number = models.CharField(max_length=80)
    frequency_code = models.CharField(max_length=2)
    purpose = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=CaseState)
    body = models.TextField()
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    received_on = models.DateField()
    member_id = models.BigIntegerField(null=True)
    provider_id = models.BigIntegerField(null=True)
    original_id = models.BigIntegerField(null=True)  # the case that a 7 or 8 corrects
    reject_category = models.CharField(max_length=3, blank=True)
    reject_status = models.CharField(max_length=4, blank=True)
    reject_entity = models.CharField(max_length=3, blank=True)
    reject_words = models.CharField(max_length=300, blank=True)
    decision_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    allowed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    patient_owes = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid_to_member = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    denied_lines = models.CharField(max_length=300, blank=True)  # line numbers joined by commas
    pend_queue = models.CharField(max_length=40, blank=True)
    pend_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "icn"], condition=~models.Q(icn=""), name="claim_case_icn"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "id"], name="claim_case_state"),
            models.Index(fields=["organization", "file_id"], name="claim_case_file"),
            models.Index(fields=["organization", "member_id"], name="claim_case_member"),
            models.Index(fields=["organization", "control_number"], name="claim_case_control"),
        ]

    def __str__(self) -> str:
        return self.icn or self.control_number


class CaseLine(TenantModel):
    """One service line in columns, for duplicate look-ups and lists; the whole line is in the case's body.

    Written with its case in one statement each, so that no trigger per row looks for the parents.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        db_default=CurrentTenant(),
        db_constraint=False,  # row-level security holds it to the tenant's
        db_index=False,
        editable=False,
        related_name="+",
    )
    case = models.ForeignKey(
        ClaimCase, on_delete=models.PROTECT, related_name="case_lines", db_constraint=False
    )
    number = models.IntegerField()
    member_id = models.BigIntegerField()
    billing_id = models.CharField(max_length=80)  # the billing NPI, or the TIN where there is none
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    procedure_code = models.CharField(max_length=48)
    modifiers = models.CharField(max_length=20, blank=True)  # joined by a hyphen
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    charge = models.DecimalField(max_digits=14, decimal_places=2)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "member_id", "service_from"], name="case_line_member_day"
            )
        ]

"""Claims, their versions, findings, submissions and events."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.tenancy.models import (
    Rights,
    TenantModel,
    organization_by_statement,
)


class BillingProfile(TenantModel):
    """How the practice names itself on claims: `body` is `values.Provider` as JSON."""

    npi = models.CharField(max_length=10, blank=True)
    tin = models.CharField(max_length=9, blank=True)
    name = models.CharField(max_length=120)
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "npi", "tin"], name="billing_profile_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Claim(TenantModel):
    """One claim to one payer. The amounts are caches of the ledger's legs, re-proved by `selectors.prove`.

    charge = paid + prior_paid + contractual + other + patient_owes + patient_paid + open_amount;
    `denied` is the part of `open_amount` that the payer has denied. An encounter's are all zero
    but `billed`, which is what the claim says (CLM02). `version` names the current `ClaimVersion`.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    patient_name = models.CharField(max_length=100)
    payer_id = models.BigIntegerField()  # parties.Payer
    payer_name = models.CharField(max_length=120)
    payer_order = models.CharField(max_length=1)
    member_id = models.CharField(max_length=80)
    control_number = models.CharField(max_length=80)
    payer_control_number = models.CharField(max_length=80, blank=True, db_default="")
    state = models.CharField(max_length=10, choices=State)
    purpose = models.CharField(max_length=2)
    frequency_code = models.CharField(max_length=2)
    version = models.IntegerField(default=1, db_default=1)
    billing_npi = models.CharField(max_length=10, blank=True)
    billing_tin = models.CharField(max_length=9, blank=True)
    # Where the patient was treated: the service facility's name, the billing provider's where none is given.
    facility = models.CharField(max_length=60, blank=True, db_default="")
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    received_on = models.DateField()
    source_file_id = models.BigIntegerField(null=True)
    billed = models.DecimalField(max_digits=14, decimal_places=2)
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    paid = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    prior_paid = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    contractual = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    other = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    patient_owes = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    patient_paid = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    denied = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    # An item of it stands below zero in a receivable: where credits are looked for.
    has_credit = models.BooleanField(default=False, db_default=False)
    submitted_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="claim_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="claim_by_id"),
            models.Index(fields=["organization", "state", "id"], name="claim_by_state"),
            models.Index(fields=["organization", "control_number"], name="claim_by_control"),
            models.Index(
                fields=["organization", "payer_control_number"],
                condition=~models.Q(payer_control_number=""),
                name="claim_by_payer_control",
            ),
            models.Index(fields=["organization", "patient", "id"], name="claim_by_patient"),
            models.Index(
                fields=["organization", "id"],
                condition=models.Q(has_credit=True),
                name="claim_with_credit",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class VersionKind(models.TextChoices):
    """Why a version was made."""

    ORIGINAL = "original", "As it came"
    FIX = "fix", "Changed before it was sent"
    CORRECTED = "corrected", "Corrected claim (frequency 7)"
    VOID = "void", "Void (frequency 8)"
    NEXT = "next", "To the next payer"
    BACK = "back", "Back from the next payer"


class ClaimVersion(TenantModel):
    """The claim as it stood: `body` is `values.Claim` as JSON; `changes` is [[place, before, after], ...]."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=VersionKind)
    body = models.TextField()
    changes = models.JSONField(db_default=models.Value([], models.JSONField()))
    source_file_id = models.BigIntegerField(null=True)
    source_position = models.IntegerField(null=True)
    made_on = models.DateField()
    made_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "claim", "number"], name="claim_version_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "source_file_id", "source_position"],
                condition=models.Q(source_file_id__isnull=False),
                name="claim_source_once",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of claim {self.claim_id}"


class PayerState(models.TextChoices):
    """How a payer stands in a claim's order of payers."""

    BILLED = "billed", "Billed"
    CROSSED = "crossed", "Crossed over"
    NONE = "none", "Nobody after it"
    WITHDRAWN = "withdrawn", "Taken back"


class ClaimPayer(TenantModel):
    """One payer in a claim's order, kept once there is a second: 1 the primary, 2 the secondary.

    `first_version` is the version that it was billed with; `entry_id` moved the money here; `built_on` is the
    answer of the payer before it. `expected_by`: when its remittance is due, if the claim crossed over.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payers")
    rank = models.IntegerField()
    payer_id = models.BigIntegerField(default=0)
    payer_name = models.CharField(max_length=120, blank=True)
    coverage_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=PayerState)
    first_version = models.IntegerField()
    entry_id = models.BigIntegerField(default=0, db_default=0)
    built_on = models.BigIntegerField(default=0, db_default=0)
    expected_by = models.DateField(null=True)
    why = models.CharField(max_length=300, blank=True)
    since = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "claim", "rank"],
                condition=~models.Q(state="withdrawn"),
                name="claim_payer_once",
            )
        ]

    def __str__(self) -> str:
        return f"payer {self.rank} of claim {self.claim_id}"


class ClaimFinding(TenantModel):
    """What an edit has to say about a version. `cleared_at`: the edits ran again."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="findings")
    version = models.IntegerField()
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=4)
    place = models.CharField(max_length=80, blank=True)
    message = models.TextField()
    hint = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    cleared_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "claim"], name="claim_finding_claim")
        ]

    def __str__(self) -> str:
        return f"{self.code} on claim {self.claim_id}"


class SubmissionState(models.TextChoices):
    """How an 837 fared."""

    SENT = "sent", "Sent"
    RECEIVED = "received", "Syntax accepted"
    REFUSED = "refused", "Syntax refused"
    ANSWERED = "answered", "Claims answered"


class Submission(TenantModel):
    """One 837 message that carried claims; `batch_reference` is its BHT03."""

    file_id = models.BigIntegerField()  # exchange.MessageFile
    partner_id = models.BigIntegerField()
    batch_reference = models.CharField(max_length=50)
    group_control = models.CharField(max_length=9)
    message_control = models.CharField(max_length=9)
    state = models.CharField(
        max_length=8, choices=SubmissionState, default="sent", db_default="sent"
    )
    submitted_on = models.DateField()
    claim_count = models.IntegerField()
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    accepted_count = models.IntegerField(default=0, db_default=0)
    rejected_count = models.IntegerField(default=0, db_default=0)
    reasons = models.JSONField(db_default=models.Value([], models.JSONField()))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="submission_by_id"),
            models.Index(fields=["organization", "batch_reference"], name="submission_by_batch"),
            models.Index(fields=["organization", "file_id"], name="submission_by_file"),
        ]

    def __str__(self) -> str:
        return self.batch_reference


class SubmissionClaim(TenantModel):
    """A claim's version in a submission, at its place from 1, and the payer's answer to it."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="places", db_index=False
    )
    claim_id = models.BigIntegerField()
    version = models.IntegerField()
    position = models.IntegerField()
    answer = models.CharField(max_length=40, blank=True, default="", db_default="")  # A2:20:PR

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "submission", "position"], name="submission_claim_place"
            ),
            models.Index(fields=["organization", "claim_id"], name="submission_claim_claim"),
        ]

    def __str__(self) -> str:
        return f"claim {self.claim_id} in submission {self.submission_id}"


class ClaimEvent(TenantModel):
    """One step of a claim, in words; the timeline. `file_id` and `entry_id` are 0 where there is none."""

    organization = organization_by_statement()
    claim_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    on = models.DateField()
    kind = models.CharField(max_length=16)
    words = models.CharField(max_length=500)
    file_id = models.BigIntegerField(default=0, db_default=0)
    entry_id = models.BigIntegerField(default=0, db_default=0)
    by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "claim_id", "id"], name="claim_event_claim")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of claim {self.claim_id}"

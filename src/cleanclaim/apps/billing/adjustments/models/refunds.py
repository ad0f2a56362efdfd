"""Credits that somebody identified, from there to the money's way back, and the files that carry it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel
from cleanclaim.apps.shared.users.two_persons import TwoPersons, by_a_second_person
from cleanclaim.rules.credits import Cause, Owner


class RefundState(models.TextChoices):
    """Where a credit stands once somebody has identified it."""

    IDENTIFIED = "identified", "Identified"
    WAITING = "waiting", "Waits for approval"
    APPROVED = "approved", "Approved"
    ISSUED = "issued", "Issued"
    CLEARED = "cleared", "Cleared"
    TAKEN_BACK = "taken_back", "Taken back by the payer"
    UNCLAIMED = "unclaimed", "Unclaimed property"
    REMITTED = "remitted", "Paid to the state"
    DISMISSED = "dismissed", "No refund"


CAUSES = [(one.value, one.value.replace("_", " ")) for one in Cause]
# While it stands here, its amount is spoken for.
OPEN = ("identified", "waiting")
PAID = ("issued", "cleared", "unclaimed", "remitted")


class Method(models.TextChoices):
    """How a refund leaves."""

    CHECK = "check", "Check"
    EFT = "eft", "Transfer"
    CARD = "card", "Back to the card"


class CameBack(models.TextChoices):
    """How a refund came back."""

    RETURNED = "returned", "Returned by the bank"
    UNDELIVERABLE = "undeliverable", "Undeliverable by mail"
    STALE = "stale", "Check not cashed in time"
    REFUSED = "refused", "Sent back by its owner"


class Refund(TenantModel):
    """One credit and its way back. It lies on `account`, with `item_id` or patient, payer and trace.

    `investigation_from` and `_to` hold a Medicare clock. `reference` is the check number, the trace of
    the transfer or the card receipt's number. `issue_round` counts what was issued, stopped ones too. `takebacks` says
    what a settled case drew: {remittances.RemittanceAdjustment: dollars}. `came_back_on` is the last day on which it came
    back, `owed_since` from when on it counts as unclaimed then; `before_back` how it stood before that, so that it can be
    taken back.
    """

    account = models.CharField(max_length=40)
    item_id = models.BigIntegerField(default=0, db_default=0)
    claim_id = models.BigIntegerField(default=0, db_default=0)
    line_number = models.IntegerField(default=0, db_default=0)
    patient_id = models.BigIntegerField(default=0, db_default=0)
    payer_id = models.BigIntegerField(default=0, db_default=0)
    trace = models.CharField(max_length=80, blank=True, default="", db_default="")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    cause = models.CharField(max_length=16, choices=CAUSES)
    proof = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    words = models.CharField(max_length=300)
    owner = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Owner if o.value])
    owner_id = models.BigIntegerField()  # parties.Payer or patients.Patient
    payee = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    program = models.CharField(max_length=12)
    identified_by = models.BigIntegerField()
    identified_on = models.DateField()
    investigation_from = models.DateField(null=True)
    investigation_to = models.DateField(null=True)
    due_on = models.DateField()
    citation = models.CharField(max_length=120)
    clock = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=RefundState, default="identified")
    requested_by = models.BigIntegerField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_on = models.DateField(null=True)
    approval_entry_id = models.BigIntegerField(default=0, db_default=0)
    method = models.CharField(max_length=5, choices=Method, blank=True, default="", db_default="")
    reference = models.CharField(max_length=40, blank=True, default="", db_default="")
    issue_round = models.IntegerField(default=0, db_default=0)
    issued_by = models.BigIntegerField(null=True)
    issued_on = models.DateField(null=True)
    issue_entry_id = models.BigIntegerField(default=0, db_default=0)
    file_id = models.BigIntegerField(default=0, db_default=0)  # RefundFile
    receipt_id = models.BigIntegerField(default=0, db_default=0)  # to the card of this receipt
    cleared_on = models.DateField(null=True)
    came_back = models.CharField(
        max_length=13, choices=CameBack, blank=True, default="", db_default=""
    )
    came_back_on = models.DateField(null=True)
    owed_since = models.DateField(null=True)
    before_back = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    closing_entry_id = models.BigIntegerField(default=0, db_default=0)  # cleared, or unclaimed
    taken_by = models.CharField(max_length=80, blank=True, default="", db_default="")  # a PLB
    takebacks = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    settle_entry_id = models.BigIntegerField(default=0, db_default=0)
    closed_words = models.CharField(max_length=300, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_above_zero"),
            models.CheckConstraint(
                condition=Q(state__in=RefundState.values), name="refund_state_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
                name="refund_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", *PAID)) | Q(approved_by__isnull=False),
                name="refund_approved_before_paid",
            ),
            models.CheckConstraint(
                condition=Q(issue_entry_id=0) | Q(taken_by=""), name="refund_paid_or_taken_back"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "due_on"], name="refund_by_state"),
            models.Index(fields=["organization", "item_id"], name="refund_by_item"),
            models.Index(
                fields=["organization", "receipt_id"],
                condition=~Q(receipt_id=0),
                name="refund_by_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class RefundStep(TenantModel):
    """What was done with a refund, by whom; the file of the case."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="steps")
    on = models.DateField()
    words = models.CharField(max_length=300)
    by = models.BigIntegerField(null=True)
    entry_id = models.BigIntegerField(default=0, db_default=0)
    at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "refund", "id"], name="refund_step_of")
        ]


class RefundFile(TenantModel):
    """One payment file or check register as it was made, once; its bytes are kept for ever."""

    method = models.CharField(max_length=5, choices=Method)
    name = models.CharField(max_length=80)
    content = models.BinaryField()
    positive_pay = models.BinaryField(default=b"")  # the list of checks for the bank
    sha256 = models.CharField(max_length=64)
    count = models.IntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    made_by = models.BigIntegerField()
    made_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    def __str__(self) -> str:
        return self.name


class TermKind(models.TextChoices):
    """What a term says."""

    REFUND_DAYS = "refund_days", "Days to give back"
    ESCHEAT_YEARS = "escheat_years", "Years until unclaimed"
    ALONE_DAYS = "alone_days", "Days that count together"


class Term(TwoPersons):
    """The organization's own term in place of the program's: by `payer:12`, `state:CA`, `program:patient` or `limits`.

    The days that count together for limits are put in force by a second person; other terms count at once.
    """

    kind = models.CharField(max_length=16, choices=TermKind)
    subject = models.CharField(max_length=40)
    length = models.IntegerField()
    citation = models.CharField(max_length=120)
    valid_from = models.DateField()
    set_by = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(length__gt=0), name="term_above_zero"),
            by_a_second_person("term_second_person", alone=~Q(kind="alone_days"), maker="set_by"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "kind", "subject"], name="term_subject")
        ]

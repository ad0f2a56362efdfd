"""One request and its lines, and the flags that keep people off an account."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Kind(models.TextChoices):
    """What a request does."""

    TRANSFER = "transfer", "Transfer"
    WRITE_OFF = "write_off", "Write-off"
    CORRECTION = "correction", "Correction"
    REAPPLY = "reapply", "Re-applied payment"
    RECOVERY = "recovery", "Bad debt recovered"
    RECLASS = "reclass", "Re-classified"


class State(models.TextChoices):
    """Where a request stands."""

    WAITING = "waiting", "Waits for approval"
    POSTED = "posted", "Posted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNDONE = "undone", "Undone"


class Adjustment(TenantModel):
    """One request over one or more open items. It is never edited: withdraw it and ask anew.

    `amount` is what it moves, always above zero; `patient_id` is 0 where it spans several accounts.
    `alone_limit` is what the person might move alone when it was posted. `evidence` is what the
    person saw and gave as grounds: ages, letters, calls, or the rule of a batch.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=24)
    patient_id = models.BigIntegerField(default=0, db_default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    line_count = models.IntegerField()
    note = models.CharField(max_length=300)
    documents = models.CharField(max_length=300, blank=True, default="", db_default="")
    evidence = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    original_entry_id = models.BigIntegerField(default=0, db_default=0)  # a re-applied payment's
    state = models.CharField(max_length=10, choices=State, default="waiting", db_default="waiting")
    alone_limit = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    requested_by = models.BigIntegerField()
    requested_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    approved_by = models.BigIntegerField(null=True)
    posted_on = models.DateField(null=True)
    closed_by = models.BigIntegerField(null=True)  # who refused, withdrew or undid it
    closed_on = models.DateField(null=True)
    closed_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="adjustment_above_zero"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="adjustment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
                name="adjustment_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("posted", "undone"))
                | Q(approved_by__isnull=False)
                | Q(amount__lte=F("alone_limit")),
                name="adjustment_alone_within_limit",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "id"], name="adjustment_by_state"),
            models.Index(fields=["organization", "patient_id", "id"], name="adjustment_by_patient"),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.pk}"


class AdjustmentLine(TenantModel):
    """One move on one open item: `amount` is signed as `account` takes it, `counter` takes the opposite.

    `balance_before` is what stood on `account` for the item when it was posted.
    """

    adjustment = models.ForeignKey(
        Adjustment, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    item_id = models.BigIntegerField()
    claim_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    line_number = models.IntegerField()
    account = models.CharField(max_length=40)
    counter = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    balance_before = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    entry_id = models.BigIntegerField(default=0, db_default=0)
    undo_entry_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_line_not_zero")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "adjustment"], name="adjustment_line_of"),
            models.Index(fields=["organization", "item_id"], name="adjustment_line_item"),
            models.Index(fields=["organization", "claim_id"], name="adjustment_line_claim"),
        ]

    def __str__(self) -> str:
        return f"line {self.pk} of adjustment {self.adjustment_id}"


class HoldKind(models.TextChoices):
    """Why nobody may write to, call or write off an account."""

    BANKRUPTCY = "bankruptcy", "Bankruptcy"
    LEGAL = "legal", "Legal hold"


class AccountHold(TenantModel):
    """A patient's account is with legal: contact and write-offs stop until somebody lifts it."""

    patient_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=HoldKind)
    reference = models.CharField(max_length=80, blank=True)  # the court's case number
    words = models.CharField(max_length=300)
    set_by = models.BigIntegerField()
    set_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    lifted_by = models.BigIntegerField(null=True)
    lifted_on = models.DateField(null=True)
    lifted_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    database_rights: ClassVar[Rights] = "update"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "patient_id", "kind"],
                condition=Q(lifted_on=None),
                name="account_hold_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of patient {self.patient_id}"

"""Batches of keyed payments: one check, EFT or notice each, and what was keyed from its paper."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances.models import RequestState
from cleanclaim.apps.shared.tenancy.models import TenantModel


class Method(models.TextChoices):
    """How the money came, as BPR04 says it."""

    CHECK = "CHK", "Check"
    EFT = "ACH", "EFT"
    NONE = "NON", "No money moves"


class State(models.TextChoices):
    """Where a batch stands; a posted one lives on as its remittance."""

    OPEN = "open", "Being keyed"
    POSTED = "posted", "Posted"
    DROPPED = "dropped", "Dropped"
    REPLACED = "replaced", "Keyed anew"


GONE = (State.DROPPED.value, State.REPLACED.value)  # make room for the same check


class Kind(models.TextChoices):
    """What an entry says."""

    LINE = "line", "Claim line"
    WHOLE = "whole", "Claim without its lines"
    CLAIM = "claim", "Claim level"
    INTEREST = "interest", "Interest"
    PROVIDER = "provider", "Provider adjustment"
    UNAPPLIED = "unapplied", "Without a claim"


class Batch(TenantModel):
    """One payment on paper. `revision` counts its changes: who writes names the one that they saw.

    `holder_id` keys it since `held_at`; nobody else writes meanwhile. The database refuses `posted` while the
    entries do not add up to `amount` (tape_rules.sql).
    """

    payer_id = models.BigIntegerField()  # parties.Payer
    payer_name = models.CharField(max_length=120)
    method = models.CharField(max_length=3, choices=Method)
    trace_number = models.CharField(max_length=50)  # of the check or EFT
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_on = models.DateField()
    deposited_on = models.DateField(null=True)
    deposit_reference = models.CharField(max_length=40, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=State, default="open", db_default="open")
    revision = models.IntegerField(default=0, db_default=0)
    holder_id = models.BigIntegerField(null=True)
    held_at = models.DateTimeField(null=True)
    scan_id = models.BigIntegerField(null=True)  # exchange.MessageFile
    # Above 0: a person says that it is another payment than the one of its number, amount and day that is here.
    repeat = models.SmallIntegerField(default=0, db_default=0)
    remittance_id = models.BigIntegerField(null=True)
    replaced_by_id = models.BigIntegerField(null=True)  # the batch that it was keyed anew in
    made_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "payer_id", "trace_number", "amount", "paid_on", "repeat"],
                condition=~models.Q(state__in=GONE),
                name="keyed_batch_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "remittance_id"],
                condition=models.Q(remittance_id__isnull=False),
                name="keyed_batch_remittance",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values)
                & (~models.Q(state="posted") | models.Q(remittance_id__isnull=False)),
                name="keyed_batch_state",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="keyed_batch_amount_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="keyed_batch_by_id"),
            models.Index(fields=["organization", "state", "id"], name="keyed_batch_by_state"),
            models.Index(
                fields=["organization", "amount", "paid_on"], name="keyed_batch_by_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.trace_number


class OtherPayment(TenantModel):
    """Why a batch is another payment than the one that is here, and what a second person said; never changed once decided."""

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="other_payments", db_index=False
    )
    words = models.CharField(max_length=300)  # what is here already
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=RequestState, default="requested")
    requested_by = models.BigIntegerField()
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "batch"],
                condition=models.Q(state__in=("requested", "approved")),
                name="other_payment_one_stands",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(decided_by__isnull=False)
                & ~models.Q(decided_by=models.F("requested_by")),
                name="other_payment_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"word {self.pk} on batch {self.batch_id}"


class Entry(TenantModel):
    """One thing keyed. `amount` is what it adds to the tape, `left` what of its charge is not explained yet.

    `body` is `entries.Keyed` as JSON. Nothing is deleted: an entry taken back is `is_undone`.
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    number = models.IntegerField()  # in the order of the tape, from 1
    kind = models.CharField(max_length=10, choices=Kind)
    claim_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    is_reversal = models.BooleanField(default=False, db_default=False)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    left = models.DecimalField(max_digits=14, decimal_places=2)
    body = models.TextField()
    is_undone = models.BooleanField(default=False, db_default=False)
    keyed_by = models.BigIntegerField(null=True)
    keyed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "batch", "number"], name="keyed_entry_number"
            ),
            models.UniqueConstraint(
                fields=["organization", "batch", "item_id", "is_reversal"],
                condition=models.Q(is_undone=False, item_id__isnull=False),
                name="keyed_entry_line_once",
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.number} of batch {self.batch_id}"

"""Loads of balances from former systems."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class LoadState(models.TextChoices):
    """Where a load stands. `prepared`: read and tied, waits for a second person."""

    PREPARED = "prepared", "To be approved"
    POSTED = "posted", "Posted"
    UNDONE = "undone", "Taken back"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OpeningLoad(TenantModel):
    """Open items and trial balance of a former system, as they came. `tie` is [[account, theirs, items], ...]."""

    system = models.CharField(max_length=80)
    as_of = models.DateField()
    sha256 = models.CharField(max_length=64)  # of items and trial balance together
    items_name = models.CharField(max_length=200)
    items = models.BinaryField()
    balances = models.BinaryField()
    state = models.CharField(max_length=9, choices=LoadState, default="prepared")
    tie = models.JSONField()
    findings = models.JSONField(
        default=list, db_default=[]
    )  # [place, words]: looked at before it is approved
    claim_count = models.IntegerField()
    item_count = models.IntegerField()
    credit_count = models.IntegerField()
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    prepared_by = models.BigIntegerField(null=True)
    prepared_at = models.DateTimeField(db_default=Now(), editable=False)
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    undo_asked_by = models.BigIntegerField(null=True)  # a second person takes it back
    undo_asked_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "sha256"],
                condition=models.Q(state__in=["prepared", "posted"]),
                name="opening_load_once",
            ),
            # Whoever prepared it is never the one who approves; a command of the operator has no person.
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(prepared_by=None)
                | ~models.Q(approved_by=models.F("prepared_by")),
                name="opening_load_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="undone")
                | models.Q(ended_by=None)
                | models.Q(undo_asked_by=None)
                | ~models.Q(ended_by=models.F("undo_asked_by")),
                name="opening_load_undone_by_second",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="opening_load_by_id")]

    def __str__(self) -> str:
        return f"load {self.pk} of {self.system}"


class OpeningClaim(TenantModel):
    """Which claims a load made, each with its place in the file."""

    load = models.ForeignKey(
        OpeningLoad, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    claim_id = models.BigIntegerField()
    place = models.CharField(max_length=20)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "load"], name="opening_claim_load")
        ]

    def __str__(self) -> str:
        return f"claim {self.claim_id} of load {self.load_id}"


class KeptLoad(TenantModel):
    """A load that somebody asked to take back, and that another word kept: who asked and why, who kept it."""

    load = models.ForeignKey(
        OpeningLoad, on_delete=models.PROTECT, related_name="kept", db_index=False
    )
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    kept_by = models.BigIntegerField()
    kept_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "load", "id"], name="opening_kept_load")
        ]

    def __str__(self) -> str:
        return f"load {self.load_id} kept"

"""Work items and every touch of them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class State(models.TextChoices):
    """Where a work item stands."""

    OPEN = "open", "Open"
    SNOOZED = "snoozed", "Snoozed"
    DONE = "done", "Done"


class WorkItem(TenantModel):
    """One thing for one person to do. `rank_steps` is its arithmetic: [[words, figure], ...].

    `ranked_on` is the day the rank was worked out for. `closed_by_system` says that the cause went
    away; such an item opens again when the cause comes back.
    """

    kind = models.CharField(max_length=24)
    subject_kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    patient_id = models.BigIntegerField(null=True)
    patient_name = models.CharField(max_length=100, blank=True, default="", db_default="")
    payer_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    title = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    chance = models.DecimalField(max_digits=4, decimal_places=2)
    due_on = models.DateField(null=True)
    opened_on = models.DateField()
    rank = models.DecimalField(max_digits=14, decimal_places=2)
    rank_steps = models.JSONField()
    ranked_on = models.DateField()
    owner = models.BigIntegerField(null=True)  # users.User
    state = models.CharField(max_length=8, choices=State, default="open", db_default="open")
    snoozed_until = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True, default="", db_default="")
    closed_by_system = models.BooleanField(default=False, db_default=False)
    touches = models.IntegerField(default=0, db_default=0)
    dedupe_key = models.CharField(max_length=120)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "dedupe_key"], name="work_item_once"),
            models.CheckConstraint(
                condition=models.Q(state="snoozed", snoozed_until__isnull=False)
                | (~models.Q(state="snoozed") & models.Q(snoozed_until=None)),
                name="work_item_snooze_has_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-rank", "id"],
                condition=~models.Q(state="done"),
                name="work_item_queue",
            ),
            # All that the queue's totals read, so that they need no row of the table.
            models.Index(
                fields=["organization", "kind"],
                include=["state", "snoozed_until", "amount", "due_on", "id"],
                condition=~models.Q(state="done"),
                name="work_item_totals",
            ),
            models.Index(
                fields=["organization", "subject_kind", "subject_id"], name="work_item_by_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkTouch(TenantModel):
    """Somebody did something with an item; `before` is what an undo brings back."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="touched")
    at = models.DateTimeField(db_default=Now())
    by = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12)  # opened, taken, given, snoozed, finished, undone, note
    words = models.CharField(max_length=300, blank=True, default="")
    before = models.JSONField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "item", "id"], name="work_touch_by_item")
        ]

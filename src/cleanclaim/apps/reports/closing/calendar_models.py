"""The close calendar: a practice's tasks, and what was marked on them month by month."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Act(models.TextChoices):
    """What does a task by itself; a task without one is ticked by a person."""

    ASKED = "asked", "Somebody asks for the close"
    CLOSED = "closed", "A second person closes the month"
    JOURNAL = "journal", "All its entries go out in a journal"


class CloseTask(TenantModel):
    """A task of every month's close. Changed ones keep their name: what was marked on them stays theirs.

    `business_day` counts after the month's end; 0 is the last business day of the month itself. `after` names tasks that
    come first, `checks` those of the checklist that tell whether it is done.
    """

    name = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    business_day = models.SmallIntegerField()
    after = models.JSONField()
    checks = models.JSONField()
    act = models.CharField(max_length=8, choices=Act, blank=True, default="", db_default="")
    owner = models.BigIntegerField(null=True)  # users.User
    is_removed = models.BooleanField(default=False, db_default=False)
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="close_task_once"),
            models.CheckConstraint(
                condition=models.Q(business_day__gte=-10, business_day__lte=30),
                name="close_task_day_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Mark(models.TextChoices):
    """What somebody did with a month's task."""

    DONE = "done", "Done"
    TAKEN_BACK = "back", "Taken back"
    GIVEN = "given", "Given"
    MOVED = "moved", "Moved"


class CloseTaskMark(TenantModel):
    """Somebody did something with a task of a month. The newest of its kind stands; nothing changes one afterwards.

    `due_on` is the day that it was due when it was done, or the one that it was moved to; `found` what its checks said:
    [[name, passed, words], ...].
    """

    month = models.DateField()  # its first day
    task = models.CharField(max_length=40)  # CloseTask.name
    kind = models.CharField(max_length=5, choices=Mark)
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    owner = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True)
    found = models.JSONField()
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "month", "id"], name="close_task_mark_by_month")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.task} {self.month:%Y-%m}"

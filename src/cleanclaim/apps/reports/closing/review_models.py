"""What somebody said about entries that stood out."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class EntryReview(TenantModel):
    """Somebody looked at what a test found in an entry, or took that back; the newest of both stands.

    `leg_id` is 0 of a test that looks at whole entries, and of marks from before each row had its own: these count for
    every row that the test found in the entry.
    """

    entry_id = models.BigIntegerField()  # ledger.Entry
    leg_id = models.BigIntegerField(default=0, db_default=0)  # ledger.Leg
    test = models.CharField(max_length=12)
    is_reviewed = models.BooleanField()
    words = models.CharField(max_length=300)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "entry_id", "id"], name="entry_review_by_entry")
        ]

    def __str__(self) -> str:
        return f"{self.test} of entry {self.entry_id}"

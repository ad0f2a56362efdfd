"""What the general ledger outside answered to a journal."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Outcome(models.TextChoices):
    """What an answer means for the journal."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    DIFFERS = "differs", "Accepted with other totals"


class JournalAcknowledgement(TenantModel):
    """One answer to a journal; the newest stands. Totals are those of the answer, None where it has none.

    `differences` says where they are not the journal's; `sha256` is of the file that brought it.
    """

    export_id = models.BigIntegerField()  # JournalExport
    outcome = models.CharField(max_length=8, choices=Outcome)
    said = models.CharField(max_length=40)  # the status as it was written
    reference = models.CharField(max_length=80, blank=True, default="", db_default="")
    lines = models.IntegerField(null=True)
    debit = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    credit = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    message = models.CharField(max_length=300, blank=True, default="", db_default="")
    differences = models.CharField(max_length=300, blank=True, default="", db_default="")
    sha256 = models.CharField(max_length=64)
    received_by = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "export_id", "id"], name="journal_answer_by_export"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} journal {self.export_id}"

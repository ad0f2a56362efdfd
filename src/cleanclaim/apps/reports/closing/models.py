"""Requests to close months and open them again, checklists kept with them, typed accruals, exports of the journal."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.reports.closing.acknowledgement_models import (
    JournalAcknowledgement as JournalAcknowledgement,
)
from cleanclaim.apps.reports.closing.acknowledgement_models import Outcome as Outcome
from cleanclaim.apps.reports.closing.calendar_models import CloseTask as CloseTask
from cleanclaim.apps.reports.closing.calendar_models import CloseTaskMark as CloseTaskMark
from cleanclaim.apps.reports.closing.review_models import EntryReview as EntryReview
from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Verb(models.TextChoices):
    """What is asked for."""

    CLOSE = "close", "Close"
    REOPEN = "reopen", "Open again"


class State(models.TextChoices):
    """Where a request stands."""

    REQUESTED = "requested", "To be approved"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CloseRequest(TenantModel):
    """A month to be closed or opened again: one person asks, another decides.

    `checks` is what the checklist said when it was asked and when it was approved: [[name, passed, words], ...];
    `waivers` why an unpassed check may stand: {name: words}.
    """

    month = models.DateField()  # its first day
    verb = models.CharField(max_length=6, choices=Verb)
    state = models.CharField(max_length=9, choices=State, default="requested")
    reason = models.CharField(max_length=200)
    checks = models.JSONField()
    waivers = models.JSONField()
    requested_by = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "month"],
                condition=models.Q(state="requested"),
                name="close_request_one_open",
            ),
            # Whoever asks never approves.
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(requested_by=None)
                | models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="close_request_second_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "month", "id"], name="close_request_by_month")
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.month:%Y-%m}"


class KeptChecklist(TenantModel):
    """The checklist as it stood when a month was closed: an auditor's evidence, which nothing changes afterwards.

    `checks` in their order: {name, question, passed, found, amount, waiver}; amounts as dollars in text, `waiver` why
    one that did not pass was let stand.
    """

    request_id = models.BigIntegerField()  # CloseRequest
    month = models.DateField()  # its first day
    checks = models.JSONField()
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    closed_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "request_id"], name="kept_checklist_once"
            )
        ]

    def __str__(self) -> str:
        return f"checklist of request {self.request_id}"


class AccrualRequest(TenantModel):
    """An estimate that somebody typed: one person asks, another has it posted with its reversal."""

    month = models.DateField()  # its first day
    name = models.CharField(max_length=80)
    debit = models.CharField(max_length=40)
    credit = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    words = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State, default="requested")
    requested_by = models.BigIntegerField()
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=200, blank=True, default="", db_default="")
    entry_id = models.BigIntegerField(default=0, db_default=0)  # ledger.Entry, 0 until it is posted

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "month", "name"],
                condition=models.Q(state="requested"),
                name="accrual_request_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(decided_by__isnull=False)
                & ~models.Q(decided_by=models.F("requested_by")),
                name="accrual_request_second_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "month", "id"], name="accrual_request_by_month")
        ]

    def __str__(self) -> str:
        return f"accrual request {self.pk}"


class GlCode(TenantModel):
    """An account's code in the general ledger outside; without one it goes out under its own."""

    account = models.CharField(max_length=40)
    code = models.CharField(max_length=60, blank=True)
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "account"], name="gl_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.code}"


class JournalExport(TenantModel):
    """Entries of a closed month as they went to the general ledger outside, once; the file as it was made.

    `last_entry_id` is the newest entry in it: what comes after a month was opened again goes out in another.
    """

    month = models.DateField()
    form = models.CharField(max_length=8)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    entry_count = models.IntegerField()
    line_count = models.IntegerField()
    debit = models.DecimalField(max_digits=16, decimal_places=2)
    credit = models.DecimalField(max_digits=16, decimal_places=2)
    last_entry_id = models.BigIntegerField()
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "month", "form", "last_entry_id"],
                name="journal_export_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} journal of {self.month:%Y-%m}"

"""Entries of signed legs, the open items they move, and the accounting months.

Every table is append-only: a correction is another row. What must never be wrong is held by the
database itself (migrations/money_rules.sql); Python only says it earlier and in better words.
"""

from typing import ClassVar

from django.db import models

from cleanclaim.apps.shared.tenancy.models import (
    Rights,
    TenantModel,
    organization_by_statement,
)
from cleanclaim.values.accounts import CONTRACTUAL, RECEIVABLE_PAYER_1


class StatementTime(models.Func):
    """The database's clock when the statement began."""

    template = "statement_timestamp()"
    output_field = models.DateTimeField()


class TransactionTime(models.Func):
    """The database's clock when the transaction began (Django's `Now` is the statement's)."""

    template = "now()"
    output_field = models.DateTimeField()


class CurrentTransaction(models.Func):
    """The number of the database transaction that writes the row."""

    template = "((pg_current_xact_id())::text)::bigint"
    output_field = models.BigIntegerField()


class Bucket(models.TextChoices):
    """Who is asked for the money of an item."""

    PAYER_1 = "payer:1", "First payer"
    PAYER_2 = "payer:2", "Second payer"
    PAYER_3 = "payer:3", "Third payer"
    PATIENT = "patient", "Patient"
    AGENCY = "agency", "Agency"


class Entry(TenantModel):
    """One event of money. Its legs come in the same database transaction and sum to zero."""

    organization = organization_by_statement()
    kind = models.CharField(max_length=24)
    idempotency_key = models.CharField(max_length=200)
    effective_on = models.DateField()
    accounting_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=StatementTime(), editable=False)
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False
    )
    posted_by = models.BigIntegerField(null=True)  # user id; null = the system
    memo = models.CharField(max_length=200, blank=True)
    # Set by a trigger. Together they name one database transaction, also after a restore into
    # another server, where the bare number could come again.
    transaction_number = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    transaction_began_at = models.DateTimeField(db_default=TransactionTime(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "idempotency_key"], name="entry_idempotency_key"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                name="entry_reversed_once",
                condition=models.Q(reverses__isnull=False),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="") & ~models.Q(idempotency_key=""),
                name="entry_kind_and_key_given",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "accounting_on"], name="entry_accounting_on"),
            # What was posted since a copy of the legs was made (reports.aging): always the newest few.
            models.Index(
                fields=["organization", "transaction_number"], name="entry_transaction_number"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} ({self.kind})"


class Leg(TenantModel):
    """One signed amount on one account: debit positive, credit negative.

    Dimensions are plain ids, 0 or empty where they do not apply. No foreign keys: one statement
    trigger checks entry, organization, date and item of all new legs at once. The table's primary key
    is (organization, entry, id), which finds the legs of an entry too (migration 0008).
    """

    organization = organization_by_statement()  # it is the entry's
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="legs", db_constraint=False, db_index=False
    )
    item_id = models.BigIntegerField(db_default=0)
    claim_id = models.BigIntegerField(db_default=0)
    patient_id = models.BigIntegerField(db_default=0)
    payer_id = models.BigIntegerField(db_default=0)
    line_number = models.IntegerField(db_default=0)
    accounting_on = models.DateField()  # the entry's, for the account index
    account = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=20, blank=True, db_default="")
    trace = models.CharField(max_length=80, blank=True, db_default="")
    entity = models.CharField(max_length=40, blank=True, db_default="")

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="leg_amount_not_zero"),
            models.CheckConstraint(
                condition=~models.Q(account__startswith="receivable:") | ~models.Q(item_id=0),
                name="leg_receivable_names_item",
            ),
        ]
        indexes: ClassVar = [
            # Row-level security adds the organization to every look-up; with it in front these
            # indexes win also before the table was ever analyzed.
            # Also for the legs of an item, whose claim is known: one more index is a tenth of posting's time.
            models.Index(
                fields=["organization", "claim_id"],
                name="leg_claim",
                condition=~models.Q(claim_id=0),
            ),
            # Not for the two accounts that hold most legs: reading all of those is as fast without it.
            models.Index(
                fields=["organization", "account", "accounting_on"],
                name="leg_account_accounting_on",
                condition=~models.Q(account=RECEIVABLE_PAYER_1.code)
                & ~models.Q(account=CONTRACTUAL.code),
            ),
        ]

    def __str__(self) -> str:
        return f"leg {self.pk} of entry {self.entry_id}"


class Item(TenantModel):
    """An open item: one charge line. Its balance is what its legs say.

    `bucket` is where it was opened, aging from `service_on`; later buckets are `ItemBucket` rows.
    """

    claim_id = models.BigIntegerField()
    line_number = models.IntegerField()
    patient_id = models.BigIntegerField()
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    service_on = models.DateField()
    procedure = models.CharField(max_length=48, blank=True)
    bucket = models.CharField(max_length=8, choices=Bucket)
    recorded_at = models.DateTimeField(db_default=StatementTime(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(charge__gte=0), name="item_charge_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(bucket__in=Bucket.values), name="item_bucket_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "claim_id"], name="item_claim"),
            models.Index(fields=["organization", "patient_id"], name="item_patient"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class ItemBucket(TenantModel):
    """An item came into this bucket: responsible from `effective_on`, aging from `since`.

    No foreign keys: one statement trigger checks item, entry and organization of all new rows at once.
    """

    organization = organization_by_statement()  # it is the item's
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, db_constraint=False, related_name="buckets"
    )
    bucket = models.CharField(max_length=8, choices=Bucket)
    since = models.DateField()
    effective_on = models.DateField()
    entry = models.ForeignKey(
        Entry, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=StatementTime(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(bucket__in=Bucket.values), name="item_bucket_row_known"
            )
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} in {self.bucket}"


class PeriodState(models.TextChoices):
    """Whether an accounting month takes entries."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Period(TenantModel):
    """An accounting month was closed, or opened again. The newest row of a month counts."""

    month = models.DateField()  # its first day
    state = models.CharField(max_length=6, choices=PeriodState)
    changed_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=StatementTime(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="period_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(state__in=PeriodState.values), name="period_state_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "month"], name="period_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state}"

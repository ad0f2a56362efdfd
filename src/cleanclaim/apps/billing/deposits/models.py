"""Bank statements with their lines, deposits, batches of receipts, and the days that people signed."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class BankFile(TenantModel):
    """A bank's file, read whole. Its bytes are the exchange's; `repeated` lines had come in an earlier file."""

    file_id = models.BigIntegerField()  # exchange.MessageFile
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=12)
    line_count = models.IntegerField()
    repeated_count = models.IntegerField()
    received_on = models.DateField()
    by = models.BigIntegerField(null=True)  # users.User; empty = the system
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "file_id"], name="bank_file_once")
        ]

    def __str__(self) -> str:
        return self.name


class BankStatement(TenantModel):
    """One account's movements and balances in a bank's file."""

    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="statements")
    account = models.CharField(max_length=40, blank=True)
    booked_on = models.DateField()
    opening = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    closing = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    database_rights: ClassVar[Rights] = "append"

    def __str__(self) -> str:
        return f"{self.account} {self.booked_on}"


class LineState(models.TextChoices):
    """Where a bank line stands. `open`: money in that nobody has placed, or money out that nobody has explained."""

    OPEN = "open", "Open"
    PLACED = "placed", "Placed"
    FEE = "fee", "Bank fee"
    SETTLED = "settled", "Settled"


class BankLine(TenantModel):
    """One movement on a bank account; above zero came in.

    `left` is what of it is not placed (of money in; zero or more) or not explained (of money out; zero or less).
    `digest` recognises the same movement in another file. `entry_id` is the entry of its arrival, or the first that
    explains it; 0 where it has none.
    """

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()  # in the file, from 1
    place = models.CharField(max_length=40)
    account = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    left = models.DecimalField(max_digits=14, decimal_places=2)
    booked_on = models.DateField()
    books_on = models.DateField()  # the accounting day of its arrival
    code = models.CharField(max_length=20, blank=True)
    trace_number = models.CharField(max_length=50, blank=True)
    payer_trace_id = models.CharField(max_length=10, blank=True)
    references = models.JSONField(default=list)
    text = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)  # in, or rules.reconciliation.Debit
    state = models.CharField(max_length=8, choices=LineState)
    reason = models.CharField(max_length=300, blank=True, default="")
    entry_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "digest"], name="bank_line_once"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, left__gte=0, left__lte=models.F("amount"))
                | models.Q(amount__lt=0, left__lte=0, left__gte=models.F("amount")),
                name="bank_line_left_in_amount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "id"], name="bank_line_by_state"),
            models.Index(fields=["organization", "booked_on", "id"], name="bank_line_by_day"),
            models.Index(fields=["organization", "books_on"], name="bank_line_by_books"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def trace(self) -> str:
        """The dimension of its legs on the account of unidentified cash."""
        return f"bank {self.pk}"


class Deposit(TenantModel):
    """A bank line, or a part of it, placed: on remittances, on batches of receipts, or with another entity.

    `amount` is what it takes of the line, `short` what the bank had kept back of the parts (a card's fee). A payer's
    virtual card has no line: what its processor settles stands in `card_batch`, a batch of one, until the bank has it.
    Nor has the money of a stopped payment that came inside a later one: `adjustment_id` is the PLB that says so.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="deposits", null=True)
    card_batch = models.OneToOneField(
        "DepositBatch", on_delete=models.PROTECT, related_name="card_deposit", null=True
    )
    adjustment_id = models.BigIntegerField(null=True)  # remittances.RemittanceAdjustment
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    short = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    short_account = models.CharField(max_length=60, blank=True, default="")
    entity = models.CharField(max_length=40, blank=True, default="")
    how = models.CharField(max_length=8)  # trace, hand, entity, card, account, plb
    reasons = models.CharField(max_length=500, blank=True)
    counts_on = models.DateField()  # the accounting day of its entry
    entry_id = models.BigIntegerField()
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    undone_on = models.DateField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True, default="")
    reversal_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    line__isnull=False, card_batch__isnull=True, adjustment_id__isnull=True
                )
                | models.Q(line__isnull=True, card_batch__isnull=False, adjustment_id__isnull=True)
                | models.Q(line__isnull=True, card_batch__isnull=True, adjustment_id__isnull=False),
                name="deposit_of_line_card_or_adjustment",
            ),
            models.UniqueConstraint(
                fields=["organization", "adjustment_id"],
                condition=models.Q(adjustment_id__isnull=False, undone_on__isnull=True),
                name="adjustment_gives_back_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "line"], name="deposit_by_line"),
            models.Index(fields=["organization", "counts_on"], name="deposit_by_day"),
        ]

    def __str__(self) -> str:
        return f"deposit {self.pk}"


class DepositPart(TenantModel):
    """What a deposit pays: a remittance or a batch. `stands` until the deposit is undone; one pays it at a time."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="parts")
    remittance_id = models.BigIntegerField(null=True)  # remittances.Remittance
    batch_id = models.BigIntegerField(null=True)  # DepositBatch
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    stands = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "remittance_id"],
                condition=models.Q(stands=True, remittance_id__isnull=False),
                name="remittance_deposited_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "batch_id"],
                condition=models.Q(stands=True, batch_id__isnull=False),
                name="batch_deposited_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "deposit"], name="deposit_part_by_deposit")
        ]

    def __str__(self) -> str:
        return f"part of deposit {self.deposit_id}"


class Explanation(TenantModel):
    """An entry that explains a bank line of money out, alone or with others; one explains one line while it stands.

    `made_here`: the entry was booked for the line; taken back with the explanation only where it is a bank's fee.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="explanations")
    entry_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # what left by the entry
    made_here = models.BooleanField(default=False, db_default=False)
    how = models.CharField(max_length=8)  # number (by itself), hand
    reasons = models.CharField(max_length=500, blank=True)
    counts_on = models.DateField()  # from when the daily proof takes it as explained
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    stands = models.BooleanField(default=True)
    undone_on = models.DateField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    reversal_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "entry_id"],
                condition=models.Q(stands=True),
                name="entry_explains_one_line",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="explanation_above_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "line"], name="explanation_by_line")
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id} of bank line {self.line_id}"


class BatchKind(models.TextChoices):
    """How receipts come together."""

    LOCKBOX = "lockbox", "Lockbox"
    CARD = "card", "Card settlement"
    COUNTER = "counter", "Counter"


class BatchState(models.TextChoices):
    """Where a batch stands: open for items, closed with its total agreed, at the bank. `undone`: of a card taken back."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Awaiting its deposit"
    DEPOSITED = "deposited", "At the bank"
    UNDONE = "undone", "Taken back"


class DepositBatch(TenantModel):
    """Checks, cards or cash that go to the bank together; the count and total announced must agree before it closes.

    `back_of` is the settled batch of cards of which the processor took this back from the bank; it is awaited again.
    """

    kind = models.CharField(max_length=8, choices=BatchKind)
    name = models.CharField(max_length=80)
    batch_on = models.DateField()
    expected_count = models.IntegerField()
    expected_total = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=9, choices=BatchState, default="open")
    by = models.BigIntegerField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closed_on = models.DateField(null=True)
    back_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="backs", null=True, db_index=False
    )
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "id"], name="deposit_batch_by_state"),
            models.Index(
                fields=["organization", "back_of"],
                condition=models.Q(back_of__isnull=False),
                name="deposit_batch_back_of",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BatchItem(TenantModel):
    """One check, card payment or sum of cash in a batch; `entry_id` is where it was booked as on its way."""

    batch = models.ForeignKey(DepositBatch, on_delete=models.PROTECT, related_name="items")
    position = models.IntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    number = models.CharField(max_length=40, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    entry_id = models.BigIntegerField(default=0, db_default=0)

    database_rights: ClassVar[Rights] = "full"  # a slip of the pen is taken out again

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "batch", "position"], name="batch_item_place"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="batch_item_amount_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount}"


class Reissue(TenantModel):
    """A payer's check or EFT was stopped, and is paid anew under another number; the remittance stays what it was.

    `number` is empty until the payer has told it, `bare` is it as numbers are compared. `replaced_by_id` is the later row
    of the same payment; one stands at a time.
    """

    remittance_id = models.BigIntegerField()  # remittances.Remittance
    number = models.CharField(max_length=50, blank=True)
    bare = models.CharField(max_length=50, blank=True)
    reissued_on = models.DateField()
    reason = models.CharField(max_length=200)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    replaced_by_id = models.BigIntegerField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "remittance_id"],
                condition=models.Q(undone_at__isnull=True, replaced_by_id__isnull=True),
                name="reissue_stands_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "bare"], name="reissue_by_number"),
            models.Index(fields=["organization", "remittance_id"], name="reissue_by_remittance"),
        ]

    def __str__(self) -> str:
        return f"reissue {self.pk}"


class CashOwner(TenantModel):
    """Who looks after cash that nobody has placed or applied: a trace on its account. Nobody where there is no row."""

    account = models.CharField(max_length=60)
    trace = models.CharField(max_length=80, blank=True)
    entity = models.CharField(max_length=40, blank=True)
    owner = models.BigIntegerField()  # users.User

    database_rights: ClassVar[Rights] = "full"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "account", "trace", "entity"], name="cash_owner_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.trace}"


class DaySignature(TenantModel):
    """A person signed a day's proof: the figures as they stood, their digest, and the page as PDF; kept for ever.

    `not_explained` is what had left the bank by then and nobody had explained; `reason` says why it was signed all the same.
    """

    day = models.DateField()
    place = models.CharField(max_length=8)  # prepared, approved
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now(), editable=False)
    digest = models.CharField(max_length=64)
    figures = models.JSONField()
    pdf = models.BinaryField()
    not_explained = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(not_explained=0) | ~models.Q(reason=""),
                name="day_signature_says_why",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "day", "id"], name="day_signed")]

    def __str__(self) -> str:
        return f"{self.day} {self.place}"

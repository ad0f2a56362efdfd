"""One row per compared line or fee, and every decision about one."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel
from cleanclaim.rules.variance import Kind

KINDS = {
    Kind.EXACT: "Exact",
    Kind.SHORT: "Short",
    Kind.OVER: "Over",
    Kind.MISSING: "Missing",
    Kind.DENIED: "Denied",
    Kind.REDUCED: "Reduced",
    Kind.FEE: "Fee",
}


class State(models.TextChoices):
    """Where it stands. `settled`: there is no difference (any more)."""

    SETTLED = "settled", "Settled"
    OPEN = "open", "Open"
    DISPUTED = "disputed", "Disputed"
    ACCEPTED = "accepted", "Accepted"
    CLOSED = "closed", "Closed"


class Variance(TenantModel):
    """One line's promise against its payments, or one fee kept back: amount = promised - received.

    `compare_key` names the item or the fee; comparing again brings the row up to date. `implied` is the term that the payer
    must have used. A difference that changes is open again, whatever was decided before.
    """

    compare_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State)
    payer_id = models.BigIntegerField()
    payer_name = models.CharField(max_length=120)
    claim_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(default=0, db_default=0)
    control_number = models.CharField(max_length=80)
    line_number = models.IntegerField(default=0, db_default=0)
    service_from = models.DateField(null=True)
    promised = models.DecimalField(max_digits=14, decimal_places=2)
    received = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    contract = models.CharField(max_length=120, blank=True)  # SUM-2026 v3
    term = models.CharField(max_length=120, blank=True)
    implied = models.CharField(max_length=120, blank=True)
    clause = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    remittance_id = models.BigIntegerField(null=True)
    trace_number = models.CharField(max_length=50, blank=True)
    rank = models.DecimalField(max_digits=14, decimal_places=2)
    rank_steps = models.JSONField()
    compared_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    # Worked out from the ledger: where an answer is taken back, its comparison goes, too.
    database_rights: ClassVar[Rights] = "full"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "compare_key"], name="variance_once"),
            models.CheckConstraint(
                condition=models.Q(amount=models.F("promised") - models.F("received")),
                name="variance_amount_is_the_difference",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-rank", "id"],
                condition=models.Q(state="open"),
                name="variance_queue",
            ),
            models.Index(fields=["organization", "claim_id"], name="variance_claim"),
            models.Index(fields=["organization", "remittance_id"], name="variance_remittance"),
        ]

    def __str__(self) -> str:
        return self.compare_key


class VarianceDecision(TenantModel):
    """What a person decided about a difference, of which amount, and why."""

    compare_key = models.CharField(max_length=60)
    action = models.CharField(max_length=10)  # dispute, accept, close, reopen
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    words = models.CharField(max_length=1000)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "compare_key", "id"], name="variance_decision_key")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.compare_key}"


class Recoverability(TenantModel):
    """The chance that a person set for differences of a kind from a day on; none where `share` is empty: as before.

    `payer_id` 0: of every payer; `limit_days` none: of any age. Of two of one day the later one counts.
    """

    payer_id = models.BigIntegerField(default=0)  # parties.Payer
    payer_name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=8)
    limit_days = models.IntegerField(null=True)
    share = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    starts_on = models.DateField()
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gte=0, share__lte=1),
                name="recoverability_is_a_share",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="recoverability_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.share} from {self.starts_on}"


class TrueUpAgreement(TenantModel):
    """A contract's guarantee (GER) or fee (DIR) over a calendar period, from a day until before another; see `rules.variance.true_up`."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    fee = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    period = models.CharField(max_length=7)  # of `rules.variance.true_up.MONTHS`
    clause = models.CharField(max_length=120, blank=True, default="", db_default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100, fee__gte=0),
                name="true_up_agreement_figures",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="true_up_agreement_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.upper()} {self.percent} % of contract {self.contract_id}"


class Settling(models.TextChoices):
    """Where a settlement stands."""

    PREPARED = "prepared", "Waits for a second person"
    POSTED = "posted", "Posted"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNDONE = "undone", "Taken back"


class TrueUpSettlement(TenantModel):
    """What a period's true-up came to in fact: one person enters it, a second one posts it; nothing is accrued for it then.

    `amount` above zero: the payer paid us. `account` is where its money stands until then; `trace` names it
    among the cash that waits there. One person asks to take a posted one back, a second one does.
    """

    agreement = models.ForeignKey(
        TrueUpAgreement, on_delete=models.PROTECT, related_name="settlements"
    )
    period_from = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    account = models.CharField(max_length=60)
    trace = models.CharField(max_length=80, blank=True, default="", db_default="")
    settled_on = models.DateField()
    words = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=Settling, default="prepared")
    prepared_by = models.BigIntegerField()
    prepared_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    entry_id = models.BigIntegerField(default=0, db_default=0)
    undo_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    undo_asked_by = models.BigIntegerField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_on = models.DateField(null=True)
    reversal_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "period_from"],
                condition=~models.Q(state__in=["withdrawn", "undone"]),
                name="true_up_settlement_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="posted")
                | models.Q(decided_by__isnull=False)
                & ~models.Q(decided_by=models.F("prepared_by")),
                name="true_up_settlement_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="undone")
                | models.Q(
                    undo_asked_by__isnull=False, undone_by__isnull=False, undone_on__isnull=False
                )
                & ~models.Q(undone_by=models.F("undo_asked_by")),
                name="true_up_undo_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"settlement of {self.period_from}: {self.amount}"

    @property
    def is_live(self) -> bool:
        """Whether it waits or is posted."""
        return self.state in (Settling.PREPARED, Settling.POSTED)

    @property
    def undo_is_asked(self) -> bool:
        """Whether somebody asked to take it back, and nobody has decided."""
        return self.state == Settling.POSTED and self.undo_asked_by is not None

    def counts_on(self, day: date) -> bool:
        """Whether its amount is booked by the end of a day: posted by then, and not taken back."""
        if self.state == Settling.UNDONE:
            return self.settled_on <= day and self.undone_on is not None and day < self.undone_on
        return self.state == Settling.POSTED and self.settled_on <= day

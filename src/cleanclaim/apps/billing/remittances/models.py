"""Remittances: one row per trace number, the claims and provider adjustments in it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances.refused_models import RefusedPayment as RefusedPayment
from cleanclaim.apps.billing.remittances.refused_models import RepeatedPayment as RepeatedPayment
from cleanclaim.apps.billing.remittances.rule_models import PostingRule as PostingRule
from cleanclaim.apps.billing.remittances.rule_models import Way as Way
from cleanclaim.apps.billing.remittances.rule_models import WorkerRule as WorkerRule
from cleanclaim.apps.shared.tenancy.models import (
    Rights,
    TenantModel,
    organization_by_statement,
)


class State(models.TextChoices):
    """Where a remittance stands. `held`: it does not balance, so nothing of it is posted."""

    RECEIVED = "received", "To be posted"
    HELD = "held", "Held"
    POSTED = "posted", "Posted"
    REVERSED = "reversed", "Taken back"


class Remittance(TenantModel):
    """One payment to us under one trace (TRN). `body` is `values.Remittance` as JSON, without its claims.

    The same payer trace id, trace number, amount and day is kept once: the second is refused, and let in as another
    payment only by two persons (`RepeatedPayment`).
    """

    file_id = models.BigIntegerField()  # exchange.MessageFile
    position = models.IntegerField()  # of its message in the file, from 1
    # 0 of the first of its payer, trace, amount and day; above it, a second person let a refused one in after all, or
    # the batch of an earlier one was keyed anew.
    repeat = models.SmallIntegerField(default=0, db_default=0)
    payer_id = models.BigIntegerField()  # parties.Payer
    payer_name = models.CharField(max_length=120)
    payer_trace_id = models.CharField(max_length=10)
    trace_number = models.CharField(max_length=50)
    paid = models.DecimalField(max_digits=14, decimal_places=2)
    paid_on = models.DateField()
    # Whom it pays: NPI, else taxpayer number; a payer carries a balance forward (PLB FB) for each.
    payee_key = models.CharField(max_length=20, blank=True, default="", db_default="")
    method = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=State, default="received", db_default="received")
    hold = models.CharField(max_length=300, blank=True, default="", db_default="")
    claim_count = models.IntegerField()
    held_count = models.IntegerField(default=0, db_default=0)
    body = models.TextField()
    received_on = models.DateField()
    posted_on = models.DateField(null=True)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.BigIntegerField(null=True)
    # The `WorkerRule` by which the worker posted it, or left it to a person; 0: posted, no rule spoke. None: the worker
    # has not looked at it, or its posting was taken back.
    worker_rule_id = models.BigIntegerField(null=True)
    posting_round = models.IntegerField(default=0, db_default=0)  # part of the entries' keys
    hand_count = models.IntegerField(
        default=0, db_default=0
    )  # payments taken back or applied singly
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "payer_trace_id",
                    "trace_number",
                    "paid",
                    "paid_on",
                    "repeat",
                ],
                name="remittance_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="remittance_by_id"),
            models.Index(fields=["organization", "state", "id"], name="remittance_by_state"),
            models.Index(fields=["organization", "file_id"], name="remittance_by_file"),
        ]

    def __str__(self) -> str:
        return self.trace_number


class Outcome(models.TextChoices):
    """What became of one claim payment."""

    WAITING = "waiting", "Not posted yet"
    PAID = "paid", "Paid"
    PARTIAL = "partial", "Partly denied"
    DENIED = "denied", "Denied"
    REVERSED = "reversed", "Reversal"
    MEMO = "memo", "Nothing to post"
    HELD = "held", "Held"
    UNDONE = "undone", "Posting taken back"
    SETTLED = "settled", "Settled, payment and reversal"


# An answer that stands at its claim, or took one back.
POSTED = [one.value for one in (Outcome.PAID, Outcome.PARTIAL, Outcome.DENIED, Outcome.REVERSED)]


class RemittanceClaim(TenantModel):
    """One CLP: what the payer says of one claim, at its place from 1, and what became of it here.

    `body` is `values.ClaimPayment` as JSON (see `bodies.py`); list with `defer`. `version` is the claim version whose lines it was posted on; `entry_id` its entry (0 = moved nothing);
    `unapplied_entry_id` the entry that parked the cash of a held one. `work` counts what it opened.
    """

    organization = organization_by_statement()  # it is the remittance's
    remittance = models.ForeignKey(
        Remittance,
        on_delete=models.PROTECT,
        related_name="places",
        db_constraint=False,  # a trigger holds it to a remittance of the same organization, a statement's rows at once
        db_index=False,
    )
    position = models.IntegerField()
    control_number = models.CharField(max_length=80)
    payer_control_number = models.CharField(max_length=80, blank=True)
    status_code = models.CharField(max_length=2)
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    paid = models.DecimalField(max_digits=14, decimal_places=2)
    patient_responsibility = models.DecimalField(max_digits=14, decimal_places=2)
    outcome = models.CharField(
        max_length=8, choices=Outcome, default="waiting", db_default="waiting"
    )
    hold = models.CharField(max_length=300, blank=True, default="", db_default="")
    claim_id = models.BigIntegerField(null=True)
    version = models.IntegerField(default=0, db_default=0)
    denied = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    entry_id = models.BigIntegerField(default=0, db_default=0)
    unapplied_entry_id = models.BigIntegerField(default=0, db_default=0)
    body = models.TextField(default="", db_default="")
    # The answer to the same lines beside which a person posted this one, as a further payment; of a settled one the
    # other of the two.
    beside_id = models.BigIntegerField(null=True)
    # The next payer, where this one has sent its answer on: it needs no claim from us.
    crossed_over_to = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "remittance", "position"], name="remittance_claim_place"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "claim_id"],
                condition=models.Q(claim_id__isnull=False),
                name="remittance_claim_claim",
            )
        ]

    def __str__(self) -> str:
        return f"place {self.position} of remittance {self.remittance_id}"


class RemittanceAdjustment(TenantModel):
    """One PLB amount: positive reduces the payment."""

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="adjustments")
    position = models.IntegerField()
    reason = models.CharField(max_length=2)
    reference = models.CharField(max_length=50, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    database_rights: ClassVar[Rights] = "append"

    def __str__(self) -> str:
        return f"{self.reason} {self.amount}"


class RunState(models.TextChoices):
    """Where a run stands. `stopped`: a person stopped it, or it may not be done; the words say why."""

    WAITING = "waiting", "Waits for its turn"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class PostingRun(TenantModel):
    """A large remittance that is simulated, posted or taken back beside the pages, because somebody asked.

    `done_count` counts claims, of a posting twice: once to see that it does what was shown, once to do it. `result` is
    `large.Found` as JSON, of a simulation that is done; `shown` the seal of the simulation that a posting goes by.
    """

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    is_posting = models.BooleanField()
    taking_back = models.CharField(max_length=200, blank=True, db_default="", default="")  # why
    state = models.CharField(max_length=8, choices=RunState, default="waiting")
    shown = models.TextField(blank=True)
    posting_round = models.IntegerField()
    done_count = models.IntegerField(default=0)
    is_stop_asked = models.BooleanField(default=False)
    words = models.CharField(max_length=300, blank=True)
    result = models.TextField(blank=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "remittance"], name="posting_run_remittance"),
            models.Index(
                fields=["organization", "id"],
                condition=models.Q(state__in=("waiting", "running")),
                name="posting_run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of remittance {self.remittance_id}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or under way."""
        return self.state in (RunState.WAITING, RunState.RUNNING)


class RequestState(models.TextChoices):
    """Where somebody's word that a refused payment is another one stands."""

    REQUESTED = "requested", "Waits for a second person"
    APPROVED = "approved", "Let in"
    REFUSED = "refused", "Stays refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RepeatRequest(TenantModel):
    """Why a refused payment is another one, and what a second person said; never changed once decided."""

    repeated = models.ForeignKey(RepeatedPayment, on_delete=models.PROTECT, related_name="requests")
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
                fields=["organization", "repeated"],
                condition=models.Q(state="requested"),
                name="repeat_request_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(decided_by__isnull=False)
                & ~models.Q(decided_by=models.F("requested_by")),
                name="repeat_request_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk} for repeated payment {self.repeated_id}"


class DayConfirmation(TenantModel):
    """A person's word that a payment's day that cannot be meant (BPR16) is right, or which day is; taken back until posted."""

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="day_confirmations"
    )
    said_on = models.DateField()  # BPR16, as the payer wrote it
    day = models.DateField()  # the remittance's day since
    reason = models.CharField(max_length=200)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "remittance"],
                condition=models.Q(undone_at__isnull=True),
                name="day_confirmation_one_stands",
            )
        ]

    def __str__(self) -> str:
        return f"day of remittance {self.remittance_id}: {self.day}"

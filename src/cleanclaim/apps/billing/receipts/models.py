"""Receipts of patients' money, and where a prepayment went."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel
from cleanclaim.kernel.money import show


class Kind(models.TextChoices):
    """What the money is for."""

    COPAY = "copay", "Copay at the visit"
    PREPAYMENT = "prepayment", "Prepayment"
    PAYMENT = "payment", "Payment on account"


class Method(models.TextChoices):
    """How it came."""

    CASH = "cash", "Cash"
    CHECK = "check", "Check"
    CARD = "card", "Card"
    ACH = "ach", "Bank transfer"


class State(models.TextChoices):
    """Where a receipt stands."""

    KEPT = "kept", "Kept"
    RETURNED = "returned", "Came back"
    VOIDED = "voided", "Voided"


class ReturnKind(models.TextChoices):
    """Why money came back."""

    NSF = "nsf", "Check without funds (NSF)"
    ACH = "ach", "Bank transfer returned"
    CHARGEBACK = "chargeback", "Card chargeback"
    STOPPED = "stopped", "Check stopped"


# How money that came so can come back; cash does not.
RETURN_KINDS: dict[str, tuple[ReturnKind, ...]] = {
    Method.CASH: (),
    Method.CHECK: (ReturnKind.NSF, ReturnKind.STOPPED),
    Method.CARD: (ReturnKind.CHARGEBACK,),
    Method.ACH: (ReturnKind.ACH,),
}


@dataclass(frozen=True, slots=True)
class CameBack:
    """What a return moved: owed by the patient again, gone from what was on hand, and given back or moved before."""

    owed: Decimal
    on_hand: Decimal
    given: Decimal

    @property
    def words(self) -> str:
        """As people are told it."""
        said = []
        if self.owed:
            said.append(f"the patient owes {show(self.owed)} again")
        if self.on_hand:
            said.append(f"{show(self.on_hand)} that was on hand, on no visit, is gone")
        if self.given:
            said.append(f"{show(self.given)} had been given back or moved, and is owed to us")
        return "; ".join(said)


class Receipt(TenantModel):
    """One sum of a patient's money. `entry_id` is how it was booked, `end_entry_id` how it was taken back.

    `again_entry_id` is how it was booked anew when its return was taken back (the last one), 0 where none was.
    `claim_id` is the claim that a copay or prepayment is for, 0 where it is for none in particular. `key` is that of the
    request that took it, `request_sha256` the digest of all that it said; `is_repeat` says that the request came again, and is not kept;
    neither is `came_back`, what its return moved.
    """

    is_repeat = False
    came_back: CameBack | None = None

    patient_id = models.BigIntegerField()
    claim_id = models.BigIntegerField(default=0, db_default=0)
    kind = models.CharField(max_length=10, choices=Kind)
    method = models.CharField(max_length=5, choices=Method)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reference = models.CharField(max_length=40, blank=True)  # check number, card authorization
    received_on = models.DateField()
    received_by = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State, default="kept", db_default="kept")
    entry_id = models.BigIntegerField(default=0, db_default=0)
    again_entry_id = models.BigIntegerField(default=0, db_default=0)
    return_kind = models.CharField(
        max_length=10, choices=ReturnKind, blank=True, default="", db_default=""
    )
    fee = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("0.00"))
    end_entry_id = models.BigIntegerField(default=0, db_default=0)
    ended_on = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    key = models.CharField(max_length=300, blank=True, default="", db_default="")
    request_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="receipt_above_zero"),
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=~models.Q(key=""),
                name="receipt_key_once",
            ),
            # The same check of the same patient is taken once, until it is voided.
            models.UniqueConstraint(
                fields=["organization", "patient_id", "method", "reference", "amount"],
                condition=~models.Q(reference="") & ~models.Q(state="voided"),
                name="receipt_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="receipt_by_id"),
            models.Index(fields=["organization", "patient_id", "id"], name="receipt_by_patient"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    @property
    def standing_entry_id(self) -> int:
        """The entry that stands for it while it is kept, and that its next return takes back."""
        return self.again_entry_id or self.entry_id

    @property
    def round(self) -> str:
        """What the keys of its return's entries end in: each return after one that was taken back has its own."""
        return f":{self.again_entry_id}" if self.again_entry_id else ""

    @property
    def return_work(self) -> str:
        """The key of the work that its return opens."""
        return f"returned:{self.pk}{self.round}"


class Application(TenantModel):
    """A part of a receipt's prepayment that was put on open items later, by one entry."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    entry_id = models.BigIntegerField()
    applied_on = models.DateField()
    applied_by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "receipt"], name="receipt_application_receipt")
        ]

    def __str__(self) -> str:
        return f"{self.amount} of receipt {self.receipt_id}"


class UndoneReturn(TenantModel):
    """A return of a receipt that was booked and taken back: what had been said, by whom, and why it was wrong."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="undone_returns", db_index=False
    )
    kind = models.CharField(max_length=10, choices=ReturnKind)
    fee = models.DecimalField(max_digits=14, decimal_places=2)
    returned_on = models.DateField()
    returned_by = models.BigIntegerField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    end_entry_id = models.BigIntegerField()
    undone_on = models.DateField()
    undone_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)
    again_entry_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "receipt"], name="receipt_undone_return")
        ]

    def __str__(self) -> str:
        return f"return of receipt {self.receipt_id}, undone"

"""Charge lines and the practice's own prices."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import TenantModel


class Charge(TenantModel):
    """One service line in columns; its open item in the ledger holds the money.

    It belongs to the claim's versions `first_version` to `last_version` (null = still on the claim).
    `modifiers` are joined by a hyphen. `claim_id` is a plain id: claims stand above charges.
    `bucket` is the payer's bucket that it was booked in. Encounters have no item: `item_id` is 0.
    A drug has its prescription and NDC as `rules.posting.fills` compares them, and which fill it is (0 = the first,
    null = nobody told).
    """

    item_id = models.BigIntegerField()
    claim_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    line_number = models.IntegerField()
    procedure = models.CharField(max_length=48)
    modifiers = models.CharField(max_length=20, blank=True)
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    unit = models.CharField(max_length=2)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    place_of_service = models.CharField(max_length=2, blank=True)
    control_number = models.CharField(max_length=50, blank=True)
    prescription_number = models.CharField(max_length=50, blank=True, default="")
    fill_number = models.SmallIntegerField(null=True)
    ndc = models.CharField(max_length=48, blank=True, default="")
    bucket = models.CharField(max_length=8)
    first_version = models.IntegerField(default=1)
    last_version = models.IntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "claim_id"], name="charge_claim"),
            models.Index(
                fields=["organization", "prescription_number"],
                name="charge_prescription",
                condition=~models.Q(prescription_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_number} of claim {self.claim_id}"


class Price(TenantModel):
    """What the practice charges for a service from `valid_from` until before `valid_to`."""

    procedure = models.CharField(max_length=48)
    modifiers = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=120, blank=True)  # the practice's own
    charge = models.DecimalField(max_digits=14, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "procedure", "modifiers", "valid_from"], name="price_once"
            ),
            models.CheckConstraint(condition=models.Q(charge__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.charge}"

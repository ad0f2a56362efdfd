"""Payments of received files that are no remittances: one that came again, one of which nothing could be kept."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class RepeatedPayment(TenantModel):
    """A payment of an 835 that was refused because one of the same payer, trace, amount and day was here.

    Its bytes lie in its file. `remittance_id` is set where two persons said that it is another payment.
    """

    file_id = models.BigIntegerField()  # exchange.MessageFile
    position = models.IntegerField()  # of its message in the file, from 1
    first_id = models.BigIntegerField()  # the remittance that it repeats
    payer_name = models.CharField(max_length=120, blank=True)
    payer_trace_id = models.CharField(max_length=10)
    trace_number = models.CharField(max_length=50)
    paid = models.DecimalField(max_digits=14, decimal_places=2)
    paid_on = models.DateField()
    words = models.CharField(max_length=500)
    refused_on = models.DateField()
    refused_at = models.DateTimeField(db_default=Now(), editable=False)
    remittance_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "file_id", "position"], name="repeated_payment_place"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="repeated_payment_by_id"),
        ]

    def __str__(self) -> str:
        return f"repeated payment {self.pk}"


class RefusedPayment(TenantModel):
    """A payment of an 835 of which nothing could be kept: its format was refused, or an amount fits no account.

    Trace, payer, day and amount are there as far as they could be read. Its bytes lie in its file.
    """

    file_id = models.BigIntegerField()  # exchange.MessageFile
    position = models.IntegerField()  # of its message in the file, from 1
    payer_name = models.CharField(max_length=120, blank=True)
    trace_number = models.CharField(max_length=50, blank=True)
    paid = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    paid_on = models.DateField(null=True)
    words = models.CharField(max_length=500)
    refused_on = models.DateField()
    refused_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "file_id", "position"], name="refused_payment_place"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "refused_on"], name="refused_payment_day"),
        ]

    def __str__(self) -> str:
        return f"refused payment {self.pk}"

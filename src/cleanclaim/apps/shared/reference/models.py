"""Editions of bulk reference tables and the fees that they hold."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Edition(TenantModel):
    """One release of one table, never changed: a correction is the next edition.

    `name` is the table's, such as `dmepos`: all releases of one fee schedule share it.
    """

    kind = models.CharField(max_length=16)  # fees
    name = models.CharField(max_length=60)
    publisher = models.CharField(max_length=120)
    release = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    licence = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    row_count = models.IntegerField()
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "name", "release"], name="edition_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="edition_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.release}"


class FeeRow(TenantModel):
    """Dollars per unit of one code from `valid_from` until before `valid_to`.

    Drug limits have fractions of a cent: the amount is rounded only after units are counted.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="fees")
    code = models.CharField(max_length=11)  # a procedure code, or an NDC of eleven digits
    modifier = models.CharField(max_length=2, blank=True, default="")
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "edition", "code", "modifier", "valid_from"],
                name="fee_row_once",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="fee_row_span",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="fee_row_amount_not_negative"
            ),
        ]

"""The directory of payers and practitioners of one organization."""

from typing import ClassVar

from django.db import models

from cleanclaim.apps.shared.tenancy.models import TenantModel


class Payer(TenantModel):
    """Who pays claims. `id_qualifier` is `PI` (payer's own id) or `XV` (national plan id).

    `address` has the keys of `values.party.Address`.
    """

    name = models.CharField(max_length=120)
    payer_id = models.CharField(max_length=80)
    id_qualifier = models.CharField(max_length=2, default="PI")
    address = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "payer_id", "id_qualifier"], name="payer_id_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Practitioner(TenantModel):
    """A person who treats, by NPI."""

    npi = models.CharField(max_length=10)
    last_name = models.CharField(max_length=60)
    first_name = models.CharField(max_length=35, blank=True, default="", db_default="")
    middle_name = models.CharField(max_length=25, blank=True, default="", db_default="")
    taxonomy = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "npi"], name="practitioner_npi_once")
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name

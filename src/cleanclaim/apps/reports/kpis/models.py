"""Targets that people set, in place of the ones that come with the program."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class KpiTarget(TenantModel):
    """What a KPI should be from a day on; none where `target` is empty. Of two of one day the later one counts."""

    name = models.CharField(max_length=40)  # of `definitions.BY_NAME`
    starts_on = models.DateField()
    target = models.DecimalField(max_digits=8, decimal_places=2, null=True)  # in the KPI's unit
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "name", "starts_on"], name="kpi_target_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.target} from {self.starts_on}"

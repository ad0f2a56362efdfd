"""Events on their way."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Event(TenantModel):
    """Something happened; handled once all subscribers have seen it, parked after too many tries."""

    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    handled_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="", db_default="")

    database_rights: ClassVar[Rights] = "update"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "id"],
                condition=models.Q(handled_at=None, parked_at=None),
                name="outbox_event_pending",
            )
        ]

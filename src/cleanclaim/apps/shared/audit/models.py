"""Audit events and the blocks that seal them."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class AuditEvent(TenantModel):
    """One patient's record was read, changed, sent, received or exported by one user."""

    at = models.DateTimeField(db_default=Now())
    by = models.BigIntegerField(null=True)  # users.User; empty = the system
    patient_id = models.BigIntegerField()  # a patient (provider side) or a member (payer side)
    action = models.CharField(max_length=8)
    what = models.CharField(max_length=80)  # the page or verb, e.g. "claim", "remittance posted"
    detail = models.CharField(max_length=200, blank=True, default="")
    purpose = models.CharField(max_length=40, blank=True, default="")
    request_id = models.CharField(max_length=32, blank=True, default="")

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="audit_event_by_id"),
            models.Index(
                fields=["organization", "patient_id", "id"], name="audit_event_by_patient"
            ),
        ]


class AuditBlock(TenantModel):
    """Seals the tenant's events with ids after the previous block's `last_id` up to its own.

    `leaves` holds 24 bytes per event: its id (8, big endian) and the first 16 of the SHA-256 of its
    canonical bytes. `hash` covers the previous block's hash, the span, the count and the leaves.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.IntegerField()
    leaves = models.BinaryField()
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "previous_hash"], name="audit_block_one_chain"
            )
        ]

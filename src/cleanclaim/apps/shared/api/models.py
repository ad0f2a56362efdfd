"""Tokens of programs, and the stored answers to calls that must not run twice."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel
from cleanclaim.apps.shared.users.models import User


class ApiToken(TenantModel):
    """A key for one program in one organization. Only the SHA-256 of its secret is kept.

    `scopes` are values of `users.permissions.Permission`. A token with a `user` acts as that person and
    never may more than their role; one without is a machine's own key.
    """

    name = models.CharField(max_length=80)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "secret_sha256"], name="api_token_secret"
            )
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(TenantModel):
    """The answer that the first call with this key got; written in the transaction of its effect.

    `request_sha256` covers token, method, address and body. `patient_ids` are those that the answer
    shows, so that each replay is an audited read, too.
    """

    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.TextField()
    patient_ids = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    database_rights: ClassVar[Rights] = "full"  # forgotten after 30 days

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="idempotency_key_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "recorded_at"], name="idempotency_by_age")
        ]

    def __str__(self) -> str:
        return self.key

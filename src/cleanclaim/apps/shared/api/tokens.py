"""Make, take back and check tokens.

A token reads `cct_<organization>_<secret>`: the organization says whose rows to look in, so that tokens lie
behind row-level security like everything else of a tenant.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cleanclaim.apps.shared.api.models import ApiToken
from cleanclaim.apps.shared.tenancy.context import current_tenant, tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.users.models import Membership, User
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, PermissionRefusedError

LONGEST_DAYS = 366
_TOKEN = re.compile(r"cct_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")
# `last_used_at` is written at most once in this time, so that a call seldom costs a write.
_TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a token in its organization, for a person or (user_id None) for itself."""

    token_id: int
    organization_id: int
    user_id: int | None
    scopes: frozenset[str]

    def require(self, scope: Permission) -> None:
        """Say no unless the token may do this.

        Raises:
            PermissionRefusedError: the scope is not among the token's, or no longer its person's.
        """
        if scope.value not in self.scopes:
            raise PermissionRefusedError(
                f"this token does not have the scope {scope.value}",
                hint="Make a token with this scope, or ask your lead for the permission",
            )


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as made: `secret` is shown once and not kept."""

    token_id: int
    secret: str
    expires_at: datetime


@transaction.atomic
def create_token(
    *, name: str, scopes: Collection[str], expires_at: datetime, user: User | None = None
) -> NewToken:
    """Make a token in the current tenant.

    Raises:
        InputError: no scope, a scope that does not exist, or a person who is not in the organization.
    """
    known = {scope.value for scope in Permission}
    unknown = sorted(set(scopes) - known)
    if unknown or not scopes:
        raise InputError(
            f"scopes {', '.join(unknown) or '(none)'}: expected some of {', '.join(sorted(known))}"
        )
    if user is not None and _membership(user.pk, current_tenant()) is None:
        raise InputError(f"user {user.pk}: expected somebody of organization {current_tenant()}")
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        user=user,
        secret_sha256=_hash(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return NewToken(token.pk, f"cct_{current_tenant()}_{secret}", expires_at)


@transaction.atomic
def revoke_token(token_id: int) -> None:
    """Take a token back; counts from its next call. Raises ApiToken.DoesNotExist."""
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def authenticate(text: str) -> Caller | None:
    """Who this token is, or None: malformed, unknown, expired, taken back, or its person has left."""
    match = _TOKEN.fullmatch(text)
    if match is None or not Organization.objects.filter(pk=int(match[1])).exists():
        return None
    organization_id = int(match[1])
    now = timezone.now()
    with tenant(organization_id):
        token = ApiToken.objects.filter(
            secret_sha256=_hash(match[2]), revoked_at=None, expires_at__gt=now
        ).first()
        if token is None:
            return None
        scopes = _scopes(token, organization_id)
        if scopes is None:
            return None
        _touch(token.pk, now)
    return Caller(token.pk, organization_id, token.user_id, scopes)


def _scopes(token: ApiToken, organization_id: int) -> frozenset[str] | None:
    """What the token may do now: its scopes, of a person's token only those that their role has."""
    if token.user_id is None:
        return frozenset(token.scopes)
    membership = _membership(token.user_id, organization_id)
    if membership is None:
        return None
    return frozenset(token.scopes) & frozenset(membership.role.permissions)


def _membership(user_id: int, organization_id: int) -> Membership | None:
    return (
        Membership.objects.filter(
            user_id=user_id,
            organization_id=organization_id,
            is_active=True,
            user__is_active=True,
        )
        .select_related("role")
        .first()
    )


def _touch(token_id: int, now: datetime) -> None:
    """Note the use; of many calls at once one writes and none waits."""
    row = (
        ApiToken.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(Q(last_used_at=None) | Q(last_used_at__lt=now - _TOUCH_AFTER), pk=token_id)
        .first()
    )
    if row is not None:
        row.last_used_at = now
        row.save(update_fields=["last_used_at"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Users, roles and memberships: a directory beside the tenants' rows, read before a tenant is known."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from cleanclaim.apps.shared.tenancy.models import Organization, Rights
from cleanclaim.apps.shared.users.permissions import DESK_NAMES, Desk


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case so that one person signs in one way."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user; without a password only a passkey or a demo button signs in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    # A demo person may sign in without a second factor, in a demo home on this machine only.
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    database_rights: ClassVar[Rights] = "update"

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.Model):
    """What a person may do: permission code names and the amount they may move alone."""

    name = models.CharField(max_length=60, unique=True)
    desk = models.CharField(max_length=16, choices=[(d.value, DESK_NAMES[d]) for d in Desk])
    permissions = models.JSONField(default=list)  # values of `permissions.Permission`
    money_limit = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("0.00"))

    database_rights: ClassVar[Rights] = "update"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one organization; switched off, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    database_rights: ClassVar[Rights] = "update"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="membership_user_organization"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}"

"""Make users, roles and memberships."""

from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.users.models import Membership, Role, User
from cleanclaim.apps.shared.users.permissions import ROLE_TEMPLATES, Desk, Permission


@transaction.atomic
def ensure_default_roles() -> dict[str, Role]:
    """The roles that every home starts with, by name; a role that exists is left as it is."""
    for template in ROLE_TEMPLATES:
        Role.objects.get_or_create(
            name=template.name,
            defaults={
                "desk": template.desk,
                "permissions": sorted(template.permissions),
                "money_limit": template.money_limit,
            },
        )
    return {role.name: role for role in Role.objects.all()}


def add_role(name: str, *, desk: Desk, permissions: set[Permission], money_limit: Decimal) -> Role:
    """A new role."""
    return Role.objects.create(
        name=name, desk=desk, permissions=sorted(permissions), money_limit=money_limit
    )


def add_user(*, email: str, name: str, password: str | None = None, is_demo: bool = False) -> User:
    """A new user; without a password only a passkey or (for demo people) the demo button signs in."""
    return User.objects.create_user(email=email, name=name, password=password, is_demo=is_demo)


@transaction.atomic
def find_or_add_demo_user(*, email: str, name: str) -> User:
    """The demo person with this address, added on first sight."""
    return User.objects.filter(email=email.lower()).first() or add_user(
        email=email, name=name, is_demo=True
    )


@transaction.atomic
def join(user: User, organization: Organization, role: Role) -> Membership:
    """Give `user` this role in the organization, in place of any role they had there."""
    membership, _ = Membership.objects.update_or_create(
        user=user, organization=organization, defaults={"role": role, "is_active": True}
    )
    return membership


@transaction.atomic
def leave(user: User, organization: Organization) -> None:
    """Take `user` out of the organization; counts from their next request."""
    Membership.objects.filter(user=user, organization=organization).update(is_active=False)

"""Who may see a page: second factor, membership, permission."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from ipaddress import ip_address
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from cleanclaim.apps.shared.tenancy.prepared import prepared
from cleanclaim.apps.shared.users.models import Membership, User
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import AboveLimitError, InvariantError, PermissionRefusedError
from cleanclaim.kernel.money import show

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The point of view of a page: `effective_on` is what counts by then, `recorded_by` what was known by then.

    Both empty = now. They fit the arguments of the ledger's selectors.
    """

    effective_on: date | None = None
    recorded_by: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Nothing was chosen."""
        return self.effective_on is None and self.recorded_by is None

    @property
    def day(self) -> date:
        """The effective day, today when none was chosen."""
        return self.effective_on or timezone.localdate()


@dataclass(frozen=True, slots=True)
class Access:
    """One person in one organization: what `request.can` and `request.money_limit` answer from."""

    membership: Membership
    permissions: frozenset[str]
    money_limit: Decimal

    def can(self, permission: str) -> bool:
        """Whether the role holds this permission."""
        return permission in self.permissions


def signed_in(request: HttpRequest) -> User:
    """The request's person, where the middleware has made sure that there is one.

    Raises:
        InvariantError: nobody is signed in.
    """
    if not isinstance(request.user, User):
        raise InvariantError("nobody is signed in on a page that needs somebody")
    return request.user


def memberships_of(user: User) -> list[Membership]:
    """The organizations a person may act for, with organization and role, by name."""
    return _memberships(user_id=user.pk)


@prepared
def _memberships(user_id: Any) -> QuerySet[Membership]:
    found = Membership.objects.filter(user_id=user_id, is_active=True)
    return found.select_related("organization", "role").order_by("organization__name", "id")


def access_of(memberships: list[Membership], organization_id: int | None) -> Access | None:
    """Access to this organization, or to the only one the person has; None = they must choose.

    Memberships are read at every request, so that a change of role counts at once.
    """
    found = memberships
    if organization_id is not None:
        found = [m for m in found if m.organization_id == organization_id]
    if len(found) != 1:
        return None
    role = found[0].role
    return Access(found[0], frozenset(role.permissions), role.money_limit)


def is_demo_sign_in_open() -> bool:
    """Demo people may sign in with one click: only in a demo home, only when bound to this machine."""
    return settings.KIND == "demo" and is_loopback(settings.BIND)


def is_loopback(address: str) -> bool:
    """Whether a bind address can be reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def needs_second_factor(user: User) -> bool:
    """Whether this person must enrol a second factor before they see anything."""
    if user.is_demo and is_demo_sign_in_open():
        return False
    return not is_mfa_enabled(user)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only roles with this permission call the view; others get 403 that names it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check_permission(request, permission)
            return view(request, *args, **kwargs)

        checked.permission = permission
        return checked

    return decorate


def check_permission(request: HttpRequest, permission: Permission) -> None:
    """Raise unless the request's role holds the permission.

    Raises:
        PermissionRefusedError: it does not.
    """
    if not request.can(permission):
        raise PermissionRefusedError(
            f"your role does not have the permission {permission.value}",
            hint="Ask your lead to do this, or to add the permission to your role",
        )


def check_money_limit(request: HttpRequest, amount: Decimal) -> None:
    """Raise when the amount is above what the person may move alone.

    Raises:
        AboveLimitError: a second person must approve.
    """
    refuse_above(request.access.money_limit, amount)


def refuse_above(limit: Decimal, amount: Decimal, *, what: str = "") -> None:
    """Raise when the amount is above the limit.

    Args:
        what: the form's name of the amount, which then gets the cursor back.

    Raises:
        AboveLimitError: a second person must approve.
    """
    if abs(amount) > limit:
        raise AboveLimitError(
            f"{f'{what} of ' if what else ''}{show(amount)} is above your limit of {show(limit)}",
            hint="A person with a higher limit must do it.",
        )


def money_limit_of(user_id: int, *, organization_id: int) -> Decimal:
    """What a person may move alone in an organization; nothing where they do not belong to it."""
    found = Membership.objects.filter(
        user_id=user_id, organization_id=organization_id, is_active=True
    ).values_list("role__money_limit", flat=True)
    return found.first() or Decimal("0.00")


def one_snapshot(view: View) -> View:
    """Have a page that only reads see the rows as of one moment, in all of its statements."""
    view.one_snapshot = True
    return view


def tenant_free(view: View) -> View:
    """Mark a view that shows no tenant's rows and so runs outside any tenant's transaction."""
    view.tenant_free = True
    return view

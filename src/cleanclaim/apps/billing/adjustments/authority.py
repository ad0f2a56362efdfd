"""What a person may do with money here, read from the roles; never taken from the caller."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import AboveLimitError, PermissionRefusedError
from cleanclaim.kernel.money import ZERO, show


@dataclass(frozen=True, slots=True)
class Authority:
    """A person's money limit and permissions in the current organization."""

    user_id: int
    limit: Decimal
    permissions: frozenset[str]


def authority_of(user_id: int, permission: Permission) -> Authority:
    """The person's authority.

    Raises:
        PermissionRefusedError: they do not belong here, or lack the permission.
    """
    found = (
        Membership.objects.filter(user_id=user_id, organization_id=current_tenant(), is_active=True)
        .values_list("role__money_limit", "role__permissions")
        .first()
    )
    if found is None or permission not in found[1]:
        raise PermissionRefusedError(
            f"user {user_id} does not have the permission {permission.value} here",
            hint="Ask your lead to do this, or to add the permission to your role",
        )
    return Authority(user_id, found[0], frozenset(found[1]))


def require_second_person(
    second: Authority,
    *,
    first: int,
    amount: Decimal,
    what: str,
    before: Decimal = ZERO,
    since: date | None = None,
) -> None:
    """Raise unless `second` is somebody else than `first` and may move the amount alone.

    Args:
        before: what they let through since the day `since` that counts together with it.

    Raises:
        PermissionRefusedError: the same person.
        AboveLimitError: above their limit.
    """
    if second.user_id == first:
        raise PermissionRefusedError(
            f"{what} was requested by you", hint="Somebody else must look at it and approve it"
        )
    if amount + before > second.limit:
        more = f" and {show(before)} that you approved there for the same person since {since}" if before else ""  # fmt: skip
        raise AboveLimitError(
            f"{what} moves {show(amount)}{more}, above your limit of {show(second.limit)}",
            hint="A person with a higher limit must approve it",
        )

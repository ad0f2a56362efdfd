"""Who somebody is, and whether they may."""

from collections.abc import Iterable

from cleanclaim.apps.shared.users.models import Membership, User
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, PermissionRefusedError


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """{user id: name}, of those who are known; nothing is asked where there is no id."""
    wanted = {pk for pk in ids if pk}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def member_at(email: str, *, organization_id: int, permission: Permission) -> int:
    """The id of the member of an organization with this e-mail address.

    Raises:
        InputError: nobody there has it.
        PermissionRefusedError: their role does not hold the permission.
    """
    found = Membership.objects.filter(
        user__email=email.strip().lower(),
        user__is_active=True,
        is_active=True,
        organization_id=organization_id,
    )
    member = found.select_related("role").first()
    if member is None:
        raise InputError(f"{email[:80]!r}: nobody of this organization has this e-mail address")
    if permission not in member.role.permissions:
        raise PermissionRefusedError(
            f"the role {member.role.name} of {email[:80]} has not {permission.value}"
        )
    return int(member.user_id)

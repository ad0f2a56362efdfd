"""Who somebody is, and whether they may."""

from collections.abc import Iterable

from cleanclaim.apps.shared.users.models import Membership, User
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, PermissionRefusedError

MOST_NAMED = 5


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
        raise InputError(
            f"{email[:80]!r}: nobody of this organization has this e-mail address",
            hint=_who_there_is(organization_id, permission),
        )
    if permission not in member.role.permissions:
        raise PermissionRefusedError(
            f"the role {member.role.name} of {email[:80]} has not {permission.value}"
        )
    return int(member.user_id)


def _who_there_is(organization_id: int, permission: Permission) -> str:
    """At most five members who may do it, by name and address; a member of the organization may know them."""
    members = Membership.objects.filter(
        organization_id=organization_id,
        is_active=True,
        user__is_active=True,
        role__permissions__contains=[permission.value],
    )
    found = list(
        members.order_by("user__name", "user_id").values_list("user__name", "user__email")[
            : MOST_NAMED + 1
        ]
    )
    if not found:
        return f"Nobody there holds {permission.value}"
    names = ", ".join(f"{address} ({name})" for name, address in found[:MOST_NAMED])
    return f"There is {names}{' ...' if len(found) > MOST_NAMED else ''}"

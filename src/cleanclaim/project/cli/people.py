"""People named by commands."""

from cleanclaim.kernel.errors import InputError


def person(email: str, organization_id: int) -> int:
    """The id of the member who may close months, by the address given as `--by`.

    Raises:
        InputError: nobody of the organization has it.
        PermissionRefusedError: they may not.
    """
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at

    if not email.strip():
        raise InputError("--by: empty, expected an e-mail address")
    return member_at(email, organization_id=organization_id, permission=Permission.PERIODS_CLOSE)

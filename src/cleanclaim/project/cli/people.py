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


def member(email: str, organization_id: int, *, needs_lead: bool = False) -> tuple[int, bool]:
    """Somebody who works there, and whether they are a lead, who may close months.

    Raises:
        InputError: nobody of the organization has this address.
        PermissionRefusedError: they do no work there, or are no lead where one is needed.
    """
    from cleanclaim.apps.shared.users.permissions import Permission
    from cleanclaim.apps.shared.users.selectors import member_at
    from cleanclaim.kernel.errors import PermissionRefusedError

    if needs_lead:
        return person(email, organization_id), True
    pk = member_at(email, organization_id=organization_id, permission=Permission.WORK_READ)
    try:
        person(email, organization_id)
    except PermissionRefusedError:
        return pk, False
    return pk, True

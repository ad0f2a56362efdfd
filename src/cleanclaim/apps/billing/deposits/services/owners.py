"""Who looks after cash that waits."""

from collections.abc import Sequence

from django.db import transaction

from cleanclaim.apps.billing.deposits.cash import WAITING, CashKey
from cleanclaim.apps.billing.deposits.models import CashOwner
from cleanclaim.apps.shared.users.models import Membership
from cleanclaim.kernel.errors import InputError


@transaction.atomic
def assign_owner(keys: Sequence[CashKey], *, owner: int | None, organization_id: int) -> None:
    """Give waiting cash to a person of the organization, or to nobody.

    Raises:
        InputError: an account that keeps no waiting cash, or a person who does not work here.
    """
    if wrong := [key for key in keys if key.account not in WAITING]:
        raise InputError(f"account {wrong[0].account[:40]!r}: expected one of {', '.join(WAITING)}")
    people = Membership.objects.filter(organization_id=organization_id, is_active=True)
    if owner is not None and not people.filter(user_id=owner).exists():
        raise InputError(f"user {owner}: does not work for this organization")
    for key in keys:
        found = CashOwner.objects.filter(account=key.account, trace=key.trace, entity=key.entity)
        if owner is None:
            found.delete()
        elif not found.update(owner=owner):
            CashOwner.objects.create(
                account=key.account, trace=key.trace, entity=key.entity, owner=owner
            )

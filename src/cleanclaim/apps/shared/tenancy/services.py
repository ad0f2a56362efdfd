"""Make and find organizations."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from cleanclaim.apps.shared.tenancy.models import Organization

_Key = tuple[str, str, str, str]


@transaction.atomic
def find_or_add_organization(*, kind: str, name: str, npi: str = "", tin: str = "") -> Organization:
    """The organization with this kind, NPI and TIN; added on first sight. Two at once add one.

    One with neither number is known by its name.
    """
    return find_or_add_organizations([Organization(kind=kind, name=name, npi=npi, tin=tin)])[0]


@transaction.atomic
def find_or_add_organizations(wanted: Sequence[Organization]) -> list[Organization]:
    """As `find_or_add_organization`, for many in few statements; the rows as they are kept, in order."""
    known = _known(wanted)
    if missing := [one for one in wanted if _key(one) not in known]:
        for one in missing:
            one.slug = _slug(one)
        Organization.objects.bulk_create(missing, ignore_conflicts=True)
        known = _known(wanted)
    return [known[_key(one)] for one in wanted]


def _known(wanted: Sequence[Organization]) -> dict[_Key, Organization]:
    found = Organization.objects.filter(
        kind__in={one.kind for one in wanted},
        npi__in={one.npi for one in wanted},
        tin__in={one.tin for one in wanted},
    )
    return {_key(one): one for one in found}


def _key(one: Organization) -> _Key:
    return one.kind, one.npi, one.tin, "" if one.npi or one.tin else one.name


def _slug(one: Organization) -> str:
    name = slugify(one.name)[:36].strip("-") or "organization"
    slug = "-".join(part for part in (name, one.npi, one.tin) if part)
    return f"{slug}-{one.kind}"[:60]

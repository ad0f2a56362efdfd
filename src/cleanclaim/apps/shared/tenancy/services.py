"""Make and find organizations."""

from django.db import transaction
from django.utils.text import slugify

from cleanclaim.apps.shared.tenancy.models import Organization


@transaction.atomic
def find_or_add_organization(*, kind: str, name: str, npi: str = "", tin: str = "") -> Organization:
    """The organization with this kind, NPI and TIN; added on first sight. Two at once add one."""
    found = Organization.objects.filter(kind=kind, npi=npi, tin=tin).first()
    if found and (npi or tin or found.name == name):
        return found
    slug = "-".join(
        part for part in (slugify(name)[:36].strip("-") or "organization", npi, tin) if part
    )
    Organization.objects.bulk_create(
        [Organization(kind=kind, name=name, npi=npi, tin=tin, slug=f"{slug}-{kind}"[:60])],
        ignore_conflicts=True,
    )
    return Organization.objects.get(
        kind=kind, npi=npi, tin=tin, **({} if npi or tin else {"name": name})
    )

"""Where the records that legs name are opened; the apps that own them say it when the program starts."""

from collections.abc import Callable

from cleanclaim.apps.shared.tenancy.models import Organization

# {(kind of organization, record): address of an id}
_addresses: dict[tuple[str, str], Callable[[int], str]] = {}


def link(record: str, address: Callable[[int], str], *, kind: str) -> None:
    """Open a `claim` or a `patient` of a leg, or a `month` (as 202611), at this address, in organizations of this kind."""
    _addresses[kind, record] = address


def href(organization: Organization, record: str, record_id: int) -> str:
    """The record's address, "" where nobody has a page for it."""
    address = _addresses.get((organization.kind, record))
    return address(record_id) if address and record_id else ""

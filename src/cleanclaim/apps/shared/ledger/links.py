"""Where the records that legs name are opened, and what people call them; the apps that own them say it when the program starts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.http import HttpRequest

from cleanclaim.apps.shared.ledger.selectors import EntryView
from cleanclaim.apps.shared.tenancy.models import Organization

Names = dict[int, str]


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done with an entry, from its page."""

    words: str
    key: str
    address: str


# {(kind of organization, record): address of an id}
_addresses: dict[tuple[str, str], Callable[[int], str]] = {}
_names: dict[tuple[str, str], Callable[[Collection[int]], Names]] = {}
_acts: dict[str, Callable[[HttpRequest, EntryView], Act | None]] = {}


def link(
    record: str,
    address: Callable[[int], str],
    *,
    kind: str,
    names: Callable[[Collection[int]], Names] | None = None,
) -> None:
    """Open a `claim` or a `patient` of a leg, or a `month` (as 202611), at this address, in organizations of this kind."""
    _addresses[kind, record] = address
    if names is not None:
        _names[kind, record] = names


def act(find: Callable[[HttpRequest, EntryView], Act | None], *, kind: str) -> None:
    """Offer what `find` says can be done with an entry, in organizations of this kind."""
    _acts[kind] = find


def href(organization: Organization, record: str, record_id: int) -> str:
    """The record's address, "" where nobody has a page for it."""
    address = _addresses.get((organization.kind, record))
    return address(record_id) if address and record_id else ""


def names_of_records(organization: Organization, record: str, ids: Collection[int]) -> Names:
    """What people call these records, such as a claim by its control number; those without a name are left out."""
    wanted = sorted(set(ids) - {0})
    names = _names.get((organization.kind, record))
    return names(wanted) if names and wanted else {}


def act_of(request: HttpRequest, view: EntryView) -> Act | None:
    """What this person can do with the entry."""
    find = _acts.get(request.organization.kind)
    return find(request, view) if find else None

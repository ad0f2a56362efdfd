"""What the rail and the palette are made of; the registries themselves are in `project/navigation.py`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the left rail. Seen by roles that hold `permission`, in organizations of these kinds.

    `count` gives the rows that are counted at every full page, inside the tenant's transaction: the same
    question for everybody, answered from an index (`counting.count_together`), or none.
    """

    label: str
    url_name: str
    section: str = ""  # "" puts it above the sections
    permission: str = ""
    kinds: Collection[str] = ()  # () = every kind of organization
    count: Callable[[], QuerySet[Any]] | None = None
    key: str = ""  # second key after g, e.g. "c" for `g c`


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found by the palette."""

    title: str
    note: str
    href: str
    patient_id: int | None = None  # the patient or member whose data the hit shows


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """Finds records for the palette: `find(text, limit)` in the tenant's transaction; `text` has 2 to 80 characters."""

    label: str
    find: Callable[[str, int], Sequence[Hit]]
    permission: str = ""
    kinds: Collection[str] = ()

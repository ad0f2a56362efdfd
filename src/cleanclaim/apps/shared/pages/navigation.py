"""What the rail and the palette are made of; the registries themselves are in `project/navigation.py`."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the left rail. Seen by roles that hold `permission`, in organizations of these kinds.

    `count` gives the rows that are counted at every full page, inside the tenant's transaction: the same
    question for everybody, answered from an index (`counting.count_together`), or none. `also` is what people call
    it, or look for there: the palette finds it by these words, too (`fits`).
    """

    label: str
    url_name: str
    section: str = ""  # "" puts it above the sections
    permission: str = ""
    kinds: Collection[str] = ()  # () = every kind of organization
    count: Callable[[], QuerySet[Any]] | None = None
    key: str = ""  # second key after g, e.g. "c" for `g c`
    also: Collection[str] = ()

    def fits(self, text: str) -> str | None:
        """Whether every word of the text begins a word of its label, section or another name; that name, or ""."""
        wanted = _typed(text)
        if all(_begins(word, _words(f"{self.label} {self.section}")) for word in wanted):
            return ""
        for name in self.also:
            if all(_begins(word, _words(f"{name} {self.label}")) for word in wanted):
                return name
        return None


def _words(text: str) -> list[str]:
    """Each word as it is written apart and together: `write-offs` is `write`, `offs` and `writeoffs`."""
    found = text.lower().split()
    return [
        part for word in found for part in (*re.split(r"[^a-z0-9]+", word), _joined(word)) if part
    ]


def _typed(text: str) -> list[str]:
    return [joined for word in text.lower().split() if (joined := _joined(word))]


def _joined(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", word)


def _begins(typed: str, words: Collection[str]) -> bool:
    """Also where more than one was typed of what is called by one: `EOBs`, `refunds`."""
    one = typed.removesuffix("s") if len(typed) > 2 else typed
    return any(word.startswith((typed, one)) for word in words)


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

"""What a received file brought; the apps that work on files of a kind say it here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.shared.pages.parts import Chip


@dataclass(frozen=True, slots=True)
class Brought:
    """One record that a file brought: its words, amount and state, and the page that shows it."""

    words: str
    note: str
    amount: Decimal
    chip: Chip
    href: str


Look = Callable[[int], Sequence[Brought]]  # of a file's id
_looks: dict[str, tuple[str, Look]] = {}


def register(kind: str, look: Look, *, permission: str) -> None:
    """Show on the page of files of this kind what they brought, to roles that hold the permission; in `ready()`."""
    _looks[kind] = (permission, look)


def is_told(kind: str, can: Callable[[str], bool]) -> bool:
    """Whether files of this kind tell this person what they brought."""
    return kind in _looks and can(_looks[kind][0])


def brought_by(kind: str, file_id: int) -> Sequence[Brought]:
    """What the file brought so far."""
    return _looks[kind][1](file_id)

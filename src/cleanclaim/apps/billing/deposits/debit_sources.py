"""What desks know of money that left the bank, and what they can book of it: each desk says it here, once.

A desk names its entries (numbers, whom they concern) and offers acts that would explain a line: a receipt that came back, a
refund's check that cleared. The act is the desk's own, with its own permission and checks.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Said:
    """Of an entry: numbers under which the bank may name it, who it concerns, what it was, and where it is looked at."""

    numbers: tuple[str, ...] = ()
    name: str = ""
    words: str = ""
    href: str = ""
    patient_id: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that would book money out of this amount: of which row, since when, and what can be chosen.

    Attributes:
        kinds: (value, words) to choose from, the likeliest first; empty = nothing to choose.
        takes_fee: a fee of the bank may be part of the line.
    """

    subject_id: int
    paid: Decimal
    booked_on: date
    said: Said
    kinds: tuple[tuple[str, str], ...] = ()
    takes_fee: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """Money out as desks are asked about it: dollars above zero, the days that are looked at, the bank's words, the account."""

    amount: Decimal
    first: date
    last: date  # the bank's day
    text: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person chose: the row, the kind, the fee that is part of the line, and why.

    `paid` is what the line has without the fee, `account` the line's own; the bank's desk fills both in.
    """

    subject_id: int
    kind: str = ""
    fee: Decimal = ZERO
    reason: str = ""
    paid: Decimal = ZERO
    account: str = ""


@dataclass(frozen=True, slots=True)
class DebitSource:
    """A desk. `carry_out(act, on, by)` answers with the entries that it booked on the bank account.

    `take_back(entry, reason, on, by)` takes an act back whole by one of its entries, and has the lines that it explained
    opened again.
    """

    name: str
    verb: str  # on the button: Book the return
    title: str  # above its offers
    permission: Permission
    describe: Callable[[Collection[int]], dict[int, Said]]
    offers: Callable[[Gone], Sequence[Offer]]
    carry_out: Callable[[Act, date, int], Sequence[int]]
    take_back: Callable[[int, str, date, int], None]


_sources: dict[str, DebitSource] = {}


def register(source: DebitSource) -> None:
    """Add a desk; once per process, from an app's `ready()`."""
    _sources[source.name] = source


def sources() -> list[DebitSource]:
    """Every desk, in the order of their registration."""
    return list(_sources.values())


def source_named(name: str) -> DebitSource:
    """The desk of this name.

    Raises:
        InputError: there is none.
    """
    if name not in _sources:
        raise InputError(f"desk {name[:20]!r}: expected one of {', '.join(_sources)}")
    return _sources[name]


def source_of(entry_id: int) -> DebitSource | None:
    """The desk that knows this entry."""
    return next((one for one in _sources.values() if one.describe([entry_id])), None)


def described(entry_ids: Collection[int]) -> dict[int, Said]:
    """What the desks say of these entries; those that none knows are left out."""
    found: dict[int, Said] = {}
    for source in _sources.values():
        found |= source.describe([one for one in entry_ids if one not in found])
    return found

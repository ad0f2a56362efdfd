"""From elements to values and back: numbers, days, names, addresses; and what is carried so that nothing is lost.

Reading never raises: a message that cannot be read safely was already refused by its findings.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.party import Address, Contact, Reference
from cleanclaim.wire.x12.dictionary import SEGMENTS
from cleanclaim.wire.x12.tree import Block

_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_EMPTY = [""] * 24
_NOTHING: Mapping[tuple[str, int], list[Carried]] = {}
ZERO = Decimal("0")
Elements = list[str]
Value = TypeVar("Value")
_LONGEST_KEPT, _MOST_KEPT = 32, 50_000


def at(elements: Sequence[str], number: int) -> str:
    """The element, empty where the segment is shorter."""
    return elements[number] if number < len(elements) else ""


def padded(elements: Elements, count: int) -> Elements:
    """The first `count` elements, empty ones behind where the segment is shorter."""
    return (elements + _EMPTY)[:count]


class _Kept(dict[str, Value]):
    """What short texts say, kept from one time to the next. It starts afresh when it holds many."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[str], Value]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, text: str) -> Value:
        value = self.make(text)
        if len(text) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[text] = value
        return value


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _dollars(text: str) -> Decimal:
    found = _amount(text)
    return ZERO if found is None else found


def _whole(text: str) -> int:
    return int(text) if len(text) <= 9 and text.isascii() and text.isdigit() else 0


def _day(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


# A decimal with the digits sent; None where it is not one.
amount: Callable[[str], Decimal | None] = _Kept(_amount).__getitem__
# A decimal that must be there; zero where it is not one.
dollars: Callable[[str], Decimal] = _Kept(_dollars).__getitem__
# A count of up to nine digits; zero where it is not one.
whole: Callable[[str], int] = _Kept(_whole).__getitem__
# CCYYMMDD as a day; None where it is not one.
day: Callable[[str], date | None] = _Kept(_day).__getitem__


def days(qualifier: str, text: str) -> tuple[date | None, date | None]:
    """First and last day of a D8 or RD8; the last is None for a single day."""
    if qualifier == "RD8":
        return day(text[:8]), day(text[9:])
    return day(text[:8]), None


def components(text: str, separator: str) -> tuple[str, ...]:
    """The components of a composite; empty ones at its end say nothing and are left out."""
    bare = text.rstrip(separator)
    return tuple(bare.split(separator)) if bare else ()


class Keeper:
    """Collects what typed fields do not hold.

    Attributes:
        component: the file's component separator.
        repetition: the file's repetition separator; `^` stands for it in what is kept.
    """

    __slots__ = ("component", "kept", "repetition", "seen")

    def __init__(
        self, component: str, kept: list[Carried] | None = None, repetition: str = "^"
    ) -> None:
        self.component = component
        self.kept: list[Carried] = [] if kept is None else kept
        self.repetition = repetition
        self.seen: dict[str, int] = {}

    def keep(self, loop: str, elements: Sequence[str], occurrence: int = 1) -> None:
        """Keep a whole segment."""
        self._add(loop, tuple(elements), occurrence)

    def number(self, block: Block, place: int, occurrence: int = 1) -> None:
        """Keep the LX that begins a loop where it does not say `place`, which is written otherwise."""
        if whole(at(block.segments[0], 1)) != place:
            self.keep(block.id, block.segments[0], occurrence)

    def range_end(
        self, loop: str, elements: Sequence[str], number: int, occurrence: int = 1
    ) -> None:
        """Keep the eighth component of a procedure (the end of a range), which has no field of its own."""
        text = at(elements, number)
        if text.count(self.component) < 7:
            return
        last = text.split(self.component)[7]
        if last:
            end = self.component.join([""] * 7 + [last])
            self.keep(loop, [elements[0], *[""] * (number - 1), end], occurrence)

    def keep_whole(self, block: Block) -> None:
        """Keep a loop with all below it; its occurrences are counted."""
        occurrence = self.seen[block.id] = self.seen.get(block.id, 0) + 1
        for elements in block.segments:
            self.keep(block.id, elements, occurrence)
        for child in block.blocks:
            self.keep_whole(child)

    def rest(
        self, loop: str, elements: Sequence[str], typed: frozenset[int], occurrence: int = 1
    ) -> None:
        """Keep the elements that typed fields do not hold, if any has a value."""
        for number, value in enumerate(elements):
            if value.strip(self.component) and number and number not in typed:
                break
        else:
            return
        left = tuple("" if number in typed else value for number, value in enumerate(elements))
        self._add(loop, left, occurrence)

    def _add(self, loop: str, elements: tuple[str, ...], occurrence: int) -> None:
        if self.repetition not in ("", "^"):
            elements = tuple(e.replace(self.repetition, "^") for e in elements)
        self.kept.append(_carried(loop, elements, occurrence, self.component))

    def taken(self) -> tuple[Carried, ...]:
        """All that was kept."""
        return tuple(self.kept)


@lru_cache(maxsize=4096)
def _carried(loop: str, elements: tuple[str, ...], occurrence: int, component: str) -> Carried:
    """Empty elements and components at the end say nothing and are left out."""
    standard = SEGMENTS.get(elements[0])
    composites = standard.composites if standard else ()
    parts: list[str | tuple[str, ...]] = [elements[0]]
    for number, value in enumerate(elements[1:]):
        if value and number < len(composites) and composites[number]:
            parts.append(components(value, component) or "")
        else:
            parts.append(value)
    while len(parts) > 1 and parts[-1] == "":
        parts.pop()
    return Carried(loop, tuple(parts), occurrence)


_ADDRESS_1, _ADDRESS_2 = frozenset({1, 2}), frozenset({1, 2, 3, 4})


def read_address(block: Block, keeper: Keeper, occurrence: int = 1) -> Address | None:
    """The address of N3 and N4; None where neither is there."""
    line_1 = line_2 = city = state = zip_code = country = ""
    is_there = False
    for elements in block.segments:
        if elements[0] == "N3":
            line_1, line_2, is_there = at(elements, 1), at(elements, 2), True
            if len(elements) > 3:
                keeper.rest(block.id, elements, _ADDRESS_1, occurrence)
        elif elements[0] == "N4":
            _, city, state, zip_code, country = padded(elements, 5)
            is_there = True
            if len(elements) > 5:
                keeper.rest(block.id, elements, _ADDRESS_2, occurrence)
    return Address(line_1, line_2, city, state, zip_code, country) if is_there else None


def read_contact(elements: Elements) -> Contact:
    """The contact of a PER."""
    channels = tuple(
        (elements[k], at(elements, k + 1))
        for k in range(3, min(len(elements), 9), 2)
        if elements[k]
    )
    return Contact(at(elements, 2), channels)


def read_reference(elements: Elements) -> Reference | None:
    """The reference of a REF that has nothing but qualifier and value."""
    if len(elements) == 3 and elements[2]:
        return Reference(elements[1], elements[2])
    return None


@lru_cache(maxsize=20_000)
def read_procedure(text: str, component: str) -> Procedure:
    """The procedure of a composite medical procedure identifier."""
    parts = text.split(component)
    qualifier, code = ([*parts, ""])[:2]
    modifiers = tuple(parts[2:6])
    while modifiers and modifiers[-1] == "":
        modifiers = modifiers[:-1]
    return Procedure(code, modifiers, qualifier, at(parts, 6))


_GROUPS = {group.value: group for group in Group}


def read_adjustments(elements: Elements) -> tuple[Adjustment, ...] | None:
    """The adjustments of a CAS; None where it cannot be held by typed fields."""
    group = _GROUPS.get(at(elements, 1))
    if group is None:
        return None
    if len(elements) == 4 and (money := amount(elements[3])) is not None:
        return (Adjustment(group, elements[2], money),)
    found: list[Adjustment] = []
    for k in range(2, len(elements), 3):
        reason, money = elements[k], amount(at(elements, k + 1))
        if not reason and not at(elements, k + 1):
            continue
        quantity_text = at(elements, k + 2)
        quantity = amount(quantity_text) if quantity_text else None
        if money is None or (quantity_text and quantity is None):
            return None
        found.append(Adjustment(group, reason, money, quantity))
    return tuple(found)


def ordered(carried: Sequence[Carried]) -> Mapping[tuple[str, int], list[Carried]]:
    """Carried segments by loop and occurrence."""
    if not carried:
        return _NOTHING
    table: dict[tuple[str, int], list[Carried]] = {}
    for item in carried:
        table.setdefault((item.loop, item.occurrence), []).append(item)
    return table

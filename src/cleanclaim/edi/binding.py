"""Declare once where a value's fields stand in a loop; reading and writing follow from it.

    BENEFIT = Binding(Benefit, ("2110C", "2110D"), (
        One("EB", kind=text(1), service_types=repeated(3), amount=amount(7)),
        Many("dates", "DTP", when()),
    ), Child("related", RELATED, between="2120"))
    benefit = BENEFIT.read(block, delimiters)
    BENEFIT.write(benefit, Sheet(guide, out))

What no field holds, or what a field cannot hold as it was sent, goes into the value's `carried` and is written again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Generic, Protocol, TypeVar

from cleanclaim.edi.fields import Keeper, read_address
from cleanclaim.edi.kinds import NOT_HELD, Kind
from cleanclaim.edi.writing import LoopWriter, add_address
from cleanclaim.values.party import Address
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.writer import composite, segment

T = TypeVar("T")
Got = dict[str, Any]
Parsed = tuple[Got, frozenset[int], bool]
_MOST_PARSED = 4096  # segments remembered by each part: benefits and dates of a file repeat


@dataclass(slots=True)
class Place:
    """Where reading is."""

    block: Block
    delimiters: Delimiters


def _parse(
    kinds: Mapping[str, Kind[Any]], elements: tuple[str, ...], delimiters: Delimiters
) -> Parsed:
    """What of a segment becomes fields, which elements are held whole, and whether those are all it has."""
    got: Got = {}
    held: set[int] = set()
    components: dict[int, set[int]] = {}
    for name, kind in kinds.items():
        value = kind.read(elements, delimiters)
        if value is NOT_HELD:
            continue
        got[name] = value
        if kind.component:
            components.setdefault(kind.numbers[0], set()).add(kind.component)
        else:
            held.update(kind.numbers)
    for number, known in components.items():
        text = elements[number] if number < len(elements) else ""
        parts = text.split(delimiters.component)
        if all(not part or place in known for place, part in enumerate(parts, 1)):
            held.add(number)
    is_whole = all(not elements[n] or n in held for n in range(1, len(elements)))
    return got, frozenset(held), is_whole


def _row(tag: str, kinds: Mapping[str, Kind[Any]], value: Any) -> list[str]:
    """The segment of these fields of `value`; only its tag where they are all empty. The field `` is `value` itself."""
    row: dict[int, str] = {}
    components: dict[int, dict[int, str]] = {}
    for name, kind in kinds.items():
        for number, text in zip(
            kind.numbers, kind.write(getattr(value, name) if name else value), strict=True
        ):
            if kind.component:
                components.setdefault(number, {})[kind.component] = text
            elif text:
                row[number] = text
    for number, parts in components.items():
        joined = composite(*(parts.get(place, "") for place in range(1, max(parts) + 1)))
        if joined:
            row[number] = joined
    last = max(row, default=0)
    return [tag, *(row.get(number, "") for number in range(1, last + 1))]


class Part(Protocol):
    """A part of a binding: what it takes while reading, what it adds while writing."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of its segments."""

    def take(self, elements: list[str], got: Got, keeper: Keeper, at: Place) -> bool:
        """Take a segment into `got`; False leaves it to other parts."""

    def add(self, value: Any, loop: LoopWriter) -> None:
        """Add the segments of the field."""


@dataclass(frozen=True, init=False)
class One:
    """A segment that comes once: its elements are fields of the value. `code` is its first element where fixed."""

    tags: tuple[str, ...]
    kinds: Mapping[str, Kind[Any]]
    code: str
    parse: Callable[[tuple[str, ...], Delimiters], Parsed]

    def __init__(self, tag: str, code: str = "", /, **kinds: Kind[Any]) -> None:
        object.__setattr__(self, "tags", (tag,))
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "parse", lru_cache(maxsize=_MOST_PARSED)(partial(_parse, kinds)))

    def take(self, elements: list[str], got: Got, keeper: Keeper, at: Place) -> bool:
        """Take the first such segment; elements without a field are kept."""
        if (self.code and elements[1:2] != [self.code]) or not got.keys().isdisjoint(self.kinds):
            return False
        found, held, is_whole = self.parse(tuple(elements), at.delimiters)
        got.update(found)
        if not is_whole:
            keeper.rest(at.block.id, elements, held | {1} if self.code else held)
        return True

    def add(self, value: Any, loop: LoopWriter) -> None:
        """Add the segment unless every field is empty."""
        row = _row(self.tags[0], self.kinds, value)
        if self.code and len(row) > 1:
            row[1] = self.code
        if len(row) > 1:
            loop.add(*row)


@dataclass(frozen=True, init=False)
class Many:
    """A segment that repeats: a tuple field, of records of `kind` (a dataclass) or of single values (a `Kind`).

    Only segments that it holds whole are taken.
    """

    name: str
    tags: tuple[str, ...]
    kind: Any
    kinds: Mapping[str, Kind[Any]]
    make: Callable[[tuple[str, ...], Delimiters], Any]

    def __init__(self, name: str, tag: str, kind: Any, /, **kinds: Kind[Any]) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "tags", (tag,))
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "kinds", kinds or {"": kind})
        object.__setattr__(self, "make", lru_cache(maxsize=_MOST_PARSED)(self._make))

    def _make(self, elements: tuple[str, ...], delimiters: Delimiters) -> Any:
        found, _, is_whole = _parse(self.kinds, elements, delimiters)
        if not is_whole or len(found) < len(self.kinds):
            return NOT_HELD
        return found[""] if "" in found else self.kind(**found)

    def take(self, elements: list[str], got: Got, keeper: Keeper, at: Place) -> bool:
        """Append it, if nothing of it would be lost."""
        del keeper
        item = self.make(tuple(elements), at.delimiters)
        if item is NOT_HELD:
            return False
        got.setdefault(self.name, []).append(item)
        return True

    def add(self, value: Any, loop: LoopWriter) -> None:
        """One segment each, in order."""
        for item in getattr(value, self.name):
            loop.add(*_row(self.tags[0], self.kinds, item))


@dataclass(frozen=True)
class Choice:
    """One field that any of several segments fills, each with a record class of its own."""

    name: str
    records: Mapping[str, tuple[type[Any], Mapping[str, Kind[Any]]]]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of its segments."""
        return tuple(self.records)

    def take(self, elements: list[str], got: Got, keeper: Keeper, at: Place) -> bool:
        """Take the first such segment; elements without a field are kept."""
        if self.name in got:
            return False
        kind, kinds = self.records[elements[0]]
        found, held, _ = _parse(kinds, tuple(elements), at.delimiters)
        got[self.name] = kind(**found)
        keeper.rest(at.block.id, elements, held)
        return True

    def add(self, value: Any, loop: LoopWriter) -> None:
        """Add the segment of the record's class."""
        record = getattr(value, self.name)
        for tag, (kind, kinds) in self.records.items():
            if type(record) is kind:
                loop.add(*_row(tag, kinds, record))


@dataclass(frozen=True)
class AddressPart:
    """N3 and N4 as one `Address` field."""

    name: str = "address"
    tags: tuple[str, ...] = ("N3", "N4")

    def take(self, elements: list[str], got: Got, keeper: Keeper, at: Place) -> bool:
        """Read both at the first of them."""
        del elements
        if self.name not in got:
            got[self.name] = read_address(at.block, keeper)
        return True

    def add(self, value: Any, loop: LoopWriter) -> None:
        """Add N3 and N4."""
        found: Address | None = getattr(value, self.name)
        add_address(loop, found)


@dataclass(frozen=True)
class Child:
    """Child loops as a tuple field.

    Attributes:
        is_one: the loop comes once: the field is its value, or None.
        variant: which of its ids the loops below take when written; None: as those of the parent.
        between: they stand between LS and LE, whose loop is called LS; this is its LS01.
    """

    name: str
    binding: "Binding[Any]"
    is_one: bool = False
    variant: int | None = None
    between: str = ""


@dataclass(slots=True)
class Sheet:
    """A message that is being written: its segments so far and how many HL levels they have."""

    guide: Guide
    out: list[str]
    levels: int = 0


class Binding(Generic[T]):
    """Where the fields of a frozen dataclass stand in a loop. The class has a `carried` field, and all have defaults."""

    def __init__(
        self,
        kind: Callable[..., T],
        loops: tuple[str, ...],
        parts: Sequence[Part],
        *children: Child,
        level: str = "",
        is_last_level: bool = False,
    ) -> None:
        """Declare it.

        Args:
            loops: its ids, such as that below a subscriber and that below a dependent.
            level: HL03 where the loop is a level; its numbers are counted, not held.
            is_last_level: its HL has no HL04.
        """
        self.kind, self.loops, self.parts, self.children = kind, loops, tuple(parts), children
        self.level, self.is_last_level = level, is_last_level
        self._by_tag: dict[str, list[Part]] = {}
        for part in parts:
            for tag in part.tags:
                self._by_tag.setdefault(tag, []).append(part)

    def read(self, block: Block, delimiters: Delimiters) -> T:
        """The value of the loop, with all below it."""
        keeper = Keeper(delimiters.component, repetition=delimiters.repetition)
        got: Got = {}
        at = Place(block, delimiters)
        for elements in block.segments:
            tag = elements[0]
            for part in self._by_tag.get(tag, ()):
                if part.take(elements, got, keeper, at):
                    break
            else:
                if tag not in _COUNTED:
                    keeper.keep(block.id, elements)
        for name, found in got.items():
            if found.__class__ is list:
                got[name] = tuple(found)
        has_levels = False
        for child in self.children:
            loops, read = child.binding.loops, child.binding.read
            outers = block.children("LS") if child.between else (block,)
            values = [
                read(inner, delimiters)
                for outer in outers
                for inner in outer.blocks
                if inner.id in loops
            ]
            has_levels = has_levels or bool(values and child.binding.level)
            if values:
                got[child.name] = values[0] if child.is_one else tuple(values)
        if self.level:
            self._keep_child_code(block, keeper, has_levels=has_levels)
        return self.kind(**got, carried=keeper.taken())

    def _keep_child_code(self, block: Block, keeper: Keeper, *, has_levels: bool) -> None:
        """Keep an HL04 that does not say whether levels follow."""
        sent = block.segments[0][4:5]
        if (sent[0] if sent else "") != self._child_code(has_levels=has_levels):
            keeper.keep(block.id, ["HL", "", "", "", *sent])

    def _child_code(self, *, has_levels: bool) -> str:
        return "" if self.is_last_level else "1" if has_levels else "0"

    def write(self, value: T, sheet: Sheet, variant: int = 0, parent: str = "") -> None:
        """Add the segments of the loop and of all below it.

        Args:
            variant: which of the loop ids; the loops below follow.
            parent: number of the level above.
        """
        carried = getattr(value, "carried")  # noqa: B009
        loop = LoopWriter(
            sheet.guide, self.loops[min(variant, len(self.loops) - 1)], sheet.out, carried
        )
        if self.level:
            sheet.levels += 1
            own = str(sheet.levels)
            code = self._child_code(
                has_levels=any(c.binding.level and getattr(value, c.name) for c in self.children)
            )
            is_kept = any(c.elements[0] == "HL" for c in carried)
            loop.add("HL", own, parent, self.level, "" if is_kept else code)
            parent = own
        for part in self.parts:
            part.add(value, loop)
        loop.done()
        for child in self.children:
            self._write_child(child, getattr(value, child.name), sheet, variant, parent)

    def _write_child(
        self, child: Child, found: Any, sheet: Sheet, variant: int, parent: str
    ) -> None:
        values = found if found.__class__ is tuple else () if found is None else (found,)
        if child.between and values:
            sheet.out.append(segment("LS", child.between))
        for inner in values:
            below = variant if child.variant is None else child.variant
            child.binding.write(inner, sheet, below, parent)
        if child.between and values:
            sheet.out.append(segment("LE", child.between))


_COUNTED = ("ST", "HL", "LS", "LE")

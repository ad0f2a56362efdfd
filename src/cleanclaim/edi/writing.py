"""Loops as they are written: typed segments first, then what was carried fills gaps or takes its place in order."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.party import Address, Contact, Reference
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT
from cleanclaim.wire.x12.guide import Guide, Segment
from cleanclaim.wire.x12.writer import (
    COMPONENT,
    ELEMENT,
    REPETITION,
    Composite,
    Texts,
    clean_segment,
    composite,
    number,
    refuse_controls,
)

CarriedTable = Mapping[tuple[str, int], list[Carried]]


class LoopWriter:
    """Collects one loop instance's segments and gives them out in guide order.

    Attributes:
        out: takes the loop's segments; without carried ones that is the message itself.
    """

    __slots__ = ("extras", "guide", "loop", "message", "out")

    def __init__(
        self, guide: Guide, loop: str, out: list[str], extras: Sequence[Carried] = ()
    ) -> None:
        self.guide = guide
        self.loop = loop
        self.message = out
        self.out = [] if extras else out
        self.extras = extras

    def add(self, *elements: str) -> None:
        """Add one segment."""
        if not "".join(elements).isprintable():
            refuse_controls(*elements)
        self.out.append(ELEMENT.join(elements).rstrip(ELEMENT))

    def takes(self, tag: str) -> bool:
        """Whether the loop has a place for such a segment."""
        return (self.loop, tag) in self.guide.ranks

    def done(self) -> None:
        """Write what was collected, carried segments merged in."""
        if not self.extras:
            return
        guide, loop, rows = self.guide, self.loop, self.out
        typed = len(rows)
        for carried in self.extras:
            elements, rank, is_single = _placed(guide, loop, carried)
            same = _find(guide, loop, rows, elements[0], rank) if is_single else None
            if same is None:
                rows.append(clean_segment(elements))
            else:
                rows[same] = _filled(rows[same], elements)
        if len(rows) > typed:
            rows.sort(key=lambda row: _rank(guide, loop, row.split(ELEMENT)))
        self.message += rows


def add_number(loop: LoopWriter, place: int) -> None:
    """LX, unless another one was carried."""
    if not any(carried.elements[0] == "LX" for carried in loop.extras):
        loop.add("LX", str(place))


def write_whole(guide: Guide, loop_id: str, extras: CarriedTable, out: list[str]) -> None:
    """Every occurrence of a loop that was kept whole; its child loops are the caller's."""
    occurrence = 1
    while rows := extras.get((loop_id, occurrence)):
        LoopWriter(guide, loop_id, out, rows).done()
        occurrence += 1


@lru_cache(maxsize=4096)
def _placed(guide: Guide, loop: str, carried: Carried) -> tuple[tuple[str, ...], int, bool]:
    """A carried segment's elements, its rank, and whether there is one of that rank at most."""
    row = [part if isinstance(part, str) else composite(*part) for part in carried.elements]
    refuse_controls(*row)
    for number_ in _repeating(guide, loop).get(row[0], ()):
        if number_ < len(row) and "^" in row[number_]:
            row[number_] = repeated(row[number_])
    rank = _rank(guide, loop, row)
    return tuple(row), rank, rank in _single_ranks(guide, loop)


def _find(guide: Guide, loop: str, rows: Sequence[str], tag: str, rank: int) -> int | None:
    """Where the first segment with such a tag and rank stands."""
    head = tag + ELEMENT
    is_only = tag not in QUALIFIER_ELEMENT  # the tag alone decides the rank
    for at, row in enumerate(rows):
        if (row.startswith(head) or row == tag) and (
            is_only or _rank(guide, loop, row.split(ELEMENT)) == rank
        ):
            return at
    return None


def repeated(text: str) -> Composite:
    """A repeated element in which `^` stands for the repetition separator."""
    return Composite(text.replace("^", REPETITION))


@cache
def _repeating(guide: Guide, loop_id: str) -> dict[str, tuple[int, ...]]:
    """By tag, the elements that may repeat in this loop."""
    found: dict[str, tuple[int, ...]] = {}
    for item in next(loop for loop in guide.loops() if loop.id == loop_id).items:
        if isinstance(item, Segment):
            numbers = tuple(n for n, e in enumerate(item.elements, 1) if e.most_repeats > 1)
            if numbers:
                found[item.tag] = numbers
    return found


def _rank(guide: Guide, loop: str, row: Sequence[str]) -> int:
    at = QUALIFIER_ELEMENT.get(row[0])
    qualifier = row[at] if at is not None and at < len(row) else ""
    return guide.rank(loop, row[0], qualifier.partition(COMPONENT)[0])


@cache
def _single_ranks(guide: Guide, loop_id: str) -> frozenset[int]:
    """Ranks of the segments that occur once in a loop: a carried one only fills the gaps of the typed one."""
    loop = next(loop for loop in guide.loops() if loop.id == loop_id)
    return frozenset(
        item.rank for item in loop.items if isinstance(item, Segment) and item.most == 1
    )


def _filled(row: str, gaps: Sequence[str]) -> str:
    have = row.split(ELEMENT)
    missing = len(gaps) - len(have)
    if missing > 0:
        have += [""] * missing
    for number_, value in enumerate(gaps):
        if value:
            if not have[number_]:
                have[number_] = value
            elif COMPONENT in value:
                have[number_] = _fill_components(have[number_], value)
    return clean_segment(have)


def _fill_components(have: str, gaps: str) -> str:
    own, extra = have.split(COMPONENT), gaps.split(COMPONENT)
    own += [""] * (len(extra) - len(own))
    return composite(*(mine or extra[k] if k < len(extra) else mine for k, mine in enumerate(own)))


def add_address(loop: LoopWriter, address: Address | None) -> None:
    """N3 and N4."""
    if address is None:
        return
    street = ("N3", address.line_1, address.line_2)
    town = ("N4", address.city, address.state, address.zip_code, address.country)
    if not "".join(street + town).isprintable():
        refuse_controls(*street)
        refuse_controls(*town)
    for row in (clean_segment(street), clean_segment(town)):
        if len(row) > 2:
            loop.out.append(row)


def add_contact(loop: LoopWriter, function: str, contact: Contact | None) -> None:
    """PER."""
    if contact is not None:
        channels = [part for channel in contact.channels for part in channel]
        if len(channels) > 6:
            raise InputError(
                f"contact with {len(contact.channels)} channels: a PER has room for three"
            )
        loop.add("PER", function, contact.name, *channels)


def add_references(loop: LoopWriter, references: Sequence[Reference]) -> None:
    """One REF each, in guide order."""
    if not references:
        return
    rows = [(reference.qualifier, reference.value) for reference in references]
    if len(rows) > 1:
        rows.sort(key=lambda row: loop.guide.rank(loop.loop, "REF", row[0]))
    for qualifier, value in rows:
        add_reference(loop, qualifier, value)


def add_reference(loop: LoopWriter, qualifier: str, value: str) -> None:
    """One REF."""
    if not (qualifier + value).isprintable():
        refuse_controls("REF", qualifier, value)
    row = f"REF{ELEMENT}{qualifier}{ELEMENT}{value}"
    loop.out.append(row if value else row.rstrip(ELEMENT))


def procedure_text(procedure: Procedure) -> str:
    """The composite medical procedure identifier, empty where there is no procedure."""
    return _PROCEDURES[
        procedure.qualifier, procedure.code, procedure.modifiers, procedure.description
    ]


def _procedure_text(parts: tuple[str, str, tuple[str, ...], str]) -> str:
    qualifier, code, modifiers, description = parts
    if not code and not description:
        return ""
    return composite(qualifier, code, *(*modifiers, "", "", "", "")[:4], description)


_PROCEDURES = Texts(_procedure_text)


def add_adjustments(loop: LoopWriter, adjustments: Sequence[Adjustment]) -> None:
    """One CAS per run of the same group, six adjustments at most in each."""
    if not adjustments:
        return
    text, group, room = "", None, 0
    for adjustment in adjustments:
        reason = adjustment.reason
        if not reason.isprintable():
            refuse_controls("CAS", reason)
        if adjustment.group != group or not room:
            if text:
                loop.out.append(text.rstrip(ELEMENT))
            group, room = adjustment.group, 6
            text = "CAS" + ELEMENT + group
        text += f"{ELEMENT}{reason}{ELEMENT}{number(adjustment.amount)}{ELEMENT}"
        if adjustment.quantity is not None:
            text += number(adjustment.quantity)
        room -= 1
    loop.out.append(text.rstrip(ELEMENT))

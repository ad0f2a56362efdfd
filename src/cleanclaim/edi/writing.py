"""Loops as they are written: typed segments first, then what was carried fills gaps or takes its place in order."""

from collections.abc import Iterable, Sequence
from functools import cache

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Carried, Procedure
from cleanclaim.values.party import Address, Contact, Reference
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT
from cleanclaim.wire.x12.guide import Guide, Segment
from cleanclaim.wire.x12.writer import COMPONENT, REPETITION, Composite, composite, number, segment

CarriedTable = dict[tuple[str, int], list[Carried]]


class LoopWriter:
    """Collects one loop instance's segments and gives them out in guide order."""

    __slots__ = ("extras", "guide", "loop", "out", "rows")

    def __init__(
        self, guide: Guide, loop: str, out: list[str], extras: Sequence[Carried] = ()
    ) -> None:
        self.guide = guide
        self.loop = loop
        self.out = out
        self.extras = extras
        self.rows: list[list[str]] = []

    def add(self, *elements: str) -> None:
        """Add one segment; without carried ones it is written at once."""
        if self.extras:
            self.rows.append(list(elements))
        else:
            self.out.append(segment(*elements))

    def takes(self, tag: str) -> bool:
        """Whether the loop has a place for such a segment."""
        return (self.loop, tag) in self.guide.ranks

    def done(self) -> None:
        """Write what was collected, carried segments merged in."""
        if not self.extras:
            return
        ranked = [(_rank(self.guide, self.loop, row), row) for row in self.rows]
        for carried in self.extras:
            row = _row(self.guide, self.loop, carried)
            rank = _rank(self.guide, self.loop, row)
            same = next((have for at, have in ranked if at == rank and have[0] == row[0]), None)
            if same is not None and rank in _single_ranks(self.guide, self.loop):
                _fill(same, row)
            else:
                ranked.append((rank, row))
        ranked.sort(key=lambda pair: pair[0])
        self.out += [segment(*row) for _, row in ranked]


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


def _row(guide: Guide, loop_id: str, carried: Carried) -> list[str]:
    row = [part if isinstance(part, str) else composite(*part) for part in carried.elements]
    for number_ in _repeating(guide, loop_id).get(row[0], ()):
        if number_ < len(row) and "^" in row[number_]:
            row[number_] = repeated(row[number_])
    return row


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


_SINGLE: dict[tuple[str, str], frozenset[int]] = {}


def _single_ranks(guide: Guide, loop_id: str) -> frozenset[int]:
    """Ranks of the segments that occur once in a loop: a carried one only fills the gaps of the typed one."""
    key = (guide.name, loop_id)
    if key not in _SINGLE:
        loop = next(loop for loop in guide.loops() if loop.id == loop_id)
        _SINGLE[key] = frozenset(
            item.rank for item in loop.items if isinstance(item, Segment) and item.most == 1
        )
    return _SINGLE[key]


def _fill(have: list[str], gaps: Sequence[str]) -> None:
    have += [""] * (len(gaps) - len(have))
    for number_, value in enumerate(gaps):
        if not value:
            continue
        if not have[number_]:
            have[number_] = value
        elif COMPONENT in value:
            have[number_] = _fill_components(have[number_], value)


def _fill_components(have: str, gaps: str) -> str:
    own, extra = have.split(COMPONENT), gaps.split(COMPONENT)
    own += [""] * (len(extra) - len(own))
    return composite(*(mine or extra[k] if k < len(extra) else mine for k, mine in enumerate(own)))


def add_address(loop: LoopWriter, address: Address | None) -> None:
    """N3 and N4."""
    if address is None:
        return
    if address.line_1 or address.line_2:
        loop.add("N3", address.line_1, address.line_2)
    if address.city or address.state or address.zip_code or address.country:
        loop.add("N4", address.city, address.state, address.zip_code, address.country)


def add_contact(loop: LoopWriter, function: str, contact: Contact | None) -> None:
    """PER."""
    if contact is not None:
        channels = [part for channel in contact.channels for part in channel]
        if len(channels) > 6:
            raise InputError(
                f"contact with {len(contact.channels)} channels: a PER has room for three"
            )
        loop.add("PER", function, contact.name, *channels)


def add_references(loop: LoopWriter, references: Iterable[Reference]) -> None:
    """One REF each, in guide order."""
    rows = [("REF", reference.qualifier, reference.value) for reference in references]
    if len(rows) > 1:
        rows.sort(key=lambda row: loop.guide.rank(loop.loop, "REF", row[1]))
    for row in rows:
        loop.add(*row)


def procedure_text(procedure: Procedure) -> str:
    """The composite medical procedure identifier, empty where there is no procedure."""
    if not procedure.code and not procedure.description:
        return ""
    if not procedure.modifiers and not procedure.description:
        return composite(procedure.qualifier, procedure.code)
    modifiers = (*procedure.modifiers, "", "", "", "")[:4]
    return composite(procedure.qualifier, procedure.code, *modifiers, procedure.description)


def add_adjustments(loop: LoopWriter, adjustments: Sequence[Adjustment]) -> None:
    """One CAS per run of the same group, six adjustments at most in each."""
    row: list[str] = []
    for adjustment in adjustments:
        group = adjustment.group
        if row and (row[1] != group or len(row) >= 20):
            loop.add(*row)
            row = []
        if not row:
            row = ["CAS", group]
        row += [adjustment.reason, number(adjustment.amount), number(adjustment.quantity)]
    if row:
        loop.add(*row)

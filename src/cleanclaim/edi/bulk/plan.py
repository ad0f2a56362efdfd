"""The layout as one guide has it: which of its segments make the rows of each table and fill each column."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanclaim.edi.bulk.layout import MESSAGES, TABLES, Field, Source, Table
from cleanclaim.edi.guides import guide_for
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.dictionary import QUALIFIER_ELEMENT
from cleanclaim.wire.x12.guide import Loop, Segment
from cleanclaim.wire.x12.keys import UNKNOWN
from cleanclaim.wire.x12.machine import Machine, machine_for
from cleanclaim.wire.x12.runs import Runs
from cleanclaim.wire.x12.steps import find_step
from cleanclaim.wire.x12.window import Window

Numbers = npt.NDArray[Any]
NO_ELEMENT = 10_000  # an element number that no segment reaches
# Parties that stand above the claims; a claim refers to the last one before it.
LINKS = {"billing": "2010AA", "subscriber": "2010BA", "patient": "2010CA", "payer": "2010BB"}
_CLAIMS, _LINES, _DEPENDENT = ("2300", "2100"), ("2400", "2110"), "2000C"


@dataclass(frozen=True)
class Fill:
    """How a column is filled.

    Attributes:
        specs: numbers of the segments that hold the cell; empty where it is the row's own segment.
        filters: by those of them that stand for more qualifiers than wanted: the qualifier's element.
        elements: by spec number the element of the row's own segment; `is_same`: it is the source's for all of them.
    """

    field: Field
    source: Source | None
    specs: tuple[int, ...] = ()
    filters: tuple[tuple[int, int], ...] = ()
    elements: Numbers | None = None
    is_same: bool = True


@dataclass(frozen=True)
class TablePlan:
    """One table: numbers of the segments that make a row, and how its columns are filled."""

    table: Table
    rows: tuple[int, ...]
    fills: tuple[Fill, ...]


class Places:
    """From each segment of a guide, by the key of the next one, to the next one's place, whatever is missing between.

    Where the guide has no place for it, a segment is passed over. `machine` and `walker` tell what is wrong.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.rows: list[list[int | None]] = [[None] * len(machine.keys.keys) for _ in machine.specs]
        self._runs = Runs(len(machine.specs), self._walk, np.int16)

    def run(self, place: int, keys: Numbers) -> Numbers:
        """The number of each segment's place from `place` on (-1: the first is ST); -1 where it has none."""
        head: list[int] = []
        if place < 0 and len(keys):
            place = self.machine.number[self.machine.guide.root.first]
            head, keys = [place], keys[1:]
        found = self._runs.follow(place, keys)
        assert found is not None  # every key has a number here
        places: Numbers = np.concatenate((np.array(head, np.int16), found[0]))
        return places

    def _walk(self, place: int, keys: list[int]) -> tuple[list[int], int]:
        """The places of some keys one by one, and the last place that there was."""
        found: list[int] = []
        for key in keys:
            step = self.rows[place][key]
            if step is None:
                step = self.rows[place][key] = self._step(place, key)
            found.append(step)
            place = step if step >= 0 else place
        return found, place

    def _step(self, place: int, key: int) -> int:
        machine = self.machine
        if key == UNKNOWN:
            return -1
        segment = find_step(machine.guide, machine.specs[place], machine.keys.keys[key]).segment
        return -1 if segment is None else machine.number[segment]


def key_numbers(machine: Machine, window: Window, delimiters: Delimiters) -> Numbers:
    """The key of each segment as a number."""
    if window.words is not None:
        return machine.keys.numbers(window, delimiters)
    keys, element = machine.keys, delimiters.element
    found = [keys.number(raw.split(element), delimiters.component) for raw in window.segments]
    return np.array(found, np.int64)


@dataclass
class Plan:
    """All tables of one message.

    Attributes:
        depth, starts, loop: by spec number: depth of its loop, whether it begins it, its place in `loops`.
        is_claim, is_line: whether a claim or a line begins with it.
        in_claim, in_line: whether it stands within one.
        is_dependent: claims of a patient other than the subscriber.
        is_unit: no row of any table takes cells from both sides of the beginning of one of these.
    """

    machine: Machine
    tables: list[TablePlan] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        specs = self.machine.specs
        self.places = Places(self.machine)
        self.loops = sorted({spec.loop.id for spec in specs})
        # One more for segments without a place: number -1.
        self.depth: Numbers = np.array([*(s.loop.depth for s in specs), 0])
        self.starts = _flags(s is s.loop.first for s in specs)
        self.loop: Numbers = np.array([*(self.loops.index(s.loop.id) for s in specs), 0], np.int32)
        self.is_claim = _flags(s.starts_loop and s.loop.id in _CLAIMS for s in specs)
        self.is_line = _flags(s.starts_loop and s.loop.id in _LINES for s in specs)
        self.in_claim = _flags(_is_within(s.loop, _CLAIMS) for s in specs)
        self.in_line = _flags(_is_within(s.loop, _LINES) for s in specs)
        self.is_dependent = _flags(_is_within(s.loop, (_DEPENDENT,)) for s in specs)
        above = _above(specs)
        self.is_unit = _flags(s is s.loop.first and s.loop in above for s in specs)
        self.links = {
            name: tuple(n for n, s in enumerate(specs) if s.starts_loop and s.loop.id == loop)
            for name, loop in LINKS.items()
        }
        self.link_flags = {
            name: _flags(n in numbers for n in range(len(specs)))
            for name, numbers in self.links.items()
        }
        self.tables = [_table_plan(specs, t) for t in TABLES if t is not MESSAGES]
        self.tables = [plan for plan in self.tables if plan.rows]


def _flags(values: Any) -> Numbers:
    return np.array([*values, False], np.bool_)


def _is_within(loop: Loop | None, ids: tuple[str, ...]) -> bool:
    while loop is not None:
        if loop.id in ids:
            return True
        loop = loop.parent
    return False


def _above(specs: list[Segment]) -> set[Loop]:
    """Claims and all loops that hold claims."""
    found: set[Loop] = set()
    for spec in specs:
        loop: Loop | None = spec.loop if spec.loop.id in _CLAIMS else None
        while loop is not None:
            found.add(loop)
            loop = loop.parent
    return found


def _table_plan(specs: list[Segment], table: Table) -> TablePlan:
    wanted = [row.split("/") for row in table.rows]
    rows = tuple(
        number
        for number, spec in enumerate(specs)
        if any(loop in ("*", spec.loop.id) and tag == spec.tag for loop, tag in wanted)
    )
    return TablePlan(table, rows, tuple(_fill(specs, rows, column) for column in table.fields))


def _fill(specs: list[Segment], rows: tuple[int, ...], column: Field) -> Fill:
    """The first source that the guide has; one of the row's own segment before all others."""
    tags = {specs[n].tag for n in rows}
    own = [s for s in column.sources if s.tag in tags and not s.loop and not s.codes]
    if own:
        elements = np.full(len(specs) + 1, NO_ELEMENT)
        for source in own:
            for number in rows:
                if specs[number].tag == source.tag:
                    elements[number] = source.element
        is_same = len({int(elements[n]) for n in rows}) == 1
        return Fill(column, own[0], elements=elements, is_same=is_same)
    loops = {specs[n].loop for n in rows if specs[n] is specs[n].loop.first}
    for source in column.sources:
        numbers = tuple(n for n, spec in enumerate(specs) if _holds(spec, source, loops))
        if numbers:
            filters = tuple(
                (n, QUALIFIER_ELEMENT[source.tag])
                for n in numbers
                if source.codes and not (specs[n].codes or {""}) <= source.codes
            )
            return Fill(column, source, numbers, filters)
    return Fill(column, None)


def _holds(spec: Segment, source: Source, loops: set[Loop]) -> bool:
    """Whether the segment holds the source for rows that begin one of `loops`."""
    if spec.tag != source.tag:
        return False
    if source.codes and spec.codes is not None and not spec.codes & source.codes:
        return False
    if not source.loop:
        return spec.loop in loops
    return spec.loop.id == source.loop and spec.loop.parent in loops


@lru_cache(maxsize=16)
def plan_for(name: str) -> Plan:
    """The plan of the message that people call `name`."""
    return Plan(machine_for(guide_for(name)))

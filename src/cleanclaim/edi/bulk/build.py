"""From placed segments to record batches: one job at a time, column by column."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa

from cleanclaim.edi.bulk.arrow import (
    TYPES,
    codes,
    constant,
    counts,
    days,
    decimals,
    schema,
    spread,
    strings,
)
from cleanclaim.edi.bulk.cells import Cells, Column, Composites, Numbers, Segments
from cleanclaim.edi.bulk.job import Job
from cleanclaim.edi.bulk.layout import CODE, COUNT, DAY, MONEY, QUANTITY, SHARED, TEXT, Source
from cleanclaim.edi.bulk.plan import LINKS, Fill, Plan, TablePlan, plan_for

_DIGITS = {MONEY: 2, QUANTITY: 4, COUNT: 0}
_MOST_COUNT = 2**31 - 1


@dataclass(slots=True)
class Built:
    """A job's tables, and by message number the cells that could not be read."""

    batches: list[tuple[str, pa.RecordBatch]]
    unread: Counter[int]


def build(job: Job) -> Built:
    """The tables of the job."""
    if not len(job.specs):
        return Built([], Counter())
    work = _Work(job)
    batches = [
        (plan.table.name, batch)
        for plan in work.plan.tables
        if (batch := work.table(plan)) is not None
    ]
    return Built(batches, work.unread)


class _Work:
    """A job being built: what its tables share."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.plan: Plan = plan_for(job.name)
        self.cells = Cells(job.text, job.delimiters)
        self.specs = job.specs.astype(np.intp)  # what `take` wants, converted once
        # Segments by place: those at place n stand in `order` from `ends[n]` up to `ends[n + 1]`.
        self._order = np.argsort(job.specs, kind="stable")
        count = len(self.plan.machine.specs) + 1
        self._ends: list[int] = np.cumsum(np.bincount(job.specs + 1, minlength=count)).tolist()
        self.unread: Counter[int] = Counter()

    def rows(self, specs: tuple[int, ...]) -> Numbers:
        """The segments at any of these places, in order."""
        ends = self._ends
        found = [self._order[ends[n] : ends[n + 1]] for n in specs if ends[n] < ends[n + 1]]
        if len(found) == 1:
            return found[0]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def table(self, plan: TablePlan) -> pa.RecordBatch | None:
        """The table's rows; None where there are none."""
        rows = self.rows(plan.rows)
        if not len(rows):
            return None
        own, ordinals = self.cells.segments(rows), None
        if plan.table.every is not None:
            chosen, ordinals = _repeated(own, *plan.table.every)
            rows, own = rows[chosen], own.chosen(chosen)
            if not len(rows):
                return None
        columns = _Columns(self, plan, rows, own, ordinals)
        arrays = self._shared(rows)
        arrays += [columns.array(fill) for fill in plan.fills]
        return pa.RecordBatch.from_arrays(arrays, schema=schema(plan.table.name))

    # Columns that all tables share, each for all segments of the job.

    @cached_property
    def span(self) -> Numbers:
        """In which span each segment stands."""
        rows = np.array([span.row for span in self.job.spans])
        return np.repeat(np.arange(len(rows)), np.diff(np.append(rows, len(self.specs))))

    @cached_property
    def ids(self) -> list[Numbers]:
        """Numbers of interchange, group and message."""
        ids = np.array([span.ids for span in self.job.spans], np.int32)
        return [ids[:, n].take(self.span) for n in range(3)]

    @cached_property
    def _same(self) -> list[pa.Array]:
        """Columns that say the same in all rows, cut to length for each table; ids only of a single message."""
        columns = [constant(self.job.file, len(self.specs))]
        return columns + [counts(ids) for ids in self.ids] if len(self.job.spans) == 1 else columns

    @cached_property
    def positions(self) -> Numbers:
        """Number within the message."""
        shift = np.array([span.position - span.row for span in self.job.spans])
        found: Numbers = (np.arange(len(self.specs)) + shift.take(self.span)).astype(np.int32)
        return found

    @cached_property
    def _claims(self) -> Numbers:
        """Number of the claim within the file; 0 above the claims."""
        claims = np.cumsum(self.plan.is_claim.take(self.specs), dtype=np.int32) + np.int32(
            self.job.claims
        )
        found: Numbers = claims * self.plan.in_claim.take(self.specs)
        return found

    @cached_property
    def _lines(self) -> Numbers:
        """Number of the line within its claim; 0 above the lines."""
        lines = np.cumsum(self.plan.is_line.take(self.specs), dtype=np.int32)
        is_claim = self.plan.is_claim.take(self.specs)
        before = np.concatenate((np.array([-self.job.lines], np.int32), lines[is_claim]))
        lines -= before.take(np.cumsum(is_claim))
        found: Numbers = lines * self.plan.in_line.take(self.specs)
        return found

    @cached_property
    def _parents(self) -> Numbers:
        """Position of the first segment of the loop."""
        specs, plan = self.specs, self.plan
        rows = np.arange(len(specs), dtype=np.int32)
        last = np.maximum.accumulate(np.where(plan.starts.take(specs), rows, 0))
        found: Numbers = self.positions.take(last)
        # Segments that come back to an outer loop, such as PLB to the message's own.
        depths = plan.depth.take(specs)
        back = np.flatnonzero(depths != depths.take(last))
        for depth in np.flatnonzero(np.bincount(depths[back])).tolist():
            some = back[depths[back] == depth]
            starts = np.flatnonzero(plan.starts.take(specs) & (depths == depth))
            at = np.searchsorted(starts, some) - 1
            found[some] = self.positions[starts[at]] if depth and len(starts) else 1  # ST
        return found

    @cached_property
    def _in_loop(self) -> Numbers:
        found: Numbers = self.plan.loop.take(self.specs)
        return found

    def _shared(self, rows: Numbers) -> list[pa.Array]:
        """The columns of `SHARED`, in their order."""
        claims, lines = self._claims.take(rows), self._lines.take(rows)
        # A job of few segments may have more rows than segments: a HI of twelve codes makes twelve.
        count = len(rows)
        same = [array.slice(0, count) for array in self._same if len(array) >= count]
        same = same or [constant(self.job.file, count)]
        arrays = [
            *same,
            *(counts(ids.take(rows)) for ids in self.ids[len(same) - 1 :]),
            counts(claims, claims > 0),
            counts(lines, lines > 0),
            counts(self.positions.take(rows)),
            pa.DictionaryArray.from_arrays(
                pa.array(self._in_loop.take(rows)), _loops(self.job.name)
            ),
            counts(self._parents.take(rows)),
        ]
        assert len(arrays) == len(SHARED)
        return arrays

    def note(self, rows: Numbers) -> None:
        """Count cells of these segments that cannot be read."""
        self.unread.update(self.ids[2][rows].tolist())

    def link(self, name: str, rows: Numbers) -> pa.Array:
        """Position of the last such party above each claim, within its message."""
        held = self.rows(self.plan.links.get(name, ()))
        spans = self.span[rows]
        before: Numbers = np.where(spans == 0, self.job.links.get(name, 0), 0)
        if len(held):
            at = np.searchsorted(held, rows) - 1
            row = held[np.maximum(at, 0)]
            is_same = (at >= 0) & (self.span[row] == spans)
            before = np.where(is_same, self.positions[row], before)
        good = before > 0
        if name == "patient":
            good &= self.plan.is_dependent.take(self.specs[rows])
        return counts(before, good)


def _repeated(own: Segments, first: int, width: int) -> tuple[Numbers, Numbers]:
    """For each group of elements its segment, and which one it is from 0; groups that say nothing are left out."""
    groups = np.maximum(-(-(own.sizes - first + 1) // width), 0)
    chosen = np.repeat(np.arange(len(groups)), groups)
    ordinals = np.arange(len(chosen)) - np.repeat(np.cumsum(groups) - groups, groups)
    repeated = own.chosen(chosen)
    there = repeated.elements(first + ordinals * width).is_there
    if width > 1:
        there = there | repeated.elements(first + 1 + ordinals * width).is_there
    return chosen[there], ordinals[there]


class _Columns:
    """The columns of one table."""

    def __init__(
        self, work: _Work, plan: TablePlan, rows: Numbers, own: Segments, ordinals: Numbers | None
    ) -> None:
        self.work, self.plan, self.rows, self.own, self.ordinals = work, plan, rows, own, ordinals
        self.cells = work.cells
        self._attached: dict[object, tuple[Segments, Numbers]] = {}
        self._composites: dict[object, tuple[Composites, Numbers | None]] = {}

    def array(self, fill: Fill) -> pa.Array:
        """One column."""
        name, kind, count = fill.field.name, fill.field.kind, len(self.rows)
        if name in LINKS and self.plan.table.name == "claims":
            return self.work.link(name, self.rows)
        if name == "ordinal" and self.ordinals is not None:
            return counts(self.ordinals + 1)
        if fill.source is None:
            return pa.nulls(count, TYPES[kind])
        column, at = self._cells(fill, fill.source)
        if fill.source.part:
            column = self._part(column, fill.source.part)
        column, at = _there(column, at)
        if not len(column.begins):
            return pa.nulls(count, TYPES[kind])
        if kind == TEXT:
            return strings(self.cells, column, at, count)
        if kind == CODE:
            return codes(self.cells, column, at, count)
        if kind == DAY:
            values, good = self.cells.days(column)
        else:
            values, good = self.cells.scaled(column, _DIGITS[kind])
            if kind == COUNT:
                good &= (values >= 0) & (values <= _MOST_COUNT)
        if not good.all():
            self.work.note(self.rows[~good if at is None else at[~good]])
        if at is not None:
            values, good = spread(values, at, count), spread(good, at, count)
        if kind == DAY:
            return days(values, good)
        return counts(values, good) if kind == COUNT else decimals(values, good, _DIGITS[kind])

    def _cells(self, fill: Fill, source: Source) -> tuple[Column, Numbers | None]:
        """The column's cells, and the rows that they stand in; None where every row has one, empty or not."""
        if not source.component:
            return self._element(fill, source)
        key = fill.specs, source.codes, source.element
        if key not in self._composites:
            column, at = self._element(fill, source)
            self._composites[key] = self.cells.composites(column), at
        parts, at = self._composites[key]
        return parts.component(source.component), at

    def _element(self, fill: Fill, source: Source) -> tuple[Column, Numbers | None]:
        every = self.plan.table.every
        if fill.elements is None:
            key = fill.specs, source.codes
            if key not in self._attached:
                held, owners = self._below(fill, source)
                self._attached[key] = self.cells.segments(held), owners
            segments, at = self._attached[key]
            return segments.element(source.element), at
        if self.ordinals is not None and every and source.element >= every[0]:
            return self.own.elements(source.element + self.ordinals * every[1]), None
        if fill.is_same:
            return self.own.element(source.element), None
        return self.own.elements(fill.elements[self.work.specs[self.rows]]), None

    def _below(self, fill: Fill, source: Source) -> tuple[Numbers, Numbers]:
        """The first segment of each row's loop that holds the cell, and which row it is of."""
        held = self.work.rows(fill.specs)
        for spec, element in fill.filters:
            some = np.flatnonzero(self.work.specs[held] == spec)
            column = self.cells.segments(held[some]).element(element)
            fits = np.zeros(len(some), np.bool_)
            for code in source.codes:
                fits |= self.cells.is_text(column, code)
            held = np.delete(held, some[~fits])
        owners = np.searchsorted(self.rows, held, side="right") - 1
        is_first = np.append(owners[:1] >= 0, (owners[1:] != owners[:-1]) & (owners[1:] >= 0))
        return held[is_first], owners[is_first]

    def _part(self, column: Column, part: str) -> Column:
        """The first or the last day of a period; empty where there is none to be read."""
        begins, ends = column.begins, column.ends
        sizes = ends - begins
        if part == "<":
            return Column(begins, np.where(sizes >= 8, begins + 8, begins))
        is_period = sizes == 17
        if is_period.any():
            is_period &= self.cells.data[np.where(is_period, begins + 8, 0)] == ord("-")
        return Column(np.where(is_period, begins + 9, ends), ends)


def _there(column: Column, at: Numbers | None) -> tuple[Column, Numbers | None]:
    """The cells that are not empty, and the rows that they stand in; None where that is every row."""
    there = column.is_there
    if there.all():
        return column, at
    found = np.flatnonzero(there)
    return Column(column.begins.take(found), column.ends.take(found)), found if at is None else at[
        found
    ]


@lru_cache(maxsize=16)
def _loops(name: str) -> pa.Array:
    return pa.array(plan_for(name).loops, pa.string())

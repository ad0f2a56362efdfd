"""Levels 1 and 2 for many segments at once: proves most of them clean and hands only the rest to the exact checks.

The order of segments, what is missing and what repeats too often are screened per window: where anything is not
clean, the exact walker walks that window. Elements are screened per segment of the guide: all segments of one kind
are matched together, and only those that miss the expression are looked into. Either way the findings are exactly
those of the walker.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

import numpy as np

from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.guide import UNLIMITED, Guide, Loop, Segment
from cleanclaim.wire.x12.hierarchy import Levels
from cleanclaim.wire.x12.keys import Numbers
from cleanclaim.wire.x12.machine import Item, Machine, machine_for
from cleanclaim.wire.x12.patterns import source
from cleanclaim.wire.x12.walker import Counts, Walk, Walker, check_segment
from cleanclaim.wire.x12.window import Window

_MOST_KNOWN = 20_000  # texts remembered per kind of segment
_LONGEST_KNOWN = 1000  # characters of an element: kinds with longer ones, such as attachments, are not remembered
_FEW = 0.5  # where at most this share of the texts is new, texts are remembered


@dataclass(slots=True)
class Part(Walk):
    """A walked window.

    Attributes:
        specs: for each segment the number of its place (in `machine.specs`); None where it was walked exactly.
        rows: by spec number the rows of that kind, in order; only where `specs` is.
        opens: for each segment the depth of the loop that it opens, -1 where it opens none.
        machine: the guide's.
    """

    specs: Numbers | None = None
    opens: Numbers | None = None
    rows: dict[int, Numbers] = field(default_factory=dict)
    machine: Machine | None = None


@dataclass(slots=True)
class _Shape:
    """Where loops begin in a window: everything that order and number of segments depend on."""

    steps: Numbers
    specs: Numbers
    opens: Numbers
    rows: dict[int, Numbers]
    instances: list[
        Numbers
    ]  # by depth: for each segment which loop instance it stands in, 0 = the one from before


class Screen:
    """Checks one message window by window."""

    def __init__(self, guide: Guide, delimiters: Delimiters, *, is_exact: bool = True) -> None:
        """`is_exact`: find everything; without it only places are sought, for reading what was checked before."""
        self.is_exact = is_exact
        self.machine = machine_for(guide)
        self.delimiters = delimiters
        self.walker = Walker(guide, delimiters)
        self.levels = Levels()
        self._matchers = _matchers(self.machine, delimiters)

    def feed(self, window: Window) -> Part:
        """Walk and check the next segments of the message (the very first is ST)."""
        shape = self._shape(window)
        if shape is None:
            walked = self.walker.feed(window.segments)
            self.levels.check(walked)
            return Part(
                walked.segments, walked.places, self.delimiters, walked.guide, walked.defects, walked.first,
            )  # fmt: skip
        specs = self.machine.specs
        places: list[Segment | None] = list(map(specs.__getitem__, shape.specs.tolist()))
        part = Part(
            window.segments, places, self.delimiters, self.machine.guide, first=self.walker.number + 1,
            specs=shape.specs, opens=shape.opens, rows=shape.rows, machine=self.machine,
        )  # fmt: skip
        self._advance(shape)
        if self.is_exact:
            self._check_elements(part)
            self._check_levels(part)
            part.defects.sort(key=_position)
        return part

    def close(self) -> Walk:
        """What is missing at the end of the message, as a part without segments."""
        return self.walker.close()

    def _shape(self, window: Window) -> _Shape | None:
        """The window's places; None where its order, or what it lacks or repeats, is not clean."""
        if window.words is None or not window.count:
            return None
        machine, walker = self.machine, self.walker
        keys = machine.keys.numbers(window, self.delimiters)
        steps = machine.run(walker.place, keys, is_start=walker.number == 0)
        if steps is None:
            return None
        specs, opens = machine.led(steps)
        depth = int(opens.max(initial=0))
        depth = max(depth, walker.place.loop.depth)
        instances = [np.zeros(len(steps), np.int64)]
        instances += [np.cumsum(opens == d) for d in range(1, depth + 1)]
        shape = _Shape(steps, specs, opens, _rows(specs), instances)
        if self._repeats_too_often(shape) or self._lacks(shape):
            return None
        return shape

    def _repeats_too_often(self, shape: _Shape) -> bool:
        for number, rows in shape.rows.items():
            spec = self.machine.specs[number]
            loop = spec.loop
            if spec.most != UNLIMITED and self._exceeds(shape, spec, rows, loop.depth):
                return True
            is_bounded = spec.starts_loop and loop.most != UNLIMITED
            if is_bounded and self._exceeds(shape, loop, rows, loop.depth - 1):
                return True
        return False

    def _exceeds(self, shape: _Shape, item: Item, rows: Numbers, depth: int) -> bool:
        """Whether more than the item's most stand in one loop instance."""
        inside = shape.instances[depth][rows]
        most = item.most
        if len(rows) > most and bool((inside[most:] == inside[:-most]).any()):
            return True
        before = self._before(item, depth)
        return bool(before) and before + int(np.searchsorted(inside, 1)) > most

    def _before(self, item: Item, depth: int) -> int:
        """How often the item came in the open loop instance at this depth, before this window."""
        stack = self.walker.stack
        return stack[depth].get(item, 0) if depth < len(stack) else 0

    def _lacks(self, shape: _Shape) -> bool:
        known = self.machine.steps
        for step in np.flatnonzero(np.bincount(shape.steps)).tolist():
            for need in known[step][2]:
                first = need.item if isinstance(need.item, Segment) else need.item.first
                there = shape.rows.get(self.machine.number[first], _NONE)
                inside = shape.instances[need.depth]
                at = np.flatnonzero(shape.steps == step)
                wanted = np.where(at > 0, inside[np.maximum(at - 1, 0)], 0)
                # Instances are numbered in order, so each is looked up among those that have the item.
                having = inside[there]
                place = np.minimum(np.searchsorted(having, wanted), max(len(having) - 1, 0))
                missing = having[place] != wanted if len(having) else np.ones(len(wanted), np.bool_)
                if self._before(need.item, need.depth):
                    missing &= wanted > 0
                if bool(missing.any()):
                    return True
        return False

    def _advance(self, shape: _Shape) -> None:
        """Bring the walker's state behind the window."""
        walker, specs = self.walker, self.machine.specs
        place = specs[int(shape.specs[-1])]
        chain: list[Loop] = []
        loop: Loop | None = place.loop
        while loop is not None:
            chain.append(loop)
            loop = loop.parent
        stack: list[Counts] = []
        for depth, loop in enumerate(reversed(chain)):
            inside = shape.instances[depth]
            start = int(np.searchsorted(inside, inside[-1]))
            counts: Counts = {} if int(inside[-1]) else dict(walker.stack[depth])
            found = np.bincount(shape.specs[start:], minlength=len(specs))
            for item in loop.items:
                first = item if isinstance(item, Segment) else item.first
                count = int(found[self.machine.number[first]])
                if count:
                    counts[item] = counts.get(item, 0) + count
            stack.append(counts)
        walker.stack, walker.place = stack, place
        walker.number += len(shape.steps)

    def _check_elements(self, part: Part) -> None:
        for number, rows in part.rows.items():
            spec = self.machine.specs[number]
            chosen = rows.tolist()
            segments = part.segments
            texts = [segments[chosen[0]]] if len(chosen) == 1 else itemgetter(*chosen)(segments)
            matcher = self._matchers[number]
            if spec.is_proven and spec.usage != "T" and matcher.all_match(texts):
                continue
            for row in chosen:
                raw = segments[row]
                elements = raw.split(self.delimiters.element)
                check_segment(part, spec, raw, elements, part.first + row)

    def _check_levels(self, part: Part) -> None:
        found = [
            rows for number, rows in part.rows.items() if self.machine.specs[number].tag == "HL"
        ]
        if not found:
            return
        element = self.delimiters.element
        for row in np.sort(np.concatenate(found)).tolist():
            place = part.places[row]
            assert place is not None
            self.levels.check_one(part, place, part.segments[row].split(element), part.first + row)


_NONE = np.zeros(0, np.int64)


def _position(defect: Defect) -> int:
    return defect.position


def _rows(specs: Numbers) -> dict[int, Numbers]:
    """The rows of each kind of segment, in order."""
    order = np.argsort(specs.astype(np.int16), kind="stable")
    counts = np.bincount(specs)
    present = np.flatnonzero(counts)
    ends = np.cumsum(counts[present])
    return dict(zip(present.tolist(), np.split(order, ends[:-1]), strict=True))


class _Matcher:
    """Says whether all of many texts match one expression; remembers texts that come again and again."""

    __slots__ = ("_delimiters", "_known", "_spec", "_terminator", "_whole")

    def __init__(self, spec: Segment, delimiters: Delimiters) -> None:
        self._terminator = delimiters.segment
        self._spec, self._delimiters = spec, delimiters
        self._whole: re.Pattern[str] | None = None
        is_short = all(e.type.longest <= _LONGEST_KNOWN for e in spec.elements)
        self._known: set[str] | None = set() if is_short else None

    def all_match(self, texts: list[str] | tuple[str, ...]) -> bool:
        """Whether every text matches."""
        if self._whole is None:
            one = source(self._spec, self._delimiters)
            self._whole = re.compile(f"(?>{one}{re.escape(self._terminator)})*+", re.ASCII)
        known = self._known
        if known is None:
            return self._match(texts)
        fresh = set(texts)
        fresh -= known
        if not fresh:
            return True
        if not self._match(list(fresh)):
            return False
        if len(texts) > 50 and len(fresh) > _FEW * len(texts):
            self._known = None  # hardly any text comes twice: matching is cheaper than remembering
        elif len(known) < _MOST_KNOWN:
            known |= fresh
        return True

    def _match(self, texts: list[str] | tuple[str, ...]) -> bool:
        terminator = self._terminator
        assert self._whole is not None
        return self._whole.fullmatch(terminator.join(texts) + terminator) is not None


@lru_cache(maxsize=64)
def _matchers(machine: Machine, delimiters: Delimiters) -> list[_Matcher]:
    return [_Matcher(spec, delimiters) for spec in machine.specs]

"""A guide as a machine: from each segment, by the key of the next one, to the next one's place.

Steps are found in the guide when they first occur and then cost one look-up. A step that the guide forbids, or that
certainly leaves something out, is none of the machine's: the exact walker takes over there.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.keys import UNKNOWN, Keys, Numbers
from cleanclaim.wire.x12.steps import Step, find_step

Item = Segment | Loop
Row = list[Any]  # by key number: (step number, row of the place it leads to), None while unknown


@dataclass(frozen=True, slots=True)
class Need:
    """A step is allowed only if `item` stands in the loop instance that is open at `depth` before it."""

    depth: int
    item: Item


class Machine:
    """The steps of one guide, as far as they have occurred.

    Attributes:
        specs: every segment of the guide; numbers below are places in it.
        depths: by spec number the depth of its loop.
        step_spec, step_opens: by step number: the spec it leads to; the depth of the loop it opens, or -1.
        needs: by step number, where a step has any.
    """

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.keys = Keys(guide)
        self.specs = [i for loop in guide.loops() for i in loop.items if isinstance(i, Segment)]
        self.depths: Numbers = np.array([spec.loop.depth for spec in self.specs])
        self.number = {spec: n for n, spec in enumerate(self.specs)}
        self.rows: list[Row] = [[None] * len(self.keys.keys) for _ in self.specs]
        self.step_spec: list[int] = []
        self.step_opens: list[int] = []
        self.needs: dict[int, tuple[Need, ...]] = {}
        self._arrays: tuple[Numbers, Numbers] | None = None
        self.start, _ = self._add(guide.root.first, -1, ())

    def run(self, place: Segment, keys: Sequence[int], *, is_start: bool) -> Numbers | None:
        """The number of each step from `place`; None where the exact walker has to look.

        Args:
            is_start: the first key is the message's own ST, which is no step but the place itself.
        """
        steps: array[int] = array("q")
        row, rest = self.rows[self.number[place]], iter(keys)
        if is_start:
            if next(rest, None) is None:
                return np.zeros(0, np.int64)
            steps.append(self.start)
        at = self.number[place]
        add = steps.append
        for key in rest:
            found = row[key]
            if found is None:
                before = at if not len(steps) else self.step_spec[steps[-1]]
                found = self._learn(before, key)
                if found is None:
                    return None
            step, row = found
            add(step)
        return np.frombuffer(steps, np.int64) if len(steps) else np.zeros(0, np.int64)

    def arrays(self) -> tuple[Numbers, Numbers]:
        """`step_spec` and `step_opens` as arrays."""
        if self._arrays is None or len(self._arrays[0]) != len(self.step_spec):
            self._arrays = np.array(self.step_spec, np.int64), np.array(self.step_opens, np.int64)
        return self._arrays

    def _add(self, spec: Segment, opens: int, needs: tuple[Need, ...]) -> tuple[int, Row]:
        number = len(self.step_spec)
        self.step_spec.append(self.number[spec])
        self.step_opens.append(opens)
        if needs:
            self.needs[number] = needs
        return number, self.rows[self.number[spec]]

    def _learn(self, before: int, key: int) -> tuple[int, Row] | None:
        """The step from spec `before`; None where it is not clean by itself."""
        if key == UNKNOWN:
            return None
        place = self.specs[before]
        step = find_step(self.guide, place, self.keys.keys[key])
        needs = _needs(place, step)
        if step.segment is None or needs is None:
            return None
        opens = step.opens.depth if step.opens is not None else -1
        made = self._add(step.segment, opens, needs)
        self.rows[before][key] = made
        return made


def _needs(place: Segment, step: Step) -> tuple[Need, ...] | None:
    """What must have come before the step, less what certainly has; None if it certainly has not."""
    chain: list[Item] = [place]  # what stands last at each level, from the innermost outwards
    loop: Loop | None = place.loop
    while loop is not None:
        chain.append(loop)
        loop = loop.parent
    left: list[Need] = []
    for up, item in step.must:
        last = chain[up]
        if item is last:
            continue
        if item.place > last.place:
            return None
        left.append(Need(place.loop.depth - up, item))
    return tuple(left)


@lru_cache(maxsize=64)
def machine_for(guide: Guide) -> Machine:
    """The machine of a guide, made once."""
    return Machine(guide)

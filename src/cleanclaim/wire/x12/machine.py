"""A guide as a machine: from each segment, by the key of the next one, to the next one's place.

Steps are found in the guide when they first occur and then cost one look-up. A step that the guide forbids, or that
certainly leaves something out, is none of the machine's: the exact walker takes over there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.keys import UNKNOWN, Keys, Numbers
from cleanclaim.wire.x12.steps import Step, find_step

Item = Segment | Loop
Row = list[int | None]  # by key number the step number, None while unknown
Fours = dict[
    int, tuple[int, Any]
]  # by four packed keys: run number, and the Fours of the place it leads to
_SHIFTS = np.array([0, 12, 24, 36], np.int64)  # a guide has fewer than 4,096 keys
_MOST_RUNS = 200_000


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
        self._fours: list[Fours] = [{} for _ in self.specs]
        self._run_steps: list[tuple[int, ...]] = []
        self._run_ends: list[int] = []
        self._run_array: Numbers = np.zeros((0, 4), np.int64)
        self.step_spec: list[int] = []
        self.step_opens: list[int] = []
        self.needs: dict[int, tuple[Need, ...]] = {}
        self._arrays: tuple[Numbers, Numbers] | None = None
        self.start = self._add(guide.root.first, -1, ())

    def run(self, place: Segment, keys: Numbers, *, is_start: bool) -> Numbers | None:
        """The number of each step from `place`; None where the exact walker has to look.

        Args:
            keys: key numbers of the segments to come.
            is_start: the first key is the message's own ST, which is no step but the place itself.
        """
        head = [self.start] if is_start and len(keys) else []
        rest = keys[len(head) :]
        fours = len(rest) // 4
        found = self._run_fours(self.number[place], rest[: fours * 4].reshape(fours, 4))
        if found is None:
            return None
        steps, at = found
        tail = self._run(at, rest[fours * 4 :].tolist())
        if tail is None:
            return None
        made: Numbers = np.concatenate([_numbers(head), steps, _numbers(tail)])
        return made

    def _run_fours(self, at: int, keys: Numbers) -> tuple[Numbers, int] | None:
        """The steps of keys by fours, and the spec they lead to. Messages repeat themselves: one look-up for four."""
        if not len(keys):
            return _numbers([]), at
        packed = (keys << _SHIFTS).sum(axis=1).tolist()
        runs: list[int] = []
        add = runs.append
        row = self._fours[at]
        try:
            for four in packed:
                run, row = row[four]
                add(run)
        except KeyError:
            return self._learn_fours(at, keys, packed, runs)
        return self._steps_of(runs), self._run_ends[runs[-1]]

    def _learn_fours(
        self, at: int, keys: Numbers, packed: list[int], runs: list[int]
    ) -> tuple[Numbers, int] | None:
        """Go on where `_run_fours` met four keys that are new from there."""
        place = self._run_ends[runs[-1]] if runs else at
        for number in range(len(runs), len(packed)):
            found = self._fours[place].get(packed[number])
            if found is None:
                steps = self._run(place, keys[number].tolist())
                if steps is None:
                    return None
                found = len(self._run_steps), self._fours[self.step_spec[steps[-1]]]
                self._run_steps.append(tuple(steps))
                self._run_ends.append(self.step_spec[steps[-1]])
                self._fours[place][packed[number]] = found
            runs.append(found[0])
            place = self._run_ends[found[0]]
        made = self._steps_of(runs), place
        if len(self._run_steps) > _MOST_RUNS:  # hostile files must not fill the memory
            self._forget()
        return made

    def _steps_of(self, runs: list[int]) -> Numbers:
        if len(self._run_array) != len(self._run_steps):
            self._run_array = np.array(self._run_steps, np.int64).reshape(-1, 4)
        steps: Numbers = self._run_array[runs].ravel()
        return steps

    def _forget(self) -> None:
        for row in self._fours:
            row.clear()
        self._run_steps.clear()
        self._run_ends.clear()
        self._run_array = np.zeros((0, 4), np.int64)

    def _run(self, at: int, keys: Sequence[int]) -> list[int] | None:
        """The steps of some keys, one by one, from spec `at`."""
        steps: list[int] = []
        for key in keys:
            found = self.rows[at][key]
            if found is None:
                found = self._learn(at, key)
                if found is None:
                    return None
            steps.append(found)
            at = self.step_spec[found]
        return steps

    def arrays(self) -> tuple[Numbers, Numbers]:
        """`step_spec` and `step_opens` as arrays."""
        if self._arrays is None or len(self._arrays[0]) != len(self.step_spec):
            self._arrays = np.array(self.step_spec, np.int64), np.array(self.step_opens, np.int64)
        return self._arrays

    def _add(self, spec: Segment, opens: int, needs: tuple[Need, ...]) -> int:
        number = len(self.step_spec)
        self.step_spec.append(self.number[spec])
        self.step_opens.append(opens)
        if needs:
            self.needs[number] = needs
        return number

    def _learn(self, before: int, key: int) -> int | None:
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


def _numbers(steps: list[int]) -> Numbers:
    made: Numbers = np.array(steps, np.int64)
    return made


@lru_cache(maxsize=64)
def machine_for(guide: Guide) -> Machine:
    """The machine of a guide, made once."""
    return Machine(guide)

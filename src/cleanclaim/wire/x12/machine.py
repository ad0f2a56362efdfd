"""A guide as a machine: from each segment, by the key of the next one, to the next one's place.

Steps are found in the guide when they first occur and then cost one look-up. A step that the guide forbids, or that
certainly leaves something out, is none of the machine's: the exact walker takes over there.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.keys import UNKNOWN, Keys, Numbers
from cleanclaim.wire.x12.runs import MOST_KEYS, Runs
from cleanclaim.wire.x12.steps import Step, find_step

Item = Segment | Loop
Row = list[int | None]  # by key number the step number, None while unknown


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
        assert len(self.keys.keys) <= MOST_KEYS
        self._runs = Runs(len(self.specs), self._walk, np.int64)
        self._lock = Lock()
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
        found = self._runs.follow(self.number[place], keys[len(head) :])
        if found is None:
            return None
        steps: Numbers = np.concatenate((np.array(head, np.int64), found[0]))
        return steps

    def _walk(self, at: int, keys: list[int]) -> tuple[list[int], int] | None:
        """The steps of some keys, one by one, from spec `at`, and the spec they lead to."""
        steps: list[int] = []
        for key in keys:
            found = self.rows[at][key]
            if found is None:
                found = self._learn(at, key)
                if found is None:
                    return None
            steps.append(found)
            at = self.step_spec[found]
        return steps, at

    def arrays(self) -> tuple[Numbers, Numbers]:
        """`step_spec` and `step_opens` as arrays."""
        if self._arrays is None or len(self._arrays[0]) != len(self.step_spec):
            self._arrays = np.array(self.step_spec, np.int64), np.array(self.step_opens, np.int64)
        return self._arrays

    def _add(self, spec: Segment, opens: int, needs: tuple[Need, ...]) -> int:
        number = len(self.step_spec)
        if needs:
            self.needs[number] = needs
        self.step_opens.append(opens)
        self.step_spec.append(
            self.number[spec]
        )  # last: `arrays` of another thread goes by its length
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
        with self._lock:
            if self.rows[before][key] is None:  # another thread may have been here before
                self.rows[before][key] = self._add(step.segment, opens, needs)
        return self.rows[before][key]


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

"""A guide as a machine: from each segment, by the key of the next one, to the next one's place.

Steps are found in the guide when they first occur and then cost one look-up. A step that the guide forbids, or that
certainly leaves something out, is none of the machine's: the exact walker takes over there.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cleanclaim.wire.x12.guide import Guide, Loop, Segment
from cleanclaim.wire.x12.keys import UNKNOWN, Keys, Numbers
from cleanclaim.wire.x12.runs import MOST_KEYS, Runs, append
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
        steps: by number: the spec it leads to, the depth of the loop it opens or -1, what it needs. Threads share them:
            steps are only ever added.
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
        self.steps: list[tuple[int, int, tuple[Need, ...]]] = []
        self._array: Numbers = np.zeros((0, 2), np.int64)
        self.start = append(self.steps, (self.number[guide.root.first], -1, ()))

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
            at = self.steps[found][0]
        return steps, at

    def led(self, steps: Numbers) -> tuple[Numbers, Numbers]:
        """For each step the spec it leads to, and the depth of the loop that it opens, or -1."""
        array = self._array
        if len(array) < len(self.steps):
            array = self._array = np.array([step[:2] for step in self.steps], np.int64)
        return array[:, 0].take(steps), array[:, 1].take(steps)

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
        made = self.rows[before][key] = append(
            self.steps, (self.number[step.segment], opens, needs)
        )
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

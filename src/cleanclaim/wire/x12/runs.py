"""What a long row of keys leads to, four keys at a look-up: messages repeat themselves."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cleanclaim.wire.x12.keys import Numbers

MOST_KEYS = 1 << 12  # of a guide, so that four fit into one number
_SHIFTS = (0, 12, 24, 36)
_SHIFT_ARRAY: Numbers = np.array(_SHIFTS, np.int64)
_MOST_RUNS = 200_000
_Walked = tuple[list[int], int]  # a number for each key, and the place behind them
_Fours = dict[
    int, tuple[int, Any]
]  # by four packed keys: their run, and the _Fours of the place it leads to


class Runs:
    """From each place, by the keys to come: a number for each key, and the place behind them.

    Numbers are found key by key and remembered by fours. Threads may share one without a lock: what a thread looks up
    in is only ever added to, and given up as a whole.
    """

    def __init__(
        self, places: int, walk: Callable[[int, list[int]], _Walked | None], kind: npt.DTypeLike
    ) -> None:
        """`walk`: the numbers of some keys from a place, None where there are none; `kind`: the numbers' type."""
        self._places, self._walk, self._kind = places, walk, kind
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._known = _Known(self._places, self._kind)

    def follow(self, place: int, keys: Numbers) -> tuple[Numbers, int] | None:
        """The number of each key from `place` on, and the place behind them; None where `walk` has none."""
        known = self._known
        count = len(keys) // 4
        packed = (keys[: count * 4].reshape(count, 4) << _SHIFT_ARRAY).sum(axis=1).tolist()
        runs: list[int] = []
        add, fours, to_come = runs.append, known.fours[place], iter(packed)
        while True:
            try:
                for four in to_come:
                    run, fours = fours[four]
                    add(run)
                break
            except KeyError:
                found = self._learn(known, known.behind(runs, place), four)
                if found is None:
                    return None
                run, fours = found
                add(run)
        tail = self._walk(known.behind(runs, place), keys[count * 4 :].tolist())
        if tail is None:
            return None
        made = np.concatenate((known.array()[runs].ravel(), np.array(tail[0], self._kind)))
        if len(known.runs) > _MOST_RUNS:  # hostile files must not fill the memory
            self.forget()
        return made, tail[1]

    def _learn(self, known: "_Known", place: int, four: int) -> tuple[int, _Fours] | None:
        walked = self._walk(place, [four >> n & MOST_KEYS - 1 for n in _SHIFTS])
        if walked is None:
            return None
        number = append(known.runs, walked)
        found = known.fours[place][four] = number, known.fours[walked[1]]
        return found


T = TypeVar("T")


def append(items: list[T], item: T) -> int:
    """Add the item; its place, or that of its like which another thread added meanwhile."""
    count = len(items)
    items.append(item)
    return items.index(item, count)


class _Known:
    """What is remembered: by place its fours, and the runs of four numbers, each with the place behind it."""

    def __init__(self, places: int, kind: npt.DTypeLike) -> None:
        self.fours: list[_Fours] = [{} for _ in range(places)]
        self.runs: list[_Walked] = []
        self._array: Numbers = np.zeros((0, 4), kind)

    def behind(self, runs: list[int], place: int) -> int:
        """The place behind these runs from `place`."""
        return self.runs[runs[-1]][1] if runs else place

    def array(self) -> Numbers:
        """The numbers of all runs, those at least that the caller knows."""
        array = self._array
        if len(array) < len(self.runs):
            array = self._array = np.array([numbers for numbers, _ in self.runs], array.dtype)
        return array

"""What a long row of keys leads to, four keys at a look-up: messages repeat themselves."""

from collections.abc import Callable
from threading import Lock
from typing import Any

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

    Numbers are found key by key and remembered by fours. Threads may share one: what a thread looks up in is only
    ever added to, and given up as a whole.
    """

    def __init__(
        self, places: int, walk: Callable[[int, list[int]], _Walked | None], kind: npt.DTypeLike
    ) -> None:
        """`walk`: the numbers of some keys from a place, None where there are none; `kind`: the numbers' type."""
        self._places, self._walk, self._kind = places, walk, kind
        self._lock = Lock()
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
                found = self._learn(known, known.ends[runs[-1]] if runs else place, four)
                if found is None:
                    return None
                run, fours = found
                add(run)
        tail = self._walk(known.ends[runs[-1]] if runs else place, keys[count * 4 :].tolist())
        if tail is None:
            return None
        numbers, behind = tail
        made = np.concatenate((known.array()[runs].ravel(), np.array(numbers, self._kind)))
        if len(known.runs) > _MOST_RUNS:  # hostile files must not fill the memory
            self.forget()
        return made, behind

    def _learn(self, known: "_Known", place: int, four: int) -> tuple[int, _Fours] | None:
        with self._lock:
            fours = known.fours[place]
            if four not in fours:  # another thread may have been here before
                walked = self._walk(place, [four >> n & MOST_KEYS - 1 for n in _SHIFTS])
                if walked is None:
                    return None
                numbers, behind = walked
                known.runs.append(numbers)
                known.ends.append(behind)
                fours[four] = len(known.runs) - 1, known.fours[behind]
            return fours[four]


class _Known:
    """What is remembered: by place its fours; by run the numbers of its keys, and the place behind them."""

    def __init__(self, places: int, kind: npt.DTypeLike) -> None:
        self.fours: list[_Fours] = [{} for _ in range(places)]
        self.runs: list[list[int]] = []
        self.ends: list[int] = []
        self._array: Numbers = np.zeros((0, 4), kind)

    def array(self) -> Numbers:
        """`runs`, or more of them than the caller knows."""
        array = self._array
        if len(array) < len(self.runs):
            array = self._array = np.array(self.runs, array.dtype)
        return array

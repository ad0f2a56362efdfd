"""Four keys at a look-up lead where they lead one by one, whatever other threads do meanwhile."""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cleanclaim.wire.x12 import runs
from cleanclaim.wire.x12.runs import Runs

PLACES, KEYS = 7, 9


def _walk(place: int, keys: list[int]) -> tuple[list[int], int] | None:
    """A number for each key, and a place that depends on both; key 0 is unknown."""
    found = []
    for key in keys:
        if key == 0:
            return None
        found.append(place * KEYS + key)
        place = (place * 3 + key) % PLACES
    return found, place


def _keys(seed: int, count: int) -> np.ndarray:
    chance = random.Random(seed)
    return np.array([chance.randrange(1, KEYS) for _ in range(count)], np.int64)


def _plainly(found: tuple[np.ndarray, int] | None) -> tuple[list[int], int] | None:
    return None if found is None else (found[0].tolist(), found[1])


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 403])
def test_fours_lead_where_single_keys_lead(count):
    known = Runs(PLACES, _walk, np.int64)
    keys = _keys(count, count)

    for _ in range(2):  # learnt, then remembered
        assert _plainly(known.follow(2, keys)) == _walk(2, keys.tolist())


@pytest.mark.parametrize("place", [0, 5, 402])
def test_a_key_that_leads_nowhere_ends_the_run(place):
    keys = _keys(1, 403)
    keys[place] = 0

    assert Runs(PLACES, _walk, np.int64).follow(2, keys) is None


def test_what_a_thread_looks_up_in_outlives_that_another_one_begins_anew():
    known = Runs(PLACES, lambda place, keys: (known.forget(), _walk(place, keys))[1], np.int64)
    keys = _keys(2, 403)

    assert _plainly(known.follow(2, keys)) == _walk(2, keys.tolist())


def test_threads_share_what_they_learn(monkeypatch):
    monkeypatch.setattr(runs, "_MOST_RUNS", 50)  # so that they begin anew all the time
    known = Runs(PLACES, _walk, np.int64)
    rows = [_keys(seed, 803) for seed in range(200)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda keys: _plainly(known.follow(1, keys)), rows * 3))

    assert found == [_walk(1, keys.tolist()) for keys in rows * 3]

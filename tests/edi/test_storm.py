"""Ten thousand damaged files of every message: no exception, nothing slow, every refusal names a place.

CLEANCLAIM_STORM=N multiplies the number of files.
"""

import os
import random
import tracemalloc
from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import check, read
from cleanclaim.edi.files import ALL_LEVELS
from tests.edi.damage import damage
from tests.edi.shared_data import needs_samples, samples
from tests.edi.storm import Tally

FOLDER = Path(cleanclaim.edi.__file__).parent
TIMES = int(os.environ.get("CLEANCLAIM_STORM") or 1)
FOLDERS = sorted({path.parent.parent.name for path in FOLDER.glob("*/samples/*.edi")})
A_FOLDER, OF_FOREIGN = 500, 3_500
MOST_FOREIGN_BYTES = 12_000  # a fault is met sooner in a small file
MOST_SECONDS = 2.0
MOST_MEMORY = 64 << 20


def _own(folder: str) -> list[bytes]:
    return [p.read_bytes() for p in sorted((FOLDER / folder / "samples").glob("*.edi"))]


def _foreign() -> list[bytes]:
    found = [sample.path.read_bytes() for sample in samples()]
    return [data for data in found if 0 < len(data) <= MOST_FOREIGN_BYTES]


def _storm(bases: list[bytes], files: int, seed: str) -> Tally:
    chance = random.Random(seed)
    tally = Tally()
    for _ in range(files):
        original = chance.choice(bases)
        tally.add(damage([original], chance), original)
    return tally


def _assert_well(tally: Tally) -> None:
    assert tally.slowest < MOST_SECONDS
    assert (
        tally.refused > tally.files / 4
    )  # most faults are found, so that there is something to place
    assert len(tally.unplaced) <= tally.refused / 100, tally.unplaced[0]


def test_every_message_has_samples():
    assert len(FOLDERS) >= 13


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("folder", FOLDERS)
def test_damaged_files_of_ours_are_answered(folder, part):
    _assert_well(_storm(_own(folder), A_FOLDER // 2 * TIMES, f"{folder} {part}"))


@needs_samples
@pytest.mark.parametrize("part", range(7))
def test_damaged_files_of_others_are_answered(part):
    _assert_well(_storm(_foreign(), OF_FOREIGN // 7 * TIMES, f"foreign {part}"))


def test_memory_does_not_grow_with_what_is_damaged():
    chance = random.Random("memory")
    bases = [data for folder in FOLDERS for data in _own(folder)]
    files = [damage(bases, chance) for _ in range(100)]
    good = bases[0]
    check(good, levels=ALL_LEVELS)
    data = b"".join(files)
    tracemalloc.start()
    try:
        check(data, levels=ALL_LEVELS)
        for _ in read(data):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY + 20 * len(data)

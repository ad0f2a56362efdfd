"""Measure one child process and the database it uses: wall time, processor time, peak memory."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from cleanclaim.project.postgres import cluster, place

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took. Seconds; processor time is user and system of all processes together.

    `peak_bytes` is the largest resident memory that any one process of ours had, `database_peak_bytes`
    that of any one database process, with what it had touched of the shared buffers.
    """

    returncode: int
    output: str
    wall: float
    program_cpu: float
    database_cpu: float
    peak_bytes: int
    database_peak_bytes: int


def command_line(*words: str | Path) -> list[str]:
    """`cleanclaim WORDS...` in a process of its own, with this interpreter."""
    return [sys.executable, "-m", "cleanclaim.project.cli", *map(str, words)]


def measure(command: Sequence[str], *, home: Path) -> Measured:
    """Run the command to its end; the home's embedded server runs already and outlives it."""
    postmaster = postmaster_of(home)
    before = cpu_of(postmaster)
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peaks = [0, 0]
    cpu = 0.0
    watched = psutil.Process(child.pid)
    while child.poll() is None:
        cpu = max(cpu, cpu_of(watched))
        peaks[0] = max(peaks[0], *_memory([watched, *_children(watched)]), 0)
        peaks[1] = max(peaks[1], *_memory([postmaster, *_children(postmaster)]), 0)
        try:
            child.wait(SAMPLE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    wall = time.monotonic() - start
    output, errors = child.communicate()
    database = cpu_of(postmaster) - before
    return Measured(child.returncode, output or errors, wall, cpu, database, peaks[0], peaks[1])


def postmaster_of(home: Path) -> psutil.Process:
    """The process of the home's own database server."""
    pid = cluster.postmaster(place.prepare(home).data_dir)
    if pid is None:
        raise RuntimeError(f"no database server runs in {home}")
    return psutil.Process(pid)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _times(processes: Sequence[psutil.Process]) -> Iterator[tuple[float, float]]:
    """Of each living process its own processor time, and that of its children that are gone."""
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        yield times.user + times.system, times.children_user + times.children_system


def cpu_of(root: psutil.Process) -> float:
    """Processor seconds of a process, its children, and those of them that are gone."""
    return sum(own + gone for own, gone in _times([root, *_children(root)]))


def _memory(processes: Sequence[psutil.Process]) -> Iterator[int]:
    yield 0
    for process in processes:
        try:
            yield process.memory_info().rss
        except psutil.Error:
            continue

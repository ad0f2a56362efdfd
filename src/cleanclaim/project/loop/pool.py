"""Runs one function over many jobs in a few processes, each with a database connection of its own."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from cleanclaim.project.home import Home

MINIMUM_JOBS = 8  # below this the children's start costs more than they save


class Pool:
    """A pool that starts its children only when there is enough to do. Functions are module-level."""

    def __init__(self, home: Home, processes: int) -> None:
        self._home = home
        self._processes = processes
        self._pool: Any = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()

    def run(self, function: Callable[..., Any], jobs: Sequence[Sequence[Any]]) -> Iterator[Any]:
        """Each job's result, as they come; a job's error is raised here and ends the call."""
        if self._processes == 1 or len(jobs) < MINIMUM_JOBS:
            for job in jobs:
                yield function(*job)
            return
        if self._pool is None:
            # spawn: a forked child would share the parent's database connection
            context = multiprocessing.get_context("spawn")
            self._pool = context.Pool(self._processes, _set_up, (dict(os.environ),))
        yield from self._pool.imap_unordered(_call, _pairs(function, jobs), chunksize=1)


def _pairs(
    function: Callable[..., Any], jobs: Iterable[Sequence[Any]]
) -> Iterator[tuple[Callable[..., Any], Sequence[Any]]]:
    return ((function, job) for job in jobs)


def _set_up(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    import django

    django.setup()


def _call(pair: tuple[Callable[..., Any], Sequence[Any]]) -> Any:
    function, job = pair
    return function(*job)

"""Runs one function over many jobs in a few processes, each with a database connection of its own."""

import gc
import importlib
import itertools
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from cleanclaim.kernel.errors import ExternalError
from cleanclaim.project.home import Home

MINIMUM_JOBS = 8  # below this the children's start costs more than they save
AHEAD = 4  # jobs in the queue per process: their arguments are copied into it
COLLECT_EVERY = 50  # jobs


class Pool:
    """A pool that starts its children only when there is enough to do. Functions are module-level."""

    def __init__(self, home: Home, processes: int) -> None:
        self._home = home
        self.processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def start(self) -> None:
        """Start the children while the caller does work that comes before theirs; they take a second to be ready."""
        if self.processes > 1:
            for _ in range(self.processes):  # a child starts when there is a job for it
                self._started().submit(_get_ready)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawn: a forked child would share the parent's database connection
            self._pool = ProcessPoolExecutor(
                self.processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_set_up,
                initargs=(dict(os.environ),),
            )
        return self._pool

    def run(
        self, function: Callable[..., Any], jobs: Sequence[Sequence[Any]], *, ahead: int = AHEAD
    ) -> Iterator[Any]:
        """Each job's result, in order; a job's error is raised with its result and ends the call.

        The children begin at once, so that the caller may do other work before it asks for the first result.
        Without children each job runs when its result is asked for.

        Args:
            ahead: how many jobs per process are handed out before the first one's result is asked for. With
                small arguments all may be, so that the children go on while the caller does other work.

        Raises:
            ExternalError: a child was killed; what it had not committed is done by the next call.
        """
        is_worth_it = len(jobs) >= MINIMUM_JOBS or (self._pool is not None and len(jobs) > 1)
        if self.processes == 1 or not is_worth_it:
            return (function(*job) for job in jobs)
        pool = self._started()
        futures = (pool.submit(_work, function, job) for job in jobs)
        with _told_if_killed(pool):
            handed_out = deque(itertools.islice(futures, ahead * self.processes))
        return _results(pool, handed_out, futures)


def _results(
    pool: ProcessPoolExecutor,
    handed_out: "deque[Future[Any]]",
    more: "Iterator[Future[Any]]",
) -> Iterator[Any]:
    with _told_if_killed(pool):
        while handed_out:
            result = handed_out.popleft().result()
            handed_out.extend(itertools.islice(more, 1))
            yield result


@contextmanager
def _told_if_killed(pool: ProcessPoolExecutor) -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        # Before Python 3.11.4 whoever hands out the jobs stands for ever in a full pipe that no child reads any more, and
        # ending the pool waits for that: with this last end of it closed, the writing fails and is over (gh-94777).
        if (queue := getattr(pool, "_call_queue", None)) is not None:
            queue._reader.close()
        raise ExternalError(
            "a child process of the loop was killed",
            retryable=True,
            hint="Run the same command again; it goes on where this one stopped.",
        ) from error


def _set_up(environment: dict[str, str]) -> None:
    threading.Thread(target=_die_with_parent, daemon=True).start()
    os.environ.update(environment)
    import django

    django.setup()
    # Values have no cycles; walking all of them again and again costs a tenth of the work.
    gc.freeze()
    gc.disable()


def _get_ready() -> None:
    """Load what the jobs need."""
    importlib.import_module("cleanclaim.project.loop.run")


_worked = itertools.count(1)


def _work(function: Callable[..., Any], job: Sequence[Any]) -> Any:
    result = function(*job)
    if next(_worked) % COLLECT_EVERY == 0:
        gc.collect()
    return result


def _die_with_parent() -> None:
    """End at once when the parent is gone, however it went: nobody waits for this child's work any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

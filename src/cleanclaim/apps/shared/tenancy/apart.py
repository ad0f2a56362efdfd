"""Work apart: in a process of its own that is a copy of this one, without the database.

Two threads of one process share one interpreter: what plans a large payment in one keeps the other from sending and
fetching. A forked copy has all that was read (rules, tenant, rows) and its own interpreter. It must not speak on the
connection that it was born with, which is the parent's: what it cannot answer without the database comes back, and is
worked out here, as all of it is where no copy can be made.
"""

import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")
GIVEN_BACK = 3  # tasks; after them the copy is asked no more, for its work is done twice
_kept: list[Any] = []  # what a copy must never collect: the parent's connection


class NoDatabaseHereError(RuntimeError):
    """Raised in a copy where the database is asked; the parent then does the task."""


class Apart(Generic[TaskT, ResultT]):
    """One thing after the other done by a copy of this process; results come in the order of the tasks.

    What `work` changes stays in the copy: only what it returns comes back. Leaving the block ends the copy.

    Args:
        work: takes a task and answers it; both are pickled. It may run here instead, and only here may it ask the
            database.
    """

    def __init__(self, work: Callable[[TaskT], ResultT]) -> None:
        self._work = work
        self._tasks: deque[TaskT] = deque()
        self._given_back = 0
        self._pipe: Connection | None = None
        self._process: Any = None

    def __enter__(self) -> "Apart[TaskT, ResultT]":
        if may_fork():
            context = multiprocessing.get_context("fork")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(self._work, theirs), daemon=True)
            self._process.start()
            theirs.close()
        return self

    def __exit__(self, *_: object) -> None:
        if self._pipe is None:
            return
        self._pipe.close()  # the copy ends when it reads no more
        self._process.terminate()
        self._process.join()
        self._process.close()

    @property
    def waiting(self) -> int:
        """Tasks whose result has not been taken."""
        return len(self._tasks)

    def give(self, task: TaskT) -> None:
        """Have it done; returns at once."""
        if self._pipe is not None and self._given_back < GIVEN_BACK:
            try:
                self._pipe.send_bytes(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
            except OSError:  # the copy is gone; `take` will see it too
                self._given_back = GIVEN_BACK
        self._tasks.append(task)

    def take(self) -> ResultT:
        """The result of the oldest task. Raises what the task raises, and LookupError where nothing was given."""
        if not self._tasks:
            raise LookupError("nothing was given")
        is_done, result = self._answer()
        task = self._tasks.popleft()
        if not is_done:
            return self._work(task)
        done: ResultT = result
        return done

    def _answer(self) -> tuple[bool, Any]:
        if self._pipe is None or self._given_back >= GIVEN_BACK:
            return False, None
        try:
            is_done, result = pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            # Killed, perhaps for want of memory: it had written nothing, and all is done here.
            self._given_back = GIVEN_BACK
            return False, None
        self._given_back = 0 if is_done else self._given_back + 1
        return is_done, result


def may_fork() -> bool:
    """Whether a copy can be made and would help: on Linux, with two processors, of a process without other threads.

    A lock that another thread holds at that moment would stay locked in the copy for ever.
    """
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
        and not multiprocessing.current_process().daemon
    )


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    """The copy's life: tasks in, results out, until the parent closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _let_go(pipe)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    results: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # Both ends may be full at once: who sends must never wait for who does not read.
    threading.Thread(target=_read, args=(pipe, tasks), daemon=True).start()
    threading.Thread(target=_write, args=(pipe, results), daemon=True).start()
    while True:  # `_read` ends it
        results.put(_done(work, tasks.get()))


def _done(work: Callable[[Any], Any], task: bytes) -> bytes:
    """The pickled result, or None: the parent then does it, and meets whatever stopped this."""
    try:
        return pickle.dumps((True, work(pickle.loads(task))), pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001  # it is raised in the parent, where it can be told
        return pickle.dumps((False, None))


def _read(pipe: Connection, tasks: "queue.SimpleQueue[bytes]") -> None:
    try:
        while True:
            tasks.put(pipe.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)  # the parent is done, or gone: whatever is under way is of no use to anybody


def _write(pipe: Connection, results: "queue.SimpleQueue[bytes]") -> None:
    try:
        while True:
            pipe.send_bytes(results.get())
    except OSError:
        os._exit(0)


class _Nobody:
    """Stands where the connection was."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NoDatabaseHereError(name)


def _let_go(pipe: Connection) -> None:
    """Hold nothing of the parent's: neither its database nor its files, or its end would not be noticed by others."""
    connection = connections[DEFAULT_DB_ALIAS]
    _kept.append(connection.connection)
    connection.connection = _Nobody()

    def refuse(*_: object, **__: object) -> NoReturn:
        raise NoDatabaseHereError("a copy asks no database")

    for name in ("cursor", "chunked_cursor", "connect", "ensure_connection", "close", "savepoint"):
        setattr(connection, name, refuse)
    os.closerange(3, pipe.fileno())
    os.closerange(pipe.fileno() + 1, _most_files())


def _most_files() -> int:
    return max(int(one.name) for one in Path("/proc/self/fd").iterdir()) + 1

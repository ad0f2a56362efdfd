"""Work beside the caller's, on the same connection and in the same database transaction.

The database works while we wait for it. Posting a large payment is half waiting: one thread writes the parts while the
caller plans the next ones.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class _Attentive:
    """Whoever waits for the database gets the interpreter back at once: a large statement is sent in many pieces.

    The interval is the process's: the first to need it sets it, the last puts back what was.
    """

    def __init__(self) -> None:
        self._lock, self._count, self._before = threading.Lock(), 0, 0.0

    def enter(self) -> None:
        with self._lock:
            if not self._count:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(0.0002)
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if not self._count:
                sys.setswitchinterval(self._before)


_attentive = _Attentive()


class Beside:
    """One thread that does one thing after the other, with the caller's tenant and transaction.

    While something is under way, the caller opens and closes no atomic block, and reads nothing that it changes;
    its statements go between those of the other thread.

    Args:
        ahead: things that may wait or be under way; the caller of `do` waits where there are more.
    """

    def __init__(self, *, ahead: int = 1) -> None:
        self._ahead = ahead

    def __enter__(self) -> "Beside":
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.inc_thread_sharing()
        _attentive.enter()
        self._pool = ThreadPoolExecutor(1, initializer=self._share)
        self._under_way: deque[Future[Any]] = deque()
        self._failed: BaseException | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._connection.dec_thread_sharing()
        _attentive.leave()
        # Where both failed, what failed here failed first: the caller met a transaction that was broken already.
        if self._failed is not None:
            raise self._failed

    def _share(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self._connection

    def do(
        self,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Future[Result]:
        """Have it done while the caller goes on; not after something has failed, which is raised here."""
        self._settle(self._ahead - 1)
        context = copy_context()
        promise = self._pool.submit(self._run, lambda: context.run(work, *args, **kwargs))
        self._under_way.append(promise)
        return promise

    def wait(self) -> None:
        """Until nothing is under way. Raises what failed."""
        self._settle(0)

    def _run(self, work: Callable[[], Result]) -> Result:
        if self._failed is not None:
            raise self._failed
        try:
            return work()
        except BaseException as error:
            self._failed = error
            raise

    def _settle(self, left: int) -> None:
        while len(self._under_way) > left:
            self._under_way.popleft().result()

"""Work beside the caller's, on the same connection and in the same database transaction.

The database works while we wait for it. Posting a large payment is half waiting: one thread writes a part while the
caller plans the next one.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec

from django.db import DEFAULT_DB_ALIAS, connections

Arguments = ParamSpec("Arguments")


class Beside:
    """One thread that does one thing after the other, with the caller's tenant and transaction.

    While something is under way, the caller opens and closes no atomic block, and reads nothing that it changes.
    """

    def __enter__(self) -> "Beside":
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._connection.inc_thread_sharing()
        self._pool = ThreadPoolExecutor(1, initializer=self._share)
        self._under_way: Future[Any] | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)
        self._connection.dec_thread_sharing()
        # Where both failed, what failed here failed first: the caller met a transaction that was broken already.
        self.wait()

    def _share(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self._connection

    def do(
        self,
        work: Callable[Arguments, object],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> None:
        """Have it done while the caller goes on. Raises what the work before it raised."""
        self.wait()
        context = copy_context()
        self._under_way = self._pool.submit(lambda: context.run(work, *args, **kwargs))

    def wait(self) -> None:
        """Until nothing is under way. Raises what the last work raised."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

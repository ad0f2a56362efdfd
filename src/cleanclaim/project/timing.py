"""What an answer cost, in its `Server-Timing` header: on where the environment asks for it, as the benchmark does.

Off otherwise: how long a page takes may tell a stranger whether a record exists.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

SWITCH = "CLEANCLAIM_TIMING"


class TimingMiddleware:
    """`cpu` is this process's processor time, `sql` the wait for the database; `desc` counts statements."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not os.environ.get(SWITCH):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meter = _Meter()
        cpu = time.thread_time()
        with connection.execute_wrapper(meter):
            response = self.get_response(request)
        cpu = time.thread_time() - cpu
        response["Server-Timing"] = (
            f"cpu;dur={1000 * cpu:.2f}, sql;dur={1000 * meter.seconds:.2f};desc={meter.statements}"
        )
        return response


class _Meter:
    """Counts the statements of one request and the time they take."""

    def __init__(self) -> None:
        self.statements = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.statements += 1
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.seconds += time.perf_counter() - started

"""How far a payment of very many claims has come, for whoever waits for it: told part by part, planned and written.

A listener that raises cancels what is under way: a posting is one transaction, of which nothing is then left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Written = Callable[[str, int, int], None]  # trace number, claims written, claims in all
Planned = Callable[[int], None]  # claims of the part that is about to be planned
_written: ContextVar[Written | None] = ContextVar("cleanclaim_posting_written", default=None)
_planned: ContextVar[Planned | None] = ContextVar("cleanclaim_posting_planned", default=None)


@contextmanager
def listening(written: Written | None = None, *, planned: Planned | None = None) -> Iterator[None]:
    """Have what is posted and planned inside told to these, from whatever thread does it."""
    tokens = _written.set(written), _planned.set(planned)
    try:
        yield
    finally:
        _written.reset(tokens[0])
        _planned.reset(tokens[1])


def tell_written(trace: str, done: int, of: int) -> None:
    """So many claims of the payment are written."""
    if (listener := _written.get()) is not None:
        listener(trace, done, of)


def tell_planned(count: int) -> None:
    """Another part of so many claims is about to be planned."""
    if (listener := _planned.get()) is not None:
        listener(count)

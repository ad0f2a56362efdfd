"""How far a posting has come, for whoever waits for it: a payment of very many claims takes its time.

A listener that raises cancels the posting: it is one transaction, of which nothing is then left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]  # trace number, claims written, claims in all
_listener: ContextVar[Listener | None] = ContextVar("cleanclaim_posting_progress", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have the postings inside tell the listener after each of their parts, from whatever thread writes it."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(trace: str, done: int, of: int) -> None:
    """So many claims of the payment are written."""
    if (listener := _listener.get()) is not None:
        listener(trace, done, of)

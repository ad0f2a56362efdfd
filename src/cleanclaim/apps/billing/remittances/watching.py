"""How far the planning of a large payment has come, for whoever watches it; a watcher may stop it by raising."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watcher = Callable[[int], None]
_watchers: dict[int, Watcher] = {}


@contextmanager
def watched(remittance_id: int, watcher: Watcher) -> Iterator[None]:
    """Have `watcher` told the count of claims of each part of this remittance that is planned meanwhile, in this process."""
    _watchers[remittance_id] = watcher
    try:
        yield
    finally:
        _watchers.pop(remittance_id, None)


def tell(remittance_id: int | None, count: int) -> None:
    """Another part is about to be planned."""
    if remittance_id is not None and (watcher := _watchers.get(remittance_id)):
        watcher(count)

"""Where denials stand once money moved on them that no payer sent; answers belong to the app above, which registers."""

from collections.abc import Callable, Collection

Restate = Callable[[Collection[int]], None]
_registered: list[Restate] = []


def register(told: Restate) -> None:
    """Say how claims' states follow from their answers; once per process, from an app's `ready()`."""
    _registered.append(told)


def restate(claim_ids: Collection[int]) -> None:
    """A denial with nothing left is closed, with something left it is a denial again. The caller holds the claims' locks."""
    for told in _registered:
        told(claim_ids)

"""Which unit of each message is given out one at a time, and how it becomes a typed value. One line a message."""

from collections.abc import Callable
from dataclasses import dataclass

from cleanclaim.edi.hc835 import read as hc835
from cleanclaim.edi.hc835.read_claim import read_claim
from cleanclaim.edi.hc837d import read as hc837d
from cleanclaim.edi.hc837i import read as hc837i
from cleanclaim.edi.hc837p import read as hc837p
from cleanclaim.wire.x12.tree import Block


@dataclass(frozen=True, slots=True)
class UnitType:
    """A message's unit.

    Attributes:
        leaf: id of the loops that are units; None: the whole message is one.
        read: the value of the last block of a path (the blocks above it outermost first), given the file's
            component separator.
    """

    leaf: str | None
    read: Callable[[list[Block], str], object]


def _payment(path: list[Block], component: str) -> object:
    return read_claim(path[-1], component, ())


UNITS: dict[str, UnitType] = {
    "837P": UnitType(hc837p.LEAF, hc837p.read_path),
    "837I": UnitType(hc837i.LEAF, hc837i.read_path),
    "837D": UnitType(hc837d.LEAF, hc837d.read_path),
    "835": UnitType(hc835.LEAF, _payment),
}

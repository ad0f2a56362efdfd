"""Which unit of each message is given out one at a time, and how it becomes a typed value. One line a message."""

from collections.abc import Callable
from dataclasses import dataclass

from cleanclaim.edi.hc275 import read as hc275
from cleanclaim.edi.hc820 import read as hc820
from cleanclaim.edi.hc834 import read as hc834
from cleanclaim.edi.hc835 import read as hc835
from cleanclaim.edi.hc835.read_claim import read_claim
from cleanclaim.edi.hc837d import read as hc837d
from cleanclaim.edi.hc837i import read as hc837i
from cleanclaim.edi.hc837p import read as hc837p
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block


@dataclass(frozen=True, slots=True)
class UnitType:
    """A message's unit.

    Attributes:
        leaf: id of the loops that are units; None: the whole message is one.
        read: the value of the last block of a path (the blocks above it outermost first), given the file's
            separators.
    """

    leaf: str | None
    read: Callable[[list[Block], Delimiters], object]


UNITS: dict[str, UnitType] = {
    "837P": UnitType(hc837p.LEAF, lambda path, d: hc837p.read_path(path, d.component)),
    "837I": UnitType(hc837i.LEAF, lambda path, d: hc837i.read_path(path, d.component)),
    "837D": UnitType(hc837d.LEAF, lambda path, d: hc837d.read_path(path, d.component)),
    "835": UnitType(hc835.LEAF, lambda path, d: read_claim(path[-1], d.component, ())),
    "834": UnitType(hc834.LEAF, lambda path, d: hc834.read_member(path[-1], d)),
    "820": UnitType(hc820.LEAF, lambda path, d: hc820.read_remittance(path[-1], d)),
    "275": UnitType(hc275.LEAF, lambda path, d: hc275.read_attachment(path[-1], d)),
}

"""Which unit of each message is given out one at a time, and how it becomes a typed value. One line a message."""

from collections.abc import Callable
from dataclasses import dataclass

from cleanclaim.edi.eligibility import read as eligibility
from cleanclaim.edi.fields import dollars
from cleanclaim.edi.hc275 import read as hc275
from cleanclaim.edi.hc820 import read as hc820
from cleanclaim.edi.hc834 import read as hc834
from cleanclaim.edi.hc835 import read as hc835
from cleanclaim.edi.hc835.read_claim import read_claim
from cleanclaim.edi.hc837d import read as hc837d
from cleanclaim.edi.hc837i import read as hc837i
from cleanclaim.edi.hc837p import read as hc837p
from cleanclaim.edi.lazy import maker
from cleanclaim.edi.review import read as review
from cleanclaim.edi.status import read as status
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import ClaimPayment
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block, Inner


@dataclass(frozen=True, slots=True)
class UnitType:
    """A message's unit.

    Attributes:
        leaf: id of the loops that are units; None: the whole message is one.
        read: the value of the last block of a path (the blocks above it outermost first), given the file's
            separators.
        later: the same for a leaf that was not read yet, as a value that is read when it is asked for.
    """

    leaf: str | None
    read: Callable[[list[Block], Delimiters], object]
    later: Callable[[Inner, Delimiters], object] | None = None


_make_claim = maker(Claim, "carried", ("control_number", "charge"))
_make_payment = maker(ClaimPayment, "carried", ("control_number", "status_code", "charge", "paid"))


def _claims(read_path: Callable[[list[Block], str], Claim]) -> UnitType:
    def read(path: list[Block], delimiters: Delimiters) -> Claim:
        return read_path(path, delimiters.component)

    def later(leaf: Inner, delimiters: Delimiters) -> Claim:
        head = leaf.first.split(delimiters.element, 3)
        if len(head) < 3:
            return read(leaf.path(), delimiters)
        known = (head[1], dollars(head[2]))
        return _make_claim(lambda: read(leaf.path(), delimiters), known)

    return UnitType("2300", read, later)


def _payment(path: list[Block], delimiters: Delimiters) -> ClaimPayment:
    return read_claim(path[-1], delimiters.component, ())


def _payment_later(leaf: Inner, delimiters: Delimiters) -> ClaimPayment:
    head = leaf.first.split(delimiters.element, 5)
    if len(head) < 5:
        return _payment(leaf.path(), delimiters)
    known = (head[1], head[2], dollars(head[3]), dollars(head[4]))
    return _make_payment(lambda: _payment(leaf.path(), delimiters), known)


UNITS: dict[str, UnitType] = {
    "837P": _claims(hc837p.read_path),
    "837I": _claims(hc837i.read_path),
    "837D": _claims(hc837d.read_path),
    "835": UnitType(hc835.LEAF, _payment, _payment_later),
    "834": UnitType(hc834.LEAF, lambda path, d: hc834.read_member(path[-1], d)),
    "820": UnitType(hc820.LEAF, lambda path, d: hc820.read_remittance(path[-1], d)),
    "275": UnitType(hc275.LEAF, lambda path, d: hc275.read_attachment(path[-1], d)),
    "270": UnitType(eligibility.LEAF, eligibility.read_unit),
    "271": UnitType(eligibility.LEAF, eligibility.read_unit),
    "276": UnitType(status.LEAF, status.read_unit),
    "277": UnitType(status.LEAF, status.read_unit),
    "278-request": UnitType(review.LEAF, lambda path, d: review.read_request(path[0], d)),
    "278-response": UnitType(review.LEAF, lambda path, d: review.read_response(path[0], d)),
}

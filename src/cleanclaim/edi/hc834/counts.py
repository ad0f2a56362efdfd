"""The control totals of an enrollment (SNIP 3): QTY against the members that follow."""

from collections.abc import Iterator
from dataclasses import dataclass

from cleanclaim.edi.fields import at, dollars
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

_WORDS = {"ET": "subscribers", "DT": "dependents", "TO": "members"}


@dataclass(slots=True)
class Totals:
    """Members counted so far: subscribers have INS01 Y, dependents N."""

    subscribers: int = 0
    dependents: int = 0

    def count(self, member: Block) -> None:
        """Count one 2000."""
        if at(member.segments[0], 1) == "Y":
            self.subscribers += 1
        else:
            self.dependents += 1

    def of(self, qualifier: str) -> int:
        """What QTY02 has to be for this QTY01."""
        counted = {"ET": self.subscribers, "DT": self.dependents}
        return counted.get(qualifier, self.subscribers + self.dependents)


def wrong_totals(head: Block, totals: Totals) -> Iterator[Defect]:
    """A defect per QTY of the message's head that is not the number of members counted."""
    for elements, position in zip(head.segments, head.positions, strict=True):
        if elements[0] != "QTY" or at(elements, 1) not in _WORDS:
            continue
        stated, counted = at(elements, 2), totals.of(elements[1])
        if dollars(stated) != counted:
            words = f"says {stated} {_WORDS[elements[1]]}, the message has {counted}"
            yield Defect(
                3, "IK403", "I12", words, position, head.id, "QTY", 2, value=stated, reference="380"
            )


def check(result: Walk) -> None:
    """Add the defects of the whole message; memory does not grow with the number of members."""
    totals, head = Totals(), None
    for path in tree.leaves(result, "2000"):
        head = path[0]
        totals.count(path[-1])
    if head is not None:
        for defect in wrong_totals(head, totals):
            result.add(defect)

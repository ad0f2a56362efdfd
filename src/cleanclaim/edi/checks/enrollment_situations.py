"""Levels 3 and 4 of enrollments (834) and group premiums (820)."""

from collections.abc import Iterable, Iterator

from cleanclaim.edi.checks.problem import Problem, lacks, lacks_element, unwanted_element, wrong
from cleanclaim.edi.checks.registry import loop_check, message_check
from cleanclaim.edi.checks.unit import Unit, child, each, first
from cleanclaim.edi.fields import ZERO, at, dollars
from cleanclaim.wire.x12.tree import Block

_834 = ("834",)
_820 = ("820",)
_MEMBER = ("2000",)
_WORDS = {"ET": "subscribers", "DT": "dependents", "TO": "members"}
_ENDED = ("024",)
_DIED = "03"


@message_check(
    "member-counts", 3, _834, _MEMBER, "The control totals are the numbers of members that follow."
)
class MemberCounts:
    """QTY*ET, DT, TO against INS01 Y, N and all."""

    def __init__(self) -> None:
        self.subscribers = 0
        self.dependents = 0

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Count one member."""
        if at(block.segments[0], 1) == "Y":
            self.subscribers += 1
        else:
            self.dependents += 1
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Compare."""
        root = unit.path[0]
        counted = {
            "ET": self.subscribers,
            "DT": self.dependents,
            "TO": self.subscribers + self.dependents,
        }
        for qty in each(root, "QTY", *_WORDS):
            if dollars(at(qty, 2)) != counted[qty[1]]:
                words = f"says {at(qty, 2)} {_WORDS[qty[1]]}, the message has {counted[qty[1]]}"
                yield wrong(root, qty, 2, words)


@message_check(
    "premium-total", 3, _820, ("2000A", "2000B"), "Payment = amounts paid + adjustments for earlier payments."
)  # fmt: skip
class PremiumTotal:
    """BPR02 = sum of RMR04 and of ADX01 of 2200. A payment without any breakdown explains nothing."""

    def __init__(self) -> None:
        self.explained = ZERO
        self.parts = 0

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """Add one remittance."""
        self.parts += 1
        for inner in block.blocks:
            if inner.id in ("2300A", "2300B"):
                self.explained += dollars(at(inner.segments[0], 4))
            elif inner.id in ("2200A", "2200B"):
                self.explained += dollars(at(inner.segments[0], 1))
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Compare."""
        root = unit.path[0]
        bpr = first(root, "BPR")
        left = dollars(at(bpr, 2)) - self.explained if bpr is not None else ZERO
        if bpr is not None and self.parts and left:
            words = (
                f"payment less amounts paid less earlier adjustments leaves {left}, expected 0.00"
            )
            yield wrong(root, bpr, 2, words)


@loop_check(
    "premium-detail", 3, _820, ("2300A", "2300B"), "Amount billed and its adjustments make the amount paid.", is_error=False
)  # fmt: skip
def premium_detail(unit: Unit, detail: Block) -> Iterator[Problem]:
    """RMR04 = RMR05 + ADX01 of 2320, where both are given."""
    rmr = detail.segments[0]
    adjustments = [at(b.segments[0], 1) for b in detail.blocks if b.id in ("2320A", "2320B")]
    if at(rmr, 5) and adjustments:
        left = dollars(at(rmr, 4)) - dollars(rmr[5]) - sum(map(dollars, adjustments), ZERO)
        if left:
            yield wrong(
                detail, rmr, 4, f"paid less billed less adjustments leaves {left}, expected 0.00"
            )


@loop_check("premium-bank", 4, _820, ("820",), "A payment by bank names both banks and accounts.")
def premium_bank(unit: Unit, root: Block) -> Iterator[Problem]:
    """BPR06-09 and 12-15 where BPR04 is ACH or FWT."""
    bpr = first(root, "BPR")
    if bpr is not None and at(bpr, 4) in ("ACH", "FWT"):
        for place in (6, 7, 8, 9, 12, 13, 14, 15):
            if not at(bpr, place):
                yield lacks_element(root, bpr, place, f"paid by {bpr[4]}: required")


@loop_check(
    "member-relationship", 4, _834, _MEMBER, "A subscriber is 18 (self), a dependent is not."
)
def member_relationship(unit: Unit, member: Block) -> Iterator[Problem]:
    """INS01 Y exactly with INS02 18."""
    ins = member.segments[0]
    if (at(ins, 1) == "Y") != (at(ins, 2) == "18"):
        yield wrong(member, ins, 2, "18 (self) goes with Y in INS01, anything else with N")


@loop_check(
    "member-death", 4, _834, _MEMBER, "A member who died has a day of death, and nobody else has."
)
def member_death(unit: Unit, member: Block) -> Iterator[Problem]:
    """INS12 where INS03 ends the coverage for reason 03."""
    ins = member.segments[0]
    if at(ins, 3) in _ENDED and at(ins, 4) == _DIED and not at(ins, 12):
        yield lacks_element(member, ins, 12, "ended by death: its day is missing", is_error=False)
    elif at(ins, 12) and at(ins, 4) not in ("", _DIED):
        yield unwanted_element(member, ins, 12, "the reason (INS04) is not death", is_error=False)


@loop_check("coverage-end", 4, _834, _MEMBER, "A member whose coverage ends has a last day.")
def coverage_end(unit: Unit, member: Block) -> Iterator[Problem]:
    """DTP*357 at the member, or DTP*349 at a coverage, where INS03 is 024."""
    ins = member.segments[0]
    if at(ins, 3) not in _ENDED or first(member, "DTP", "357") is not None:
        return
    if all(first(c, "DTP", "349") is None for c in member.children("2300")):
        yield lacks(member, "DTP", "the coverage ends: its last day is missing (357 or 349)")


@loop_check("new-member-coverage", 4, _834, _MEMBER, "A new member has a coverage.")
def new_member_coverage(unit: Unit, member: Block) -> Iterator[Problem]:
    """2300 where INS03 is 021."""
    if at(member.segments[0], 3) == "021" and child(member, "2300") is None:
        yield lacks(member, "HD", "a new member: the coverage is missing")


@loop_check(
    "new-member-person",
    4,
    _834,
    _MEMBER,
    "A new member has a birth date and a sex.",
    is_error=False,
)
def new_member_person(unit: Unit, member: Block) -> Iterator[Problem]:
    """2100A DMG where INS03 is 021."""
    person = child(member, "2100A")
    if at(member.segments[0], 3) == "021" and person is not None and first(person, "DMG") is None:
        yield lacks(person, "DMG", "a new member: birth date and sex are missing")


@message_check("subscriber-first", 4, _834, _MEMBER, "A dependent follows the subscriber with the same number.", is_error=False)  # fmt: skip
class SubscriberFirst:
    """REF*0F of a dependent is that of the subscriber before; a dependent may also come alone."""

    def __init__(self) -> None:
        self.number: str | None = None
        self.after: set[str] = set()

    def see(self, unit: Unit, block: Block) -> Iterable[Problem]:
        """A subscriber whose dependents came before."""
        ref = first(block, "REF", "0F")
        if ref is None:
            return ()
        number = at(ref, 2)
        if at(block.segments[0], 1) == "Y":
            is_late = number in self.after
            self.number = number
            if is_late:
                return (wrong(block, ref, 2, "its dependents came before the subscriber"),)
        elif number != self.number and len(self.after) < 10_000:
            self.after.add(number)
        return ()

    def finish(self, unit: Unit) -> Iterable[Problem]:
        """Nothing is left to say."""
        return ()

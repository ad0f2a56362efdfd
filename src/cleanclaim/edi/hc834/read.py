"""From a walked 834 to its head and its members, one at a time."""

from collections.abc import Iterator
from datetime import date

from cleanclaim.edi.fields import (
    Elements,
    Keeper,
    at,
    day,
    read_contact,
    read_reference,
    whole,
)
from cleanclaim.edi.hc834.read_coverage import read_coverage, read_date
from cleanclaim.edi.parties import read_person
from cleanclaim.values.enrollment import (
    Enrollment,
    EnrollmentDate,
    Member,
    ReportingCategory,
    Sponsor,
)
from cleanclaim.values.party import Person, Reference
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = "2000"
NO_DAY = date.min  # of a refused message whose head has no day

_BGN = frozenset({1, 2, 3, 4, 5, 6, 8})
_PARTY = frozenset({1, 2, 3, 4})
_INS = frozenset({1, 2, 3, 4, 5, 8, 9, 10, 11, 12})
_YES_NO = {"Y": True, "N": False}


def read_head(result: Walk) -> Enrollment:
    """What the message says once for all its members."""
    path = next(tree.leaves(result, LEAF), None)
    return read_enrollment(path[0] if path else tree.whole(result), result.delimiters)


def read_units(result: Walk) -> Iterator[tuple[int, Member]]:
    """Each member with the number of its first segment."""
    for path in tree.leaves(result, LEAF):
        yield path[-1].position, read_member(path[-1], result.delimiters)


def read_enrollment(root: Block, delimiters: Delimiters) -> Enrollment:
    """The head of the message from its outermost block."""
    keeper = Keeper(delimiters.component, repetition=delimiters.repetition)
    bgn: Elements = ["BGN"]
    policy_number = ""
    dates: list[EnrollmentDate] = []
    totals: list[tuple[str, int]] = []
    for elements in root.segments[1:]:
        tag = elements[0]
        if tag == "BGN":
            bgn = elements
            keeper.rest(root.id, bgn, _BGN)
        elif tag == "REF" and not policy_number and (reference := read_reference(elements)):
            policy_number = reference.value
        elif tag == "DTP" and (dated := read_date(elements)):
            dates.append(dated)
        elif tag == "QTY" and str(whole(at(elements, 2))) == at(elements, 2):
            totals.append((elements[1], whole(elements[2])))
        else:
            keeper.keep(root.id, elements)
    parties = {block.id: _read_sponsor(block, delimiters) for block in root.blocks}
    nobody = Sponsor("", "", "")
    return Enrollment(
        at(bgn, 2), day(at(bgn, 3)) or NO_DAY, at(bgn, 4), parties.get("1000A", nobody),
        parties.get("1000B", nobody), at(bgn, 1), at(bgn, 8), at(bgn, 5), at(bgn, 6), policy_number,
        tuple(dates), tuple(totals),
        tuple(_read_sponsor(block, delimiters) for block in root.children("1000C")), keeper.taken(),
    )  # fmt: skip


def _read_sponsor(block: Block, delimiters: Delimiters) -> Sponsor:
    keeper = Keeper(delimiters.component)
    name = block.segments[0]
    keeper.rest(block.id, name, _PARTY)
    accounts: tuple[str, ...] = ()
    for child in block.children("1100C"):
        act = child.segments[0]
        accounts = tuple(a for a in (at(act, 1), at(act, 6)) if a)
        keeper.rest(child.id, act, frozenset({1, 6}))
    return Sponsor(at(name, 1), at(name, 2), at(name, 4), at(name, 3), accounts, keeper.taken())


def read_member(block: Block, delimiters: Delimiters) -> Member:
    """What loop 2000 says."""
    keeper = Keeper(delimiters.component, repetition=delimiters.repetition)
    ins = block.segments[0]
    keeper.rest(block.id, ins, _INS if _death(ins) else _INS - {11, 12})
    subscriber_id = policy_number = ""
    references: list[Reference] = []
    dates: list[EnrollmentDate] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        reference = read_reference(elements) if tag == "REF" else None
        if reference and reference.qualifier == "0F" and not subscriber_id:
            subscriber_id = reference.value
        elif reference and reference.qualifier == "1L" and not policy_number:
            policy_number = reference.value
        elif reference:
            references.append(reference)
        elif tag == "DTP" and (dated := read_date(elements)):
            dates.append(dated)
        else:
            keeper.keep(block.id, elements)
    name = _Name(block, keeper, died_on=_death(ins))
    coverages, categories = [], []
    for child in block.blocks:
        if child.id == "2300":
            coverages.append(read_coverage(child, delimiters))
        elif child.id == "LS":
            categories += [_read_category(item, keeper) for item in child.blocks]
        elif child.id != "2100A":
            keeper.keep_whole(child)
    return Member(
        at(ins, 1) == "Y", at(ins, 2), at(ins, 3), subscriber_id, name.person, at(ins, 4), at(ins, 5),
        at(ins, 8), at(ins, 9), _YES_NO.get(at(ins, 10)), policy_number, name.is_corrected, name.contact,
        tuple(dates), tuple(references), tuple(coverages), tuple(categories), keeper.taken(),
    )  # fmt: skip


def _death(ins: Elements) -> date | None:
    return day(at(ins, 12)) if at(ins, 11) == "D8" else None


class _Name:
    """Loop 2100A: the person, how to reach them, and whether the name is a correction."""

    def __init__(self, member: Block, keeper: Keeper, *, died_on: date | None) -> None:
        block = next(iter(member.children("2100A")), None)
        self.contact = None
        self.is_corrected = False
        self.person = Person("", died_on=died_on)
        if block is None:
            return
        others = Block(block.id, block.position, [])
        for elements in block.segments:
            # A contact of the member has no name; one that has is kept as it is.
            if (
                elements[0] == "PER"
                and self.contact is None
                and not at(elements, 2)
                and len(elements) < 10
            ):
                self.contact = read_contact(elements)
            else:
                others.segments.append(elements)
        read = read_person(others, keeper)
        self.is_corrected = at(block.segments[0], 1) == "74"
        self.person = _with_death(read, died_on)


def _with_death(person: Person, died_on: date | None) -> Person:
    return Person(
        person.last_name, person.first_name, person.middle_name, person.suffix, person.born_on, person.sex,
        died_on, person.address, person.member_id, person.id_qualifier, person.references,
    )  # fmt: skip


def _read_category(block: Block, keeper: Keeper) -> ReportingCategory:
    name, reference, dated = "", None, None
    occurrence = keeper.seen[block.id] = keeper.seen.get(block.id, 0) + 1
    keeper.number(block, occurrence, occurrence)
    for child in block.children("2750"):
        for elements in child.segments:
            tag = elements[0]
            if tag == "N1":
                name = at(elements, 2)
                keeper.rest(child.id, elements, frozenset({1, 2}), occurrence)
            elif tag == "REF" and reference is None and (found := read_reference(elements)):
                reference = found
            elif tag == "DTP" and dated is None and (when := read_date(elements)):
                dated = when
            else:
                keeper.keep(child.id, elements, occurrence)
    return ReportingCategory(name, reference, dated)

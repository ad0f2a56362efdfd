"""Loop 2300 with all below it as a coverage."""

from cleanclaim.edi.fields import (
    Elements,
    Keeper,
    amount,
    at,
    days,
    read_address,
    read_reference,
)
from cleanclaim.values.enrollment import (
    Coverage,
    CoverageProvider,
    EnrollmentAmount,
    EnrollmentDate,
    OtherInsurance,
)
from cleanclaim.values.party import Reference
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block

_HD = frozenset({1, 3, 4, 5})
_NM1 = frozenset({1, 2, 3, 4, 8, 9, 10})
_ADDRESS = ("N3", "N4")


def read_date(elements: Elements) -> EnrollmentDate | None:
    """The day or period of a DTP; None where it is none."""
    qualifier, text = at(elements, 2), at(elements, 3)
    first, last = days(qualifier, text)
    if first is None or qualifier not in ("D8", "RD8") or (qualifier == "RD8") != bool(last):
        return None
    return EnrollmentDate(at(elements, 1), first, last)


def read_coverage(block: Block, delimiters: Delimiters) -> Coverage:
    """What loop 2300 says."""
    keeper = Keeper(delimiters.component)
    hd = block.segments[0]
    keeper.rest(block.id, hd, _HD)
    dates: list[EnrollmentDate] = []
    amounts: list[EnrollmentAmount] = []
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "DTP" and (dated := read_date(elements)):
            dates.append(dated)
        elif tag == "AMT" and len(elements) == 3 and (money := amount(elements[2])) is not None:
            amounts.append(EnrollmentAmount(elements[1], money))
        elif tag == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        else:
            keeper.keep(block.id, elements)
    return Coverage(
        at(hd, 1), at(hd, 3), at(hd, 4), at(hd, 5), tuple(dates), tuple(amounts), tuple(references),
        tuple(_read_provider(c, place, delimiters) for place, c in enumerate(block.children("2310"), 1)),
        tuple(_read_other(child, delimiters) for child in block.children("2320")), keeper.taken(),
    )  # fmt: skip


def _read_provider(block: Block, place: int, delimiters: Delimiters) -> CoverageProvider:
    keeper = Keeper(delimiters.component)
    keeper.number(block, place)
    name: Elements = ["NM1"]
    address_rows: list[Elements] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "NM1" and len(name) == 1:
            name = elements
            keeper.rest(block.id, name, _NM1)
        elif tag in _ADDRESS and not any(row[0] == tag for row in address_rows):
            address_rows.append(elements)
        else:
            keeper.keep(block.id, elements)
    address = read_address(Block(block.id, block.position, address_rows), keeper)
    return CoverageProvider(
        at(name, 1), at(name, 10), at(name, 3), at(name, 4), at(name, 2) == "1", at(name, 8),
        at(name, 9), address, keeper.taken(),
    )  # fmt: skip


def _read_other(block: Block, delimiters: Delimiters) -> OtherInsurance:
    keeper = Keeper(delimiters.component)
    cob = block.segments[0]
    services = at(cob, 4).split(delimiters.repetition) if delimiters.repetition else [at(cob, 4)]
    dates: list[EnrollmentDate] = []
    references: list[Reference] = []
    for elements in block.segments[1:]:
        if elements[0] == "DTP" and (dated := read_date(elements)):
            dates.append(dated)
        elif elements[0] == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        else:
            keeper.keep(block.id, elements)
    for child in block.blocks:
        keeper.keep_whole(child)
    return OtherInsurance(
        at(cob, 1), at(cob, 3), at(cob, 2), tuple(s for s in services if s), tuple(references),
        tuple(dates), keeper.taken(),
    )  # fmt: skip

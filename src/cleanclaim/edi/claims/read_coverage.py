"""Loop 2320 with all below it: another payer and what it did."""

from datetime import date
from decimal import Decimal

from cleanclaim.edi.fields import Elements, Keeper, amount, at, day, read_adjustments
from cleanclaim.edi.parties import read_payer, read_person
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import OtherCoverage, Subscriber
from cleanclaim.values.party import Payer, Person
from cleanclaim.wire.x12.tree import Block

_SBR = frozenset({1, 2, 3, 4, 5, 9})
_OI = frozenset({3, 6})
_AMOUNTS = ("D", "A8", "EAF")


def read_other_coverage(block: Block, component: str) -> OtherCoverage:
    """What loop 2320 says."""
    keeper = Keeper(component)
    sbr: Elements = ["SBR"]
    amounts: dict[str, Decimal] = {}
    adjustments: tuple[Adjustment, ...] = ()
    assigned = release = ""
    for elements in block.segments:
        tag = elements[0]
        if tag == "SBR":
            sbr = elements
            keeper.rest("2320", elements, _SBR)
        elif tag == "CAS" and (found := read_adjustments(elements)) is not None:
            adjustments += found
        elif (
            tag == "AMT"
            and at(elements, 1) in _AMOUNTS
            and (money := amount(at(elements, 2))) is not None
        ):
            amounts[elements[1]] = money
        elif tag == "OI":
            assigned, release = at(elements, 3), at(elements, 6)
            keeper.rest("2320", elements, _OI)
        else:
            keeper.keep("2320", elements)
    person, is_organization = Person(""), False
    payer, paid_on, control = Payer("", ""), None, ""
    seen: dict[str, int] = {}
    for child in block.blocks:
        if child.id == "2330A":
            person = read_person(child, keeper)
            is_organization = at(child.segments[0], 2) == "2"
        elif child.id == "2330B":
            payer, paid_on, control = _read_other_payer(child, keeper)
        else:  # providers as that payer knows them
            seen[child.id] = seen.get(child.id, 0) + 1
            for elements in child.segments:
                keeper.keep(child.id, elements, seen[child.id])
    subscriber = Subscriber(
        person, at(sbr, 1), at(sbr, 2), at(sbr, 3), at(sbr, 4), at(sbr, 9), at(sbr, 5), is_organization
    )  # fmt: skip
    return OtherCoverage(
        subscriber, payer, amounts.get("D"), amounts.get("A8"), amounts.get("EAF"), adjustments, paid_on,
        assigned, release, control, keeper.taken(),
    )  # fmt: skip


def _read_other_payer(block: Block, keeper: Keeper) -> tuple[Payer, date | None, str]:
    paid_on, control = None, ""
    left = [block.segments[0]]
    for elements in block.segments[1:]:
        if (
            elements[0] == "DTP"
            and paid_on is None
            and at(elements, 2) == "D8"
            and day(at(elements, 3))
        ):
            paid_on = day(elements[3])
        elif elements[0] == "REF" and elements[1] == "F8" and len(elements) == 3 and not control:
            control = elements[2]
        else:
            left.append(elements)
    return read_payer(Block(block.id, block.position, left), keeper), paid_on, control

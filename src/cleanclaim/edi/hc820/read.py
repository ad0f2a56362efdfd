"""From a walked 820 to its payment and its remittances, one person at a time."""

from collections.abc import Iterator
from datetime import date

from cleanclaim.edi.fields import (
    Elements,
    Keeper,
    amount,
    at,
    day,
    days,
    dollars,
    read_address,
    read_contact,
    read_reference,
    whole,
)
from cleanclaim.values.party import Reference
from cleanclaim.values.premium import (
    MemberCount,
    PremiumAdjustment,
    PremiumDetail,
    PremiumParty,
    PremiumPayment,
    PremiumRemittance,
)
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = "2000B"
NO_DAY = date.min  # of a refused message whose head has no day

_BPR = frozenset({1, 2, 4, 16})
_N1 = frozenset({1, 2, 3, 4})
_ENT = frozenset({1, 2, 3, 4})
_NM1 = frozenset({3, 4})
_RMR = frozenset({1, 2, 3, 4, 5})
_ADX = frozenset({1, 2})
_ADDRESS = ("N3", "N4")


def read_head(result: Walk) -> PremiumPayment:
    """The payment with the organization's summary, where there is one."""
    path = next(tree.leaves(result, LEAF), None)
    return read_payment(path[0] if path else tree.whole(result), result.delimiters)


def read_units(result: Walk) -> Iterator[tuple[int, PremiumRemittance]]:
    """Each person's remittance with the number of its first segment."""
    for path in tree.leaves(result, LEAF):
        yield path[-1].position, read_remittance(path[-1], result.delimiters)


def read_payment(root: Block, delimiters: Delimiters) -> PremiumPayment:
    """The head of the message from its outermost block."""
    keeper = Keeper(delimiters.component)
    bpr: Elements = ["BPR"]
    trn: Elements = ["TRN"]
    references: list[Reference] = []
    period = None
    for elements in root.segments[1:]:
        tag = elements[0]
        if tag == "BPR":
            bpr = elements
            keeper.rest(root.id, bpr, _BPR | {3} if at(bpr, 3) == "C" else _BPR)
        elif tag == "TRN":
            trn = elements
            keeper.rest(root.id, trn, frozenset({1, 2, 3}))
        elif tag == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        elif tag == "DTM" and period is None and at(elements, 1) == "582":
            period = _keep_period(elements, root.id, keeper)
        else:
            keeper.keep(root.id, elements)
    parties = {
        block.id: _read_party(block, delimiters) for block in root.blocks if block.id[:4] == "1000"
    }
    for block in root.children("1000C"):
        keeper.keep_whole(block)
    summary = next((read_remittance(b, delimiters) for b in root.children("2000A")), None)
    return PremiumPayment(
        dollars(at(bpr, 2)), at(bpr, 4), day(at(bpr, 16)) or NO_DAY, at(trn, 2),
        parties.get("1000A", PremiumParty()), parties.get("1000B", PremiumParty()), at(bpr, 1), at(trn, 1),
        at(trn, 3), tuple(references), period, summary, keeper.taken(),
    )  # fmt: skip


def _keep_period(elements: Elements, loop: str, keeper: Keeper) -> tuple[date, date] | None:
    """The period of a DTM; what is none is kept as it stands."""
    if [e for e in elements[2:5] if e] == [] and at(elements, 5) == "RD8":
        first, last = days("RD8", at(elements, 6))
        if first and last:
            return first, last
    keeper.keep(loop, elements)
    return None


def _read_party(block: Block, delimiters: Delimiters) -> PremiumParty:
    keeper = Keeper(delimiters.component)
    name = block.segments[0]
    keeper.rest(block.id, name, _N1)
    contact = None
    for elements in block.segments[1:]:
        if elements[0] == "PER" and contact is None and len(elements) < 10:
            contact = read_contact(elements)
        elif elements[0] not in _ADDRESS:
            keeper.keep(block.id, elements)
    return PremiumParty(
        at(name, 2), at(name, 3), at(name, 4), read_address(block, keeper), contact, keeper.taken()
    )


def read_remittance(block: Block, delimiters: Delimiters) -> PremiumRemittance:
    """What loop 2000A or 2000B says."""
    keeper = Keeper(delimiters.component)
    ent = block.segments[0]
    keeper.rest(block.id, ent, _ENT)
    last_name = first_name = ""
    adjustments: list[PremiumAdjustment] = []
    details: list[PremiumDetail] = []
    for child in block.blocks:
        if child.id == "2100B":
            occurrence = keeper.seen[child.id] = keeper.seen.get(child.id, 0) + 1
            name = child.segments[0]
            if occurrence == 1:
                last_name, first_name = at(name, 3), at(name, 4)
                is_plain = name[1:3] == ["IL", "1"]
                keeper.rest(child.id, name, _NM1 | {1, 2} if is_plain else _NM1, occurrence)
            else:
                keeper.keep(child.id, name, occurrence)
        elif child.id in ("2200A", "2200B"):
            adjustments.append(_read_adjustment(child, keeper, len(adjustments) + 1))
        else:
            details.append(_read_detail(child, delimiters))
    return PremiumRemittance(
        whole(at(ent, 1)), at(ent, 2), at(ent, 3), at(ent, 4), tuple(details), last_name, first_name,
        tuple(adjustments), keeper.taken(),
    )  # fmt: skip


def _read_adjustment(block: Block, keeper: Keeper, occurrence: int) -> PremiumAdjustment:
    adx = block.segments[0]
    keeper.rest(block.id, adx, _ADX, occurrence)
    return PremiumAdjustment(dollars(at(adx, 1)), at(adx, 2))


def _read_detail(block: Block, delimiters: Delimiters) -> PremiumDetail:
    keeper = Keeper(delimiters.component)
    rmr = block.segments[0]
    keeper.rest(block.id, rmr, _RMR)
    references: list[Reference] = []
    period = None
    for elements in block.segments[1:]:
        if elements[0] == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        elif elements[0] == "DTM" and period is None and at(elements, 1) == "582":
            period = _keep_period(elements, block.id, keeper)
        else:
            keeper.keep(block.id, elements)
    counts: list[MemberCount] = []
    adjustments: list[PremiumAdjustment] = []
    for child in block.blocks:
        if child.id in ("2320A", "2320B"):
            adjustments.append(_read_adjustment(child, keeper, len(adjustments) + 1))
        elif child.id == "2310A":
            counts += _read_item(child, keeper, delimiters.component)
    return PremiumDetail(
        at(rmr, 1), at(rmr, 2), dollars(at(rmr, 4)), amount(at(rmr, 5)) if at(rmr, 5) else None, at(rmr, 3),
        tuple(references), period, tuple(counts), tuple(adjustments), keeper.taken(),
    )  # fmt: skip


def _read_item(block: Block, keeper: Keeper, component: str) -> list[MemberCount]:
    """The member counts of a summary line; its charges are kept, and the line unless counts imply it."""
    counts: list[MemberCount] = []
    for child in block.blocks:
        sln = child.segments[0]
        count = amount(at(sln, 4))
        is_plain = len(sln) == 6 and not sln[2] and component not in sln[5]
        if child.id == "2315A" and is_plain and count is not None:
            counts.append(MemberCount(sln[1], count, sln[5]))
        else:
            keeper.keep_whole(child)
    if not counts or block.segments[0] != ["IT1", "1"]:
        keeper.keep(block.id, block.segments[0])
    return counts

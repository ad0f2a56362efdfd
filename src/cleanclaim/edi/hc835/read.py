"""From a walked 835 to a remittance."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from cleanclaim.edi.fields import (
    Elements,
    Keeper,
    at,
    day,
    dollars,
    read_address,
    read_contact,
    read_reference,
)
from cleanclaim.edi.hc835.read_claim import read_claim
from cleanclaim.values.claim import Carried
from cleanclaim.values.party import Address, Contact, Payer, Provider, Reference, Role
from cleanclaim.values.remittance import ClaimPayment, ProviderAdjustment, Remittance
from cleanclaim.wire.x12.guide import Segment
from cleanclaim.wire.x12.tree import Block, leaves, whole
from cleanclaim.wire.x12.walker import Walk

LEVEL, LEAF = "2000", "2100"
Span = tuple[int, int]  # the first row and the one after the last
_CLAIM_LOOPS = frozenset({LEAF, "2110"})
NO_DAY = date(1, 1, 1)
BANKED = ("ACH", "BOP", "FWT")  # methods that need the originating company id (BPR10)
_BPR = frozenset({1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 16})


@dataclass(slots=True)
class _Head:
    method: str = ""
    handling: str = ""
    paid: str = ""
    is_credit: bool = True
    trace_number: str = ""
    payer_trace_id: str = ""
    paid_on: date = NO_DAY
    produced_on: date | None = None
    receiver_id: str = ""
    payer_bank: tuple[str, str, str] = ("", "", "")
    payee_bank: tuple[str, str, str] = ("", "", "")
    bpr: Elements = field(default_factory=list)
    adjustments: list[ProviderAdjustment] = field(default_factory=list)


def read_remittance(result: Walk) -> Remittance:
    """The whole message."""
    return replace(read_head(result), claims=tuple(read_payments(result)))


def read_head(result: Walk) -> Remittance:
    """The message without its claims, whose segments are not looked at."""
    outer = _outer(result)
    keeper = Keeper(result.delimiters.component)
    root = whole(outer)
    head = _read_head(root, keeper)
    payer, technical = Payer("", ""), None
    payee, payee_address = Provider(Role.PAY_TO, ""), None
    has_claims = len(outer.segments) < len(result.segments)
    for block in root.blocks:
        if block.id == "1000A":
            payer, technical = _read_payer(block, keeper)
        elif block.id == "1000B":
            payee, payee_address = _read_payee(block, keeper)
        else:
            keeper.kept += _level(block, is_first=not has_claims, component=keeper.component)
            has_claims = True
    return Remittance(
        payer, payee, dollars(head.paid), head.trace_number, head.payer_trace_id, head.paid_on, head.method,
        head.handling, head.produced_on, head.is_credit, head.receiver_id, (), tuple(head.adjustments),
        head.payer_bank, head.payee_bank, payee_address, technical, keeper.taken(),
    )  # fmt: skip


def _outer(result: Walk) -> Walk:
    """The segments outside of all claims; of the LX levels only those behind the last claim."""
    places = result.places
    last = next((row for row in reversed(range(len(places))) if _is_claims(places[row])), -1)
    rows = [
        row
        for row, place in enumerate(places)
        if place is None
        or ((loop := place.loop.id) not in _CLAIM_LOOPS and (loop != LEVEL or row > last))
    ]
    return Walk(
        [result.segments[row] for row in rows],
        [result.places[row] for row in rows],
        result.delimiters,
        result.guide,
    )


def _is_claims(place: Segment | None) -> bool:
    return place is not None and place.loop.id in _CLAIM_LOOPS


def read_payments(result: Walk, span: Span | None = None) -> Iterator[ClaimPayment]:
    """Each claim, in memory that does not grow with their number; an LX level's own segments go with its first.

    Args:
        span: only those of these rows, as `payment_spans` cut them.
    """
    component = result.delimiters.component
    some, is_told = (result, False) if span is None else _within(result, span)
    level: Block | None = None
    is_first = span is None or span[0] == 0
    pending: list[Carried] = []
    for path in leaves(some, LEAF):
        if path[-2] is not level and path[-2].id == LEVEL:
            level = path[-2]
            if not is_told:
                pending += _level(level, is_first=is_first, component=component)
            is_first = is_told = False
        yield read_claim(path[-1], component, tuple(pending))
        pending = []


def payment_spans(result: Walk, count: int) -> list[Span]:
    """Rows in spans of so many claims (the last may have fewer), so that they can be read side by side.

    What stands before the first claim goes with it, what stands behind the last with that one.
    """
    places = result.places
    starts = [
        row
        for row, place in enumerate(places)
        if place is not None and place.starts_loop and place.loop.id == LEAF
    ]
    cuts = [0]
    for row in starts[count::count]:
        before = places[row - 1]
        while before is None or before.loop.id == LEVEL:  # an LX level goes with its first claim
            row -= 1  # to the level's start
            before = places[row - 1]
        cuts.append(row)
    return list(pairwise((*cuts, len(places))))


def _within(result: Walk, span: Span) -> tuple[Walk, bool]:
    """The rows of a span under the levels that stand open where it begins, and whether its LX level began before."""
    start, end = span
    if start == 0:
        rows = [range(end)]
    else:
        opening = _level_open_at(result, start)
        rows = [range(1), range(opening, opening + (opening > 0)), range(start, end)]
    walk = Walk(
        [result.segments[row] for some in rows for row in some],
        [result.places[row] for some in rows for row in some],
        result.delimiters,
        result.guide,
    )
    return walk, start > 0 and len(rows[1]) > 0


def _level_open_at(result: Walk, start: int) -> int:
    """The row with which the LX level of this row began before it; 0 where it begins here, or there is none."""
    place = result.places[start]
    if place is not None and place.loop.id == LEVEL:
        return 0
    for row in range(start - 1, 0, -1):
        place = result.places[row]
        if place is not None and place.loop.id == LEVEL and place.starts_loop:
            return row
    return 0


def _level(block: Block, *, is_first: bool, component: str) -> list[Carried]:
    """The segments of an LX level, unless it is the plain `LX*1` that we write ourselves."""
    if is_first and len(block.segments) == 1 and at(block.segments[0], 1) == "1":
        return []
    keeper = Keeper(component)
    for elements in block.segments:
        keeper.keep("2000", elements)
    return keeper.kept


def _read_head(root: Block, keeper: Keeper) -> _Head:
    head = _Head()
    for elements in root.segments[1:]:
        tag = elements[0]
        if tag == "BPR":
            _read_bpr(elements, head)
        elif tag == "TRN":
            head.trace_number, head.payer_trace_id = at(elements, 2), at(elements, 3)
            keeper.rest(root.id, elements, frozenset({1, 2, 3}))
        elif (
            tag == "REF" and elements[1:2] == ["EV"] and len(elements) == 3 and not head.receiver_id
        ):
            head.receiver_id = elements[2]
        elif tag == "DTM" and elements[1:2] == ["405"] and len(elements) == 3 and day(elements[2]):
            head.produced_on = day(elements[2])
        elif tag == "PLB":
            _read_plb(elements, head, keeper)
        else:
            keeper.keep(root.id, elements)
    if head.bpr:
        _keep_bpr(head, root.id, keeper)
    return head


def _read_bpr(elements: Elements, head: _Head) -> None:
    head.bpr = elements
    head.handling, head.paid, head.method = at(elements, 1), at(elements, 2), at(elements, 4)
    head.is_credit = at(elements, 3) != "D"
    head.payer_bank = (at(elements, 7), at(elements, 8), at(elements, 9))
    head.payee_bank = (at(elements, 13), at(elements, 14), at(elements, 15))
    head.paid_on = day(at(elements, 16)) or NO_DAY


def defaults_of_bpr(
    method: str, payer_trace_id: str, *, payer_routing: str, payee_routing: str
) -> dict[int, str]:
    """The elements that follow from the others: format, routing qualifiers, originating company."""
    return {
        5: "CCP" if method == "ACH" else "",
        6: "01" if payer_routing else "",
        10: payer_trace_id if method in BANKED else "",
        12: "01" if payee_routing else "",
    }


def _keep_bpr(head: _Head, loop: str, keeper: Keeper) -> None:
    usual = defaults_of_bpr(
        head.method,
        head.payer_trace_id,
        payer_routing=head.payer_bank[0],
        payee_routing=head.payee_bank[0],
    )
    typed = {number for number in usual if at(head.bpr, number) == usual[number]}
    keeper.rest(loop, head.bpr, _BPR | typed)


def _read_plb(elements: Elements, head: _Head, keeper: Keeper) -> None:
    ends = day(at(elements, 2))
    if ends is None:
        keeper.keep("835", elements)
        return
    for k in range(3, len(elements), 2):
        if not elements[k] and not at(elements, k + 1):
            continue
        reason, _, reference = elements[k].partition(keeper.component)
        head.adjustments.append(
            ProviderAdjustment(
                at(elements, 1), ends, reason, reference, dollars(at(elements, k + 1))
            )
        )


def _read_payer(block: Block, keeper: Keeper) -> tuple[Payer, Contact | None]:
    name = block.segments[0]
    keeper.rest(block.id, name, frozenset({1, 2, 3, 4}))
    payer_id, qualifier = at(name, 4), at(name, 3)
    contact: Contact | None = None
    technical: Contact | None = None
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "REF" and (reference := read_reference(elements)):
            # Without a national id in N1 the payer's own number is REF*2U.
            if reference.qualifier == "2U" and not payer_id:
                payer_id, qualifier = reference.value, "PI"
            else:
                references.append(reference)
        elif tag == "PER" and elements[1:2] == ["CX"] and contact is None:
            contact = read_contact(elements)
        elif tag == "PER" and elements[1:2] == ["BL"] and technical is None:
            technical = read_contact(elements)
        elif tag not in ("N3", "N4"):
            keeper.keep(block.id, elements)
    address = read_address(block, keeper)
    return Payer(
        at(name, 2), payer_id, qualifier or "PI", address, contact, tuple(references)
    ), technical


def _read_payee(block: Block, keeper: Keeper) -> tuple[Provider, Address | None]:
    name = block.segments[0]
    qualifier, value = at(name, 3), at(name, 4)
    npi = value if qualifier == "XX" else ""
    tin = value if qualifier == "FI" else ""
    if qualifier not in ("XX", "FI") or len(name) > 5:
        typed = {1, 2} | ({3, 4} if npi or tin else set())
        keeper.rest(block.id, name, frozenset(typed))
    references: list[Reference] = []
    for elements in block.segments[1:]:
        if elements[0] == "REF" and (reference := read_reference(elements)):
            if reference.qualifier == "TJ" and not tin:
                tin = reference.value
            else:
                references.append(reference)
        elif elements[0] not in ("N3", "N4"):
            keeper.keep(block.id, elements)
    payee = Provider(Role.PAY_TO, at(name, 2), npi=npi, tin=tin, references=tuple(references))
    return payee, read_address(block, keeper)

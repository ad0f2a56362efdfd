"""Loop 2400 with all below it: what the three 837s read alike."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cleanclaim.edi.claims.roles import in_guide_order, read_provider_loop
from cleanclaim.edi.fields import (
    ZERO,
    Elements,
    Keeper,
    amount,
    at,
    day,
    days,
    dollars,
    read_adjustments,
    read_procedure,
    read_reference,
    whole,
)
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Drug, LineAdjudication, Procedure
from cleanclaim.values.party import Provider, Reference
from cleanclaim.wire.x12.tree import Block

_SVD = frozenset({1, 2, 3, 4, 5, 6})


@dataclass(slots=True)
class LineParts:
    """A line without the service itself.

    Attributes:
        own: the segments that only this kind of claim has, such as SV1.
    """

    keeper: Keeper
    own: list[Elements]
    number: int
    service_from: date | None
    service_to: date | None
    control_number: str
    authorization_number: str
    references: tuple[Reference, ...]
    drug: Drug | None
    providers: tuple[Provider, ...]
    adjudications: tuple[LineAdjudication, ...]


def read_parts(block: Block, component: str, own_tags: frozenset[str]) -> LineParts:
    """What loop 2400 says, segments with `own_tags` (days of service apart) left as they are."""
    keeper = Keeper(component)
    service_from: date | None = None
    service_to: date | None = None
    control = authorization = ""
    own: list[Elements] = []
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "DTP" and at(elements, 1) == "472" and service_from is None:
            service_from, service_to = days(at(elements, 2), at(elements, 3))
        elif tag in own_tags:
            own.append(elements)
        elif tag == "REF" and (reference := read_reference(elements)):
            if reference.qualifier == "6R" and not control:
                control = reference.value
            elif reference.qualifier == "G1" and not authorization:
                authorization = reference.value
            else:
                references.append(reference)
        else:
            keeper.keep("2400", elements)
    drug, providers, adjudications = _read_children(block, keeper)
    return LineParts(
        keeper, own, whole(at(block.segments[0], 1)), service_from, service_to, control, authorization,
        tuple(references), drug, providers, adjudications,
    )  # fmt: skip


def read_service(
    elements: Elements, number: int, keeper: Keeper, typed: frozenset[int]
) -> Procedure:
    """The procedure in element `number` of SV1, SV2 or SV3; what fields do not hold of the segment is kept."""
    keeper.rest("2400", elements, typed)
    keeper.range_end("2400", elements, number)
    return _procedure(at(elements, number), keeper.component)


@lru_cache(maxsize=2_000)
def read_pointers(text: str, component: str) -> tuple[int, ...]:
    """Places in the claim's diagnoses, from 1."""
    return tuple([whole(pointer) for pointer in text.split(component) if pointer]) if text else ()


def _procedure(text: str, component: str) -> Procedure:
    return read_procedure(text, component) if text else Procedure("")


def _read_children(
    block: Block, keeper: Keeper
) -> tuple[Drug | None, tuple[Provider, ...], tuple[LineAdjudication, ...]]:
    if not block.blocks:
        return None, (), ()
    drug: Drug | None = None
    providers: list[tuple[str, Provider]] = []
    adjudications: list[LineAdjudication] = []
    seen: dict[str, int] = {}
    for child in block.blocks:
        occurrence = seen[child.id] = seen.get(child.id, 0) + 1
        if child.id == "2410":
            drug = _read_drug(child, keeper)
        elif child.id == "2430":
            adjudications.append(_read_adjudication(child, keeper, occurrence))
        elif child.id == "2440":
            for elements in child.segments:
                keeper.keep(child.id, elements, occurrence)
        else:
            provider = read_provider_loop(child, keeper, occurrence)
            if provider is not None:
                providers.append((child.id, provider))
    return drug, in_guide_order(providers), tuple(adjudications)


def _read_drug(block: Block, keeper: Keeper) -> Drug:
    ndc, quantity, unit, prescription = "", ZERO, "", ""
    for elements in block.segments:
        if elements[0] == "LIN" and at(elements, 2) == "N4":
            ndc = at(elements, 3)
            keeper.rest(block.id, elements, frozenset({2, 3}))
        elif elements[0] == "CTP":
            quantity, unit = dollars(at(elements, 4)), at(elements, 5)
            keeper.rest(block.id, elements, frozenset({4, 5}))
        elif (
            elements[0] == "REF" and elements[1] == "XZ" and len(elements) == 3 and not prescription
        ):
            prescription = elements[2]
        else:
            keeper.keep(block.id, elements)
    return Drug(ndc, quantity, unit, prescription)


def _read_adjudication(block: Block, keeper: Keeper, occurrence: int) -> LineAdjudication:
    svd = block.segments[0]
    keeper.rest(block.id, svd, _SVD, occurrence)
    keeper.range_end(block.id, svd, 3, occurrence)
    adjustments: tuple[Adjustment, ...] = ()
    paid_on: date | None = None
    patient_owes: Decimal | None = None
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "CAS" and (found := read_adjustments(elements)) is not None:
            adjustments += found
        elif tag == "DTP" and at(elements, 2) == "D8" and paid_on is None and day(at(elements, 3)):
            paid_on = day(elements[3])
        elif (
            tag == "AMT"
            and at(elements, 1) == "EAF"
            and patient_owes is None
            and len(elements) == 3
        ):
            patient_owes = amount(elements[2])
        else:
            keeper.keep(block.id, elements, occurrence)
    bundled = at(svd, 6)
    return LineAdjudication(
        at(svd, 1), dollars(at(svd, 2)), _procedure(at(svd, 3), keeper.component), dollars(at(svd, 5)),
        adjustments, paid_on, whole(bundled) if bundled else None, patient_owes, at(svd, 4),
    )  # fmt: skip

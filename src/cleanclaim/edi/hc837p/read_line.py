"""Loop 2400 with all below it as a service line."""

from datetime import date
from decimal import Decimal

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
from cleanclaim.edi.hc837p.roles import read_provider_loop
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Drug, LineAdjudication, Procedure, ServiceLine
from cleanclaim.values.party import Provider, Reference
from cleanclaim.wire.x12.tree import Block

_SV1 = frozenset({1, 2, 3, 4, 5, 7, 9})
_SVD = frozenset({1, 2, 3, 5, 6})


def read_line(block: Block, component: str) -> ServiceLine:
    """What loop 2400 says."""
    keeper = Keeper(component)
    number = at(block.segments[0], 1)
    sv1: Elements = ["SV1"]
    service_from: date | None = None
    service_to: date | None = None
    control = authorization = ""
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "SV1":
            sv1 = elements
        elif tag == "DTP" and at(elements, 1) == "472" and service_from is None:
            service_from, service_to = days(at(elements, 2), at(elements, 3))
        elif tag == "REF" and (reference := read_reference(elements)):
            if reference.qualifier == "6R" and not control:
                control = reference.value
            elif reference.qualifier == "G1" and not authorization:
                authorization = reference.value
            else:
                references.append(reference)
        else:
            keeper.keep("2400", elements)
    if len(sv1) > 8:
        keeper.rest("2400", sv1, _SV1)
    procedure = read_procedure(at(sv1, 1), component)
    _keep_last_component(sv1, 1, keeper)
    drug, providers, adjudications = _read_children(block, keeper)
    pointers = at(sv1, 7).split(component) if at(sv1, 7) else []
    return ServiceLine(
        whole(number),
        procedure,
        dollars(at(sv1, 2)),
        dollars(at(sv1, 4)),
        service_from,
        service_to,
        at(sv1, 3),
        at(sv1, 5),
        tuple([whole(p) for p in pointers]),
        at(sv1, 9) == "Y",
        control,
        authorization,
        drug,
        providers,
        adjudications,
        tuple(references),
        keeper.taken(),
    )


def _keep_last_component(elements: Elements, number: int, keeper: Keeper) -> None:
    """The eighth component of a procedure (end of a range) has no field of its own."""
    parts = at(elements, number).split(keeper.component)
    if len(parts) > 7 and parts[7]:
        text = keeper.component.join([""] * 7 + [parts[7]])
        keeper.keep("2400", [elements[0], *[""] * (number - 1), text])


def _read_children(
    block: Block, keeper: Keeper
) -> tuple[Drug | None, tuple[Provider, ...], tuple[LineAdjudication, ...]]:
    if not block.blocks:
        return None, (), ()
    drug: Drug | None = None
    providers: list[Provider] = []
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
                providers.append(provider)
    return drug, tuple(providers), tuple(adjudications)


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
    procedure = read_procedure(at(svd, 3), keeper.component) if at(svd, 3) else Procedure("")
    bundled = at(svd, 6)
    return LineAdjudication(
        at(svd, 1), dollars(at(svd, 2)), procedure, dollars(at(svd, 5)), adjustments, paid_on,
        whole(bundled) if bundled else None, patient_owes,
    )  # fmt: skip

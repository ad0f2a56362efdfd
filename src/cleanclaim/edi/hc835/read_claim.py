"""Loop 2100 with its lines as a claim payment."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from cleanclaim.edi.fields import (
    Elements,
    Keeper,
    amount,
    at,
    day,
    dollars,
    padded,
    read_adjustments,
    read_procedure,
    read_reference,
)
from cleanclaim.edi.parties import person_of_name
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import Carried
from cleanclaim.values.party import Person, Provider, Reference, Role
from cleanclaim.values.remittance import ClaimPayment, LinePayment
from cleanclaim.wire.x12.tree import Block

_CLP = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9})
_PEOPLE = {"QC": "patient", "IL": "subscriber", "74": "corrected_patient"}
_MOA_REMARKS = (3, 4, 5, 6, 7)
MIA_REMARKS = (5, 20, 21, 22, 23)
_DATES = {"232": "service_from", "233": "service_to", "050": "received_on"}
_AMOUNTS = {"AU": "allowed", "I": "interest"}


def read_claim(block: Block, component: str, above: tuple[Carried, ...]) -> ClaimPayment:
    """What loop 2100 says. `above` are the segments of its LX level, if it is the first claim there."""
    keeper = Keeper(component, list(above))
    clp = block.segments[0]
    if len(clp) > 10:
        keeper.rest("2100", clp, _CLP)
    own: dict[str, object] = {}
    adjustments: tuple[Adjustment, ...] = ()
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "CAS" and (found := read_adjustments(elements)) is not None:
            adjustments += found
        elif tag == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        elif tag in ("NM1", "DTM", "AMT", "MOA", "MIA") and _read_part(elements, own, keeper):
            continue
        else:
            keeper.keep("2100", elements)
    own["lines"] = tuple([read_line(child, component) for child in block.blocks])
    _, number, status, charge, paid, owed, filing, payer_number, place, frequency = padded(clp, 10)
    return ClaimPayment(
        number,
        status,
        dollars(charge),
        dollars(paid),
        dollars(owed),
        filing,
        payer_number,
        place,
        frequency,
        adjustments=adjustments,
        references=tuple(references),
        carried=keeper.taken(),
        **own,  # type: ignore[arg-type]
    )


def _read_part(elements: Elements, own: dict[str, object], keeper: Keeper) -> bool:
    """Put the segment into a typed field; False where there is none for it or it is taken."""
    tag, code = elements[0], at(elements, 1)
    if tag == "NM1":
        name = _PEOPLE.get(code)
        if name and name not in own:
            own[name] = _read_person(elements, keeper)
            return True
        if code == "82" and "rendering" not in own:
            own["rendering"] = _read_rendering(elements, keeper)
            return True
    elif tag == "DTM" and len(elements) == 3:
        name = _DATES.get(code)
        if name and name not in own and day(elements[2]):
            own[name] = day(elements[2])
            return True
    elif tag == "AMT" and len(elements) == 3:
        name = _AMOUNTS.get(code)
        if name and name not in own and amount(elements[2]) is not None:
            own[name] = amount(elements[2])
            return True
    elif tag in ("MOA", "MIA") and "remark_codes" not in own:
        return _read_remarks(elements, own, keeper)
    return False


def _read_remarks(elements: Elements, own: dict[str, object], keeper: Keeper) -> bool:
    places = _MOA_REMARKS if elements[0] == "MOA" else MIA_REMARKS
    codes = [at(elements, number) for number in places]
    found = tuple(code for code in codes if code)
    # A gap between codes could not be written again.
    if not found or tuple(codes[: len(found)]) != found:
        return False
    own["remark_codes"] = found
    if elements[0] == "MIA":
        left = ["" if number in places else value for number, value in enumerate(elements)]
        keeper.keep("2100", left)
    else:
        keeper.rest("2100", elements, frozenset(places))
    return True


def _read_person(elements: Elements, keeper: Keeper) -> Person:
    person = person_of_name(elements, keeper, "2100")
    # Most people are people (NM102 = 1); an organization, or an id type without an id, is carried.
    if at(elements, 2) != "1" or (at(elements, 8) and not at(elements, 9)):
        left = [elements[0], elements[1], at(elements, 2) if at(elements, 2) != "1" else "", *[""] * 5,
                at(elements, 8) if not at(elements, 9) else ""]  # fmt: skip
        keeper.keep("2100", left)
    return person


def _read_rendering(elements: Elements, keeper: Keeper) -> Provider:
    if len(elements) == 10 and elements[8] == "XX" and elements[9] and not elements[6]:
        return _plain_rendering(*elements[2:6], elements[7], elements[9])
    qualifier, value = at(elements, 8), at(elements, 9)
    npi = value if qualifier == "XX" else ""
    tin = value if qualifier == "FI" else ""
    left = [elements[0], elements[1], *elements[2:]]
    for number in (2, 3, 4, 5, 7, *((8, 9) if npi or tin else ())):
        if number < len(left):
            left[number] = ""
    if any(left[2:]):
        keeper.keep("2100", left)
    return Provider(
        Role.RENDERING, at(elements, 3), at(elements, 4), at(elements, 5), at(elements, 7), at(elements, 2) == "1",
        npi, tin,
    )  # fmt: skip


@lru_cache(maxsize=5_000)
def _plain_rendering(
    kind: str, last: str, first: str, middle: str, suffix: str, npi: str
) -> Provider:
    return Provider(Role.RENDERING, last, first, middle, suffix, kind == "1", npi)


def read_line(block: Block, component: str) -> LinePayment:
    """What loop 2110 says."""
    keeper = Keeper(component)
    svc = block.segments[0]
    _, procedure, charge, paid, revenue, quantity, billed, billed_quantity = padded(svc, 8)
    keeper.range_end("2110", svc, 1)
    if billed:
        keeper.range_end("2110", svc, 6)
    service_from, service_to = _read_days(block, keeper)
    adjustments: tuple[Adjustment, ...] = ()
    references: list[Reference] = []
    remarks: list[str] = []
    control = ""
    allowed: Decimal | None = None
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "CAS" and (found := read_adjustments(elements)) is not None:
            adjustments += found
        elif tag == "REF" and (reference := read_reference(elements)):
            if reference.qualifier == "6R" and not control:
                control = reference.value
            else:
                references.append(reference)
        elif tag == "AMT" and at(elements, 1) == "B6" and allowed is None and len(elements) == 3:
            allowed = amount(elements[2])
        elif tag == "LQ" and at(elements, 1) == "HE" and len(elements) == 3:
            remarks.append(elements[2])
        elif tag != "DTM":
            keeper.keep("2110", elements)
    submitted = read_procedure(billed, component) if billed else None
    return LinePayment(
        read_procedure(procedure, component), dollars(charge), dollars(paid), amount(quantity), submitted,
        amount(billed_quantity), service_from, service_to, adjustments, allowed, tuple(remarks), control,
        tuple(references), keeper.taken(), revenue,
    )  # fmt: skip


def _read_days(block: Block, keeper: Keeper) -> tuple[date | None, date | None]:
    """Days of service: DTM*472, or the pair 150 and 151; anything else is carried."""
    dates = [e for e in block.segments if e[0] == "DTM"]
    if (
        len(dates) == 1
        and len(dates[0]) == 3
        and dates[0][1] == "472"
        and (one := day(dates[0][2]))
    ):
        return one, None
    found: dict[str, Elements] = {}
    for elements in dates:
        if len(elements) == 3 and day(elements[2]):
            found.setdefault(elements[1], elements)
    codes = ("472",) if "472" in found else ("150", "151")
    used = [found[code] for code in codes] if found.keys() >= set(codes) else []
    for elements in dates:
        if not any(elements is one for one in used):
            keeper.keep("2110", elements)
    first, last, *_ = (*(day(elements[2]) for elements in used), None, None)
    return first, last

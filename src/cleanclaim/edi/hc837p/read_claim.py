"""Loop 2300 with all below it as a claim."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.edi.fields import (
    ZERO,
    Elements,
    Keeper,
    amount,
    at,
    day,
    dollars,
    read_adjustments,
    read_reference,
)
from cleanclaim.edi.hc837p.read_line import read_line
from cleanclaim.edi.hc837p.roles import read_provider_loop
from cleanclaim.edi.parties import read_payer, read_person
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.claim import (
    Carried,
    Claim,
    Diagnosis,
    OtherCoverage,
    Purpose,
    ServiceLine,
    Subscriber,
)
from cleanclaim.values.party import Payer, Person, Provider, Reference
from cleanclaim.wire.x12.tree import Block

_CLM = frozenset({1, 2, 5, 6, 7, 8, 9, 11, 12, 20})
_SBR = frozenset({1, 2, 3, 4, 5, 9})
_DIAGNOSES = ("ABK", "ABF", "BK", "BF")
_OTHER_PROVIDERS = ("2330C", "2330D", "2330E", "2330F", "2330G")


@dataclass(slots=True)
class ClaimParts:
    """A claim without what stands above it in the hierarchy."""

    own: dict[str, object]
    carried: tuple[Carried, ...]

    def finished(
        self,
        *,
        billing: Provider,
        pay_to: Provider | None,
        subscriber: Subscriber,
        payer: Payer,
        patient: Person | None,
        patient_relationship: str,
        purpose: Purpose,
        carried_above: tuple[Carried, ...],
    ) -> Claim:
        """The claim. `carried_above` are the segments of the levels above, theirs first."""
        return Claim(
            billing=billing,
            pay_to=pay_to,
            subscriber=subscriber,
            payer=payer,
            patient=patient,
            patient_relationship=patient_relationship,
            purpose=purpose,
            carried=carried_above + self.carried,
            **self.own,  # type: ignore[arg-type]
        )


def read_claim(block: Block, component: str) -> ClaimParts:
    """What loop 2300 says."""
    keeper = Keeper(component)
    own = _read_clm(block.segments[0], keeper)
    dates: list[tuple[str, date]] = []
    references: list[Reference] = []
    diagnoses: tuple[Diagnosis, ...] = ()
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "REF":
            _read_claim_reference(elements, own, references, keeper)
        elif tag == "HI" and not diagnoses:
            diagnoses = _read_diagnoses(elements, component)
            if not diagnoses:
                keeper.keep("2300", elements)
        elif tag == "DTP" and at(elements, 2) == "D8" and (when := day(at(elements, 3))):
            dates.append((elements[1], when))
        elif (
            tag == "AMT"
            and at(elements, 1) == "F5"
            and len(elements) == 3
            and "patient_paid" not in own
        ):
            own["patient_paid"] = dollars(elements[2])
        else:
            keeper.keep("2300", elements)
    own["dates"], own["references"], own["diagnoses"] = tuple(dates), tuple(references), diagnoses
    _read_children(block, own, keeper)
    return ClaimParts(own, keeper.taken())


def _read_children(block: Block, own: dict[str, object], keeper: Keeper) -> None:
    providers: list[Provider] = []
    others: list[OtherCoverage] = []
    lines: list[ServiceLine] = []
    seen: dict[str, int] = {}
    for child in block.blocks:
        if child.id == "2400":
            lines.append(read_line(child, keeper.component))
        elif child.id == "2320":
            others.append(_read_other_coverage(child, keeper.component))
        else:
            seen[child.id] = seen.get(child.id, 0) + 1
            provider = read_provider_loop(child, keeper, seen[child.id])
            if provider is not None:
                providers.append(provider)
    own["providers"], own["other_coverages"], own["lines"] = (
        tuple(providers),
        tuple(others),
        tuple(lines),
    )


def _read_clm(elements: Elements, keeper: Keeper) -> dict[str, object]:
    component = keeper.component
    place, facility, frequency = ([*at(elements, 5).split(component), "", "", ""])[:3]
    own: dict[str, object] = {
        "control_number": at(elements, 1),
        "charge": dollars(at(elements, 2)),
        "place_of_service": place,
        "facility_qualifier": facility,
        "frequency_code": frequency,
        "provider_signature": at(elements, 6),
        "assignment": at(elements, 7),
        "benefits_assigned": at(elements, 8),
        "release_of_information": at(elements, 9),
    }
    if len(elements) > 10:
        if elements[10] or len(elements) > 13:
            keeper.rest("2300", elements, _CLM)
        causes = at(elements, 11).split(component) if at(elements, 11) else []
        if causes:
            own["accident_causes"] = tuple(cause for cause in causes[:3] if cause)
            own["accident_state"] = at(causes, 3)
            if at(causes, 4):
                country = component.join(("", "", "", "", causes[4]))
                keeper.keep("2300", ["CLM", *[""] * 10, country])
        own["special_program"], own["delay_reason"] = at(elements, 12), at(elements, 20)
    return own


_CLAIM_REFERENCES = {
    "G1": "authorization_number",
    "9F": "referral_number",
    "F8": "original_payer_number",
    "D9": "clearinghouse_number",
}


def _read_claim_reference(
    elements: Elements, own: dict[str, object], references: list[Reference], keeper: Keeper
) -> None:
    reference = read_reference(elements)
    if reference is None:
        keeper.keep("2300", elements)
        return
    name = _CLAIM_REFERENCES.get(reference.qualifier)
    if name and name not in own:
        own[name] = reference.value
    else:
        references.append(reference)


def _read_diagnoses(elements: Elements, component: str) -> tuple[Diagnosis, ...]:
    found = []
    for text in elements[1:]:
        qualifier, _, code = text.partition(component)
        if qualifier not in _DIAGNOSES or not code or component in code:
            return ()
        found.append(Diagnosis(code, qualifier))
    return tuple(found)


def _read_other_coverage(block: Block, component: str) -> OtherCoverage:
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
            and at(elements, 1) in ("D", "A8", "EAF")
            and amount(at(elements, 2)) is not None
        ):
            amounts[elements[1]] = amount(elements[2]) or ZERO
        elif tag == "OI":
            assigned, release = at(elements, 3), at(elements, 6)
            keeper.rest("2320", elements, frozenset({3, 6}))
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
        elif child.id in _OTHER_PROVIDERS:
            seen[child.id] = seen.get(child.id, 0) + 1
            for elements in child.segments:
                keeper.keep(child.id, elements, seen[child.id])
    subscriber = Subscriber(
        person,
        at(sbr, 1),
        at(sbr, 2),
        at(sbr, 3),
        at(sbr, 4),
        at(sbr, 9),
        at(sbr, 5),
        is_organization,
    )
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

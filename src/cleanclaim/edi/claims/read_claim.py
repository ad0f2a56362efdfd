"""Loop 2300 with all below it: what the three 837s read alike, each with its own details."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from cleanclaim.edi.claims.read_coverage import read_other_coverage
from cleanclaim.edi.claims.roles import in_guide_order, read_provider_loop
from cleanclaim.edi.fields import Elements, Keeper, at, day, dollars, padded, read_reference
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

_DIAGNOSES = ("ABK", "ABF", "BK", "BF", "TQ")
_NAMED_REFERENCES = {
    "G1": "authorization_number",
    "9F": "referral_number",
    "F8": "original_payer_number",
    "D9": "clearinghouse_number",
}


class Details(Protocol):
    """What one kind of claim makes of its own segments in loop 2300."""

    def take(self, elements: Elements) -> bool:
        """Whether the segment now is in a field."""

    def fields(self) -> dict[str, object]:
        """The claim's fields from what was taken."""


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """How one of the 837s reads its claims.

    Attributes:
        clm: elements of CLM that fields hold.
        tags: segments of loop 2300 that `details` is asked about first.
        details: makes one for each claim.
    """

    clm: frozenset[int]
    tags: frozenset[str]
    details: Callable[[Keeper], Details]
    read_line: Callable[[Block, str], ServiceLine]


class Diagnoses:
    """The one HI of a professional or dental claim."""

    __slots__ = ("component", "found")

    def __init__(self, keeper: Keeper) -> None:
        self.component = keeper.component
        self.found: tuple[Diagnosis, ...] = ()

    def take(self, elements: Elements) -> bool:
        """Whether the diagnoses of this HI now are ours."""
        if self.found:
            return False
        found = [_read_diagnosis(text, self.component) for text in elements[1:]]
        if None in found:
            return False
        self.found = tuple(found)  # type: ignore[arg-type]
        return True

    def fields(self) -> dict[str, object]:
        """The claim's diagnoses."""
        return {"diagnoses": self.found}


@lru_cache(maxsize=20_000)
def _read_diagnosis(text: str, component: str) -> Diagnosis | None:
    qualifier, _, code = text.rstrip(component).partition(component)
    if qualifier not in _DIAGNOSES or not code or component in code:
        return None
    return Diagnosis(code, qualifier)


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


def read_claim(block: Block, component: str, kind: ClaimKind) -> ClaimParts:
    """What loop 2300 says."""
    keeper = Keeper(component)
    details = kind.details(keeper)
    own = _read_clm(block.segments[0], keeper, kind.clm)
    dates: list[tuple[str, date]] = []
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "REF":
            _read_claim_reference(elements, own, references, keeper)
        elif tag in kind.tags and details.take(elements):
            continue
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
    own["dates"], own["references"] = tuple(dates), tuple(references)
    if "CLM" in kind.tags:
        details.take(block.segments[0])
    own |= details.fields()
    _read_children(block, own, keeper, kind)
    return ClaimParts(own, keeper.taken())


def _read_children(block: Block, own: dict[str, object], keeper: Keeper, kind: ClaimKind) -> None:
    providers: list[tuple[str, Provider]] = []
    others: list[OtherCoverage] = []
    lines: list[ServiceLine] = []
    seen: dict[str, int] = {}
    for child in block.blocks:
        if child.id == "2400":
            lines.append(kind.read_line(child, keeper.component))
        elif child.id == "2320":
            others.append(read_other_coverage(child, keeper.component))
        else:
            seen[child.id] = seen.get(child.id, 0) + 1
            provider = read_provider_loop(child, keeper, seen[child.id])
            if provider is not None:
                providers.append((child.id, provider))
    own["providers"], own["other_coverages"] = in_guide_order(providers), tuple(others)
    own["lines"] = tuple(lines)


def _read_clm(elements: Elements, keeper: Keeper, typed: frozenset[int]) -> dict[str, object]:
    component = keeper.component
    _, number, charge, _, _, setting, signature, assignment, assigned, release = padded(
        elements, 10
    )
    place, facility, frequency = padded(setting.split(component), 3)
    own: dict[str, object] = {
        "control_number": number,
        "charge": dollars(charge),
        "place_of_service": place,
        "facility_qualifier": facility,
        "frequency_code": frequency,
        "assignment": assignment,
        "benefits_assigned": assigned,
        "release_of_information": release,
    }
    keeper.rest("2300", elements, typed)
    if 6 in typed:
        own["provider_signature"] = signature
    if len(elements) > 10:
        if 10 in typed:
            own["signature_source"] = elements[10]
        if 11 in typed:
            _read_accident(at(elements, 11), own, keeper)
            own["special_program"] = at(elements, 12)
        own["delay_reason"] = at(elements, 20)
    return own


def _read_accident(text: str, own: dict[str, object], keeper: Keeper) -> None:
    if not text:
        return
    causes = text.split(keeper.component)
    own["accident_causes"] = tuple(cause for cause in causes[:3] if cause)
    own["accident_state"] = at(causes, 3)
    if at(causes, 4):
        country = keeper.component.join(("", "", "", "", causes[4]))
        keeper.keep("2300", ["CLM", *[""] * 10, country])


def _read_claim_reference(
    elements: Elements, own: dict[str, object], references: list[Reference], keeper: Keeper
) -> None:
    reference = read_reference(elements)
    if reference is None:
        keeper.keep("2300", elements)
        return
    name = _NAMED_REFERENCES.get(reference.qualifier)
    if name and name not in own:
        own[name] = reference.value
    else:
        references.append(reference)

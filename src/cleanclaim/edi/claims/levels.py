"""From a walked 837 to claims, one at a time, in the order sent; and the head of its batch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.edi.claims.read_claim import ClaimParts
from cleanclaim.edi.claims.values import Batch, Correspondent
from cleanclaim.edi.fields import Elements, Keeper, at, day, padded, read_contact
from cleanclaim.edi.parties import read_payer, read_person, read_provider
from cleanclaim.values.claim import Carried, Claim, Purpose, Subscriber
from cleanclaim.values.party import Payer, Person, Provider, Role
from cleanclaim.wire.x12.tree import Block, leaves
from cleanclaim.wire.x12.walker import Walk

_PURPOSES = {purpose.value: purpose for purpose in Purpose}
_NO_DAY = date(1, 1, 1)
LEAF = "2300"
_SBR = frozenset({1, 2, 3, 4, 5, 9})
_SBR_OF_OTHER_PATIENT = frozenset({1, 3, 4, 5, 9})
_HEAD_LOOPS = frozenset({"1000A", "1000B"})


@dataclass(frozen=True, slots=True)
class _Billing:
    provider: Provider
    pay_to: Provider | None
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class _Coverage:
    subscriber: Subscriber
    payer: Payer
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class _Patient:
    person: Person
    relationship: str
    carried: tuple[Carried, ...]


ReadClaim = Callable[[Block, str], ClaimParts]


def read_claims(result: Walk, read_claim: ReadClaim) -> Iterator[tuple[int, Claim]]:
    """Each claim with the segment number of its CLM; `read_claim` reads a 2300. Memory is bounded by one claim."""
    component = result.delimiters.component
    for path in leaves(result, LEAF):
        yield path[-1].position, read_path(path, component, read_claim)


def read_path(path: list[Block], component: str, read_claim: ReadClaim) -> Claim:
    """The claim of the last block, a 2300, with what the blocks above it say."""
    root, claim_block = path[0], path[-1]
    if root.value is None:
        root.value = _purpose(root)
    purpose = root.value
    assert isinstance(purpose, Purpose)
    billing, coverage, patient = _above(path, component)
    claim = read_claim(claim_block, component)
    carried = billing.carried + coverage.carried
    if patient is not None:
        carried += patient.carried
    return claim.finished(
        billing=billing.provider,
        pay_to=billing.pay_to,
        subscriber=coverage.subscriber,
        payer=coverage.payer,
        patient=patient.person if patient else None,
        patient_relationship=patient.relationship if patient else "",
        purpose=purpose,
        carried_above=carried,
    )


def _above(path: list[Block], component: str) -> tuple[_Billing, _Coverage, _Patient | None]:
    patient_block = path[3] if len(path) > 4 else None
    billing_block, coverage_block = path[1], path[2]
    if billing_block.value is None:
        billing_block.value = _read_billing(billing_block, component)
    if patient_block is not None and patient_block.value is None:
        patient_block.value = _read_patient(patient_block, component)
    patient = patient_block.value if patient_block else None
    assert patient is None or isinstance(patient, _Patient)
    # Claims of the subscriber and of a dependant may stand under the same HL 22.
    relationship = patient.relationship if patient else ""
    known = coverage_block.value if isinstance(coverage_block.value, dict) else {}
    coverage_block.value = known
    if relationship not in known:
        known[relationship] = _read_coverage(coverage_block, patient, component)
    billing, coverage = billing_block.value, known[relationship]
    assert isinstance(billing, _Billing) and isinstance(coverage, _Coverage)
    return billing, coverage, patient


def read_batch(result: Walk) -> Batch:
    """The head of the message."""
    keeper = Keeper(result.delimiters.component)
    root = _head(result)
    reference, created_on, created_at, transaction_type = "", _NO_DAY, "", "00"
    for elements in root.segments[1:]:
        if elements[0] == "BHT":
            reference, transaction_type = at(elements, 3), at(elements, 2)
            created_on, created_at = day(at(elements, 4)) or _NO_DAY, at(elements, 5)
        else:
            keeper.keep(root.id, elements)
    submitter = receiver = Correspondent("", "")
    for block in root.blocks:
        if block.id == "1000A":
            submitter = _correspondent(block, keeper)
        elif block.id == "1000B":
            receiver = _correspondent(block, keeper)
    return Batch(
        reference,
        created_on,
        submitter,
        receiver,
        _purpose(root),
        created_at,
        transaction_type,
        keeper.taken(),
    )


def _head(result: Walk) -> Block:
    """The message without its hierarchical levels."""
    root = Block(result.places[0].loop_id if result.places[0] else "837", 1, [])
    separator = result.delimiters.element
    for raw, place in zip(result.segments, result.places, strict=True):
        if place is None:
            continue
        if place.tag == "HL":
            break
        elements = raw.split(separator)
        if place.loop_id not in _HEAD_LOOPS:
            root.segments.append(elements)
        elif place.starts_loop:
            root.blocks.append(Block(place.loop_id, 0, [elements]))
        else:
            root.blocks[-1].segments.append(elements)
    return root


def _purpose(root: Block) -> Purpose:
    for elements in root.segments:
        if elements[0] == "BHT":
            return _PURPOSES.get(at(elements, 6), Purpose.CHARGEABLE)
    return Purpose.CHARGEABLE


def _correspondent(block: Block, keeper: Keeper) -> Correspondent:
    name = block.segments[0]
    keeper.rest(block.id, name, frozenset({1, 2, 3, 4, 5, 8, 9}))
    contact = None
    for elements in block.segments[1:]:
        if contact is None and elements[0] == "PER":
            contact = read_contact(elements)
        else:
            keeper.keep(block.id, elements)
    return Correspondent(
        at(name, 3), at(name, 9), contact, at(name, 2) == "1", at(name, 4), at(name, 5)
    )


def _read_billing(block: Block, component: str) -> _Billing:
    keeper = Keeper(component)
    taxonomy = ""
    for elements in block.segments[1:]:
        if elements[0] == "PRV" and len(elements) == 4 and elements[1] == "BI":
            taxonomy = elements[3]
        else:
            keeper.keep(block.id, elements)
    provider, pay_to = Provider(Role.BILLING, ""), None
    for child in block.blocks:
        if child.id == "2010AA":
            provider = replace(read_provider(child, Role.BILLING, keeper), taxonomy=taxonomy)
        elif child.id == "2010AB":
            pay_to = read_provider(child, Role.PAY_TO, keeper)
        elif child.id == "2010AC":
            for elements in child.segments:
                keeper.keep(child.id, elements)
    return _Billing(provider, pay_to, keeper.taken())


def _read_coverage(block: Block, patient: _Patient | None, component: str) -> _Coverage:
    keeper = Keeper(component)
    sbr: Elements = ["SBR"]
    died_on = None
    for elements in block.segments[1:]:
        if elements[0] == "SBR":
            sbr = elements
            keeper.rest(block.id, elements, _SBR_OF_OTHER_PATIENT if patient else _SBR)
        elif elements[0] == "PAT" and at(elements, 5) == "D8" and day(at(elements, 6)):
            died_on = day(elements[6])
            keeper.rest(block.id, elements, frozenset({5, 6}))
        else:
            keeper.keep(block.id, elements)
    person, payer, is_organization = Person(""), Payer("", ""), False
    for child in block.blocks:
        if child.id == "2010BA":
            person = read_person(child, keeper)
            is_organization = at(child.segments[0], 2) == "2"
        elif child.id == "2010BB":
            payer = read_payer(child, keeper)
    if died_on:
        person = replace(person, died_on=died_on)
    _, order, relationship, group, group_name, insurance, _, _, _, filing = padded(sbr, 10)
    subscriber = Subscriber(
        person, order, patient.relationship if patient else relationship, group, group_name, filing, insurance,
        is_organization,
    )  # fmt: skip
    return _Coverage(subscriber, payer, keeper.taken())


def _read_patient(block: Block, component: str) -> _Patient:
    keeper = Keeper(component)
    relationship, died_on = "", None
    for elements in block.segments[1:]:
        if elements[0] == "PAT":
            relationship = at(elements, 1)
            died_on = day(at(elements, 6)) if at(elements, 5) == "D8" else None
            keeper.rest(block.id, elements, frozenset({1, 5, 6} if died_on else {1}))
        else:
            keeper.keep(block.id, elements)
    person = Person("")
    for child in block.blocks:
        if child.id == "2010CA":
            person = read_person(child, keeper)
    if died_on:
        person = replace(person, died_on=died_on)
    return _Patient(person, relationship, keeper.taken())

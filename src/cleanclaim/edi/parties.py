"""NM1 loops as people, providers and payers, and back."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from cleanclaim.edi.fields import (
    Keeper,
    at,
    day,
    padded,
    read_address,
    read_contact,
    read_reference,
)
from cleanclaim.edi.writing import (
    LoopWriter,
    add_address,
    add_contact,
    add_reference,
    add_references,
)
from cleanclaim.values.party import Contact, Payer, Person, Provider, Reference, Role
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.writer import clean_segment, day8, refuse_controls

_NAME = frozenset({1, 2, 3, 4, 5, 7, 8, 9})
_NAME_ONLY = frozenset({1, 2, 3, 4, 5, 7})
_BIRTH = frozenset({1, 2, 3})
_ADDRESS_TAGS = ("N3", "N4")
_TAX_IDS = ("EI", "SY")
# PRV01 of a provider's specialty; of all others it is PE.
_SPECIALTIES = {Role.ATTENDING: "AT", Role.REFERRING: "RF", Role.ASSISTANT_SURGEON: "AS"}


def read_person(block: Block, keeper: Keeper, *, occurrence: int = 1) -> Person:
    """The person of a loop that begins with NM1."""
    name = block.segments[0]
    if len(name) > 10 or at(name, 6):
        keeper.rest(block.id, name, _NAME, occurrence)
    _, _, _, last, first, middle, _, suffix, qualifier, member_id = padded(name, 10)
    born_on: date | None = None
    sex = ""
    references: list[Reference] = []
    for elements in block.segments[1:]:
        tag = elements[0]
        if tag == "DMG":
            if at(elements, 1) == "D8" and day(at(elements, 2)) and born_on is None:
                born_on, sex = day(elements[2]), at(elements, 3)
                if len(elements) > 4:
                    keeper.rest(block.id, elements, _BIRTH, occurrence)
            else:
                keeper.keep(block.id, elements, occurrence)
        elif tag == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        elif tag not in _ADDRESS_TAGS:
            keeper.keep(block.id, elements, occurrence)
    address = read_address(block, keeper, occurrence) if len(block.segments) > 1 else None
    return Person(
        last, first, middle, suffix, born_on, sex, None, address, member_id, qualifier or "MI", tuple(references)
    )  # fmt: skip


def person_of_name(elements: list[str], keeper: Keeper, loop: str, occurrence: int = 1) -> Person:
    """The person of a lone NM1."""
    if len(elements) > 10 or at(elements, 6):
        keeper.rest(loop, elements, _NAME, occurrence)
    _, _, _, last, first, middle, _, suffix, qualifier, member_id = padded(elements, 10)
    return Person(last, first, middle, suffix, member_id=member_id, id_qualifier=qualifier or "MI")


def read_provider(block: Block, role: Role, keeper: Keeper, *, occurrence: int = 1) -> Provider:
    """The provider of a loop that begins with NM1. Tax ids become `tin` in the billing loop only."""
    name = block.segments[0]
    _, _, kind, last, first, middle, prefix, suffix, qualifier, npi = padded(name, 10)
    has_npi = qualifier == "XX"
    if len(name) > 10 or prefix or (not has_npi and npi):
        keeper.rest(block.id, name, _NAME if has_npi else _NAME_ONLY, occurrence)
    tin, tin_qualifier, taxonomy = "", "EI", ""
    contact: Contact | None = None
    references: list[Reference] = []
    address = None
    if len(block.segments) > 1:
        address = read_address(block, keeper, occurrence)
        for elements in block.segments[1:]:
            tag = elements[0]
            reference = read_reference(elements) if tag == "REF" else None
            if reference and role is Role.BILLING and not tin and reference.qualifier in _TAX_IDS:
                tin, tin_qualifier = reference.value, reference.qualifier
            elif reference:
                references.append(reference)
            elif (
                tag == "PRV"
                and elements[1:3] == [_SPECIALTIES.get(role, "PE"), "PXC"]
                and len(elements) == 4
                and not taxonomy
            ):
                taxonomy = elements[3]
            elif (
                tag == "PER" and contact is None and at(elements, 1) == "IC" and len(elements) <= 9
            ):
                contact = read_contact(elements)
            elif tag not in _ADDRESS_TAGS:
                keeper.keep(block.id, elements, occurrence)
    return Provider(
        role, last, first, middle, suffix, kind == "1", npi if has_npi else "", tin, tin_qualifier, taxonomy,
        address, contact, tuple(references),
    )  # fmt: skip


def read_payer(block: Block, keeper: Keeper, *, occurrence: int = 1) -> Payer:
    """The payer of a loop that begins with NM1*PR."""
    name = block.segments[0]
    if len(name) == 10 and len(block.segments) == 1 and not any(name[4:8]):
        return _plain_payer(name[3], name[9], name[8] or "PI")
    if len(name) > 10 or any(name[4:8]):
        keeper.rest(block.id, name, frozenset({1, 2, 3, 8, 9}), occurrence)
    address = read_address(block, keeper, occurrence) if len(block.segments) > 1 else None
    references: list[Reference] = []
    for elements in block.segments[1:]:
        if elements[0] == "REF" and (reference := read_reference(elements)):
            references.append(reference)
        elif elements[0] not in _ADDRESS_TAGS:
            keeper.keep(block.id, elements, occurrence)
    return Payer(at(name, 3), at(name, 9), at(name, 8) or "PI", address, None, tuple(references))


@lru_cache(maxsize=2_000)
def _plain_payer(name: str, payer_id: str, qualifier: str) -> Payer:
    return Payer(name, payer_id, qualifier)


def add_person(
    loop: LoopWriter, code: str, person: Person, *, is_organization: bool = False
) -> None:
    """NM1, N3, N4, DMG and REF of a person."""
    loop.add(*person_name(code, person, is_organization=is_organization))
    add_address(loop, person.address)
    if person.born_on:
        if not person.sex.isprintable():
            refuse_controls("DMG", person.sex)
        loop.out.append(clean_segment(("DMG", "D8", day8(person.born_on), person.sex)))
    add_references(loop, person.references)


def person_name(code: str, person: Person, *, is_organization: bool = False) -> tuple[str, ...]:
    """NM1 of a person."""
    return (
        "NM1", code, "2" if is_organization else "1", person.last_name, person.first_name, person.middle_name,
        "", person.suffix, person.id_qualifier if person.member_id else "", person.member_id,
    )  # fmt: skip


def add_provider(loop: LoopWriter, provider: Provider) -> None:
    """NM1, PRV (where the loop has one), N3, N4, REF and PER of a provider."""
    loop.add(*provider_name(provider))
    if provider.taxonomy and loop.takes("PRV"):
        loop.add("PRV", _SPECIALTIES.get(provider.role, "PE"), "PXC", provider.taxonomy)
    add_address(loop, provider.address)
    if provider.tin and provider.role is Role.BILLING:
        add_reference(loop, provider.tin_qualifier, provider.tin)
    add_references(loop, provider.references)
    add_contact(loop, "IC", provider.contact)


def provider_name(provider: Provider) -> tuple[str, ...]:
    """NM1 of a provider."""
    return (
        "NM1", provider.role.value, "1" if provider.is_person else "2", provider.last_name, provider.first_name,
        provider.middle_name, "", provider.suffix, "XX" if provider.npi else "", provider.npi,
    )  # fmt: skip


def add_payer(loop: LoopWriter, payer: Payer) -> None:
    """NM1, N3, N4 and REF of a payer."""
    has_id = payer.id_qualifier if payer.payer_id else ""
    loop.add("NM1", "PR", "2", payer.name, "", "", "", "", has_id, payer.payer_id)
    add_address(loop, payer.address)
    add_references(loop, payer.references)


def without_id(person: Person) -> Person:
    """The person without a member id, as loops write it that have no room for one."""
    return replace(person, member_id="") if person.member_id else person

"""Let the plan know the members and providers of claims before they arrive (`--enroll`)."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from cleanclaim.apps.payer.members.services import NewMember, enroll_members
from cleanclaim.apps.payer.plans.services import NewProvider, enroll_providers
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.project.loop.prepare import defaults_of
from cleanclaim.project.loop.world import World
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Person


def enroll_from(
    world: World, claims: Sequence[Claim], *, received_on: date, setup: Path | None = None
) -> None:
    """Enroll every subscriber, patient and billing provider, covering the claims' days of service."""
    first_days: dict[str, date] = {}
    for claim in claims:
        day = claim.service_from or received_on
        key = claim.subscriber.person.member_id
        first_days[key] = min(day, first_days.get(key, day))
    defaults = defaults_of(setup)
    with tenant(world.plan.pk):
        enroll_members(list(_members(claims, first_days, defaults.plan_code)))
        enroll_providers(list(_providers(claims, received_on, defaults.contract_code)))


def _members(
    claims: Iterable[Claim], first_days: dict[str, date], plan_code: str
) -> Iterable[NewMember]:
    for claim in claims:
        holder = claim.subscriber.person
        if not holder.member_id:
            continue  # nobody can be enrolled without a number: the plan will not know them
        day = first_days[holder.member_id]
        yield _member(claim, holder, "18", day, plan_code)
        if claim.patient is not None:
            relationship = claim.patient_relationship or "G8"
            yield _member(claim, claim.patient, relationship, day, plan_code)


def _member(
    claim: Claim, person: Person, relationship: str, day: date, plan_code: str
) -> NewMember:
    return NewMember(
        member_id=claim.subscriber.person.member_id,
        last_name=person.last_name,
        first_name=person.first_name,
        middle_name=person.middle_name,
        suffix=person.suffix,
        born_on=person.born_on,
        sex=person.sex,
        relationship=relationship,
        group_number=claim.subscriber.group_number,
        valid_from=day,
        plan_code=plan_code,
    )


def _providers(
    claims: Iterable[Claim], received_on: date, contract_code: str
) -> Iterable[NewProvider]:
    first: dict[tuple[str, str], tuple[date, Claim]] = {}
    for claim in claims:
        key = (claim.billing.npi, claim.billing.tin)
        day = min(claim.service_from or received_on, received_on)
        if key not in first or day < first[key][0]:
            first[key] = (day, claim)
    for (npi, tin), (day, claim) in first.items():
        address = claim.billing.address
        yield NewProvider(
            npi=npi,
            tin=tin,
            name=claim.billing.full_name,
            valid_from=day,
            contract_code=contract_code,
            taxonomy=claim.billing.taxonomy,
            address_line=address.line_1 if address else "",
            city=address.city if address else "",
            state=address.state if address else "",
            zip_code=address.zip_code if address else "",
        )

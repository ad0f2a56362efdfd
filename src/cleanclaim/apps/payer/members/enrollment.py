"""Enroll whoever stands on claims, so that a file from anywhere finds its members and providers known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cleanclaim.apps.payer.members.services import SELF, NewMember, enroll_members
from cleanclaim.apps.payer.plans.services import NewProvider, enroll_providers
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Address, Person

# X12 relationship codes: `G8` is another relationship, for a patient loop that does not say which.
OTHER_RELATIONSHIP = "G8"


@dataclass(frozen=True, slots=True)
class EnrolledFromClaims:
    """How many were added."""

    providers: int
    members: int
    spans: int


def enroll_from_claims(
    claims: Iterable[Claim], *, plan_code: str, contract_code: str
) -> EnrolledFromClaims:
    """Know the claims' billing providers, subscribers and patients, from the year of their first service on.

    Who is known already stays as they are; their days reach back at most.

    Raises:
        ReferenceDataError: the plan or contract code is unknown.
    """
    providers: list[NewProvider] = []
    people: list[NewMember] = []
    for claim in claims:
        first_day = claim.service_from
        if first_day is None:
            continue
        since = date(first_day.year, 1, 1)
        providers.append(_provider(claim, since=since, contract_code=contract_code))
        people += _people(claim, since=since, plan_code=plan_code)
    added = enroll_providers(providers)
    enrolled = enroll_members(people)
    return EnrolledFromClaims(added, enrolled.members, enrolled.spans)


def _provider(claim: Claim, *, since: date, contract_code: str) -> NewProvider:
    billing = claim.billing
    address = billing.address or Address()
    return NewProvider(
        npi=billing.npi_key,
        tin=billing.tin_key,
        name=billing.full_name,
        valid_from=since,
        contract_code=contract_code,
        taxonomy=billing.taxonomy,
        address_line=address.line_1,
        city=address.city,
        state=address.state,
        zip_code=address.zip_code,
    )


def _people(claim: Claim, *, since: date, plan_code: str) -> list[NewMember]:
    subscriber = claim.subscriber
    member_id = subscriber.person.member_id
    people = [
        _member(subscriber.person, member_id, SELF, since, plan_code, subscriber.group_number)
    ]
    if claim.patient is not None:
        relationship = claim.patient_relationship or OTHER_RELATIONSHIP
        people.append(
            _member(
                claim.patient,
                member_id,
                OTHER_RELATIONSHIP if relationship == SELF else relationship,
                since,
                plan_code,
                subscriber.group_number,
            )
        )
    return people


def _member(
    person: Person, member_id: str, relationship: str, since: date, plan_code: str, group: str
) -> NewMember:
    return NewMember(
        member_id=member_id,
        last_name=person.last_name,
        first_name=person.first_name,
        middle_name=person.middle_name,
        suffix=person.suffix,
        born_on=person.born_on,
        sex=person.sex,
        relationship=relationship,
        valid_from=since,
        plan_code=plan_code,
        group_number=group,
    )

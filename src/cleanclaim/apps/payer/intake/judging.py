"""The front end over all claims of a file: form, provider, member, original; a few statements for all."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.apps.payer.intake.front_end import (
    OTHER_PAYER,
    Rejection,
    check_form,
    check_provider,
    match_patient,
)
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.payer.members.matching import KnownPerson, person_key
from cleanclaim.apps.payer.members.selectors import people_by_key, people_by_member_id
from cleanclaim.apps.payer.plans.selectors import (
    KnownProvider,
    known_npis,
    payer_profile,
    providers_by_identity,
)
from cleanclaim.values.claim import Claim, Frequency
from cleanclaim.values.party import Person


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim with who it is about, or why it is rejected."""

    claim: Claim
    rejection: Rejection | None
    member_id: int | None = None
    provider: KnownProvider | None = None
    original_id: int | None = None


def judge(claims: Sequence[Claim]) -> list[Judged]:
    """The front end's answer to each claim, in order."""
    pairs = {(claim.billing.npi_key, claim.billing.tin_key) for claim in claims}
    providers = providers_by_identity(pairs)
    unknown = {npi for npi, tin in pairs if npi and (npi, tin) not in providers}
    other_tin = known_npis(unknown) if unknown else set()
    people = _people(claims)
    originals = _originals(claims)
    profile = payer_profile()
    ours = None if profile.accepts_any_payer else profile.payer_id
    return [
        Judged(claim, OTHER_PAYER)
        if ours is not None and claim.payer.payer_id != ours
        else _judge(claim, providers, other_tin, people, originals)
        for claim in claims
    ]


@dataclass(frozen=True, slots=True)
class _People:
    by_id: dict[str, list[KnownPerson]]
    by_key: dict[str, list[KnownPerson]]


def _people(claims: Sequence[Claim]) -> _People:
    by_id = people_by_member_id({c.subscriber.person.member_id for c in claims} - {""})
    keys = set()
    for claim in claims:
        patient = claim.patient_person
        known = by_id.get(claim.subscriber.person.member_id, [])
        if patient.born_on is not None and not any(k.born_on == patient.born_on for k in known):
            keys.add(_key(patient))
    return _People(by_id, people_by_key(keys) if keys else {})


def _key(person: Person) -> str:
    return person_key(person.last_name, person.first_name, person.born_on)


Originals = dict[str, tuple[int, int | None, int | None]]


def _originals(claims: Sequence[Claim]) -> Originals:
    """(case, provider, member) by our number, for the numbers that corrected and void claims carry."""
    wanted = {c.original_payer_number for c in claims if corrects(c)} - {""}
    if not wanted:
        return {}
    rows = ClaimCase.objects.filter(icn__in=wanted)
    found = rows.values_list("icn", "id", "provider_id", "member_id")
    return {icn: (row_id, provider_id, member_id) for icn, row_id, provider_id, member_id in found}


def corrects(claim: Claim) -> bool:
    """Whether the claim is a corrected or void one, which names an earlier claim of ours."""
    return claim.frequency_code in (Frequency.CORRECTED, Frequency.VOID)


def _judge(
    claim: Claim,
    providers: dict[tuple[str, str], KnownProvider],
    other_tin: set[str],
    people: _People,
    originals: Originals,
) -> Judged:
    provider = providers.get((claim.billing.npi_key, claim.billing.tin_key))
    rejection = check_form(claim) or check_provider(
        is_known=provider is not None, npi_is_known=claim.billing.npi_key in other_tin
    )
    if rejection is not None:
        return Judged(claim, rejection)
    found = match_patient(
        claim,
        people.by_id.get(claim.subscriber.person.member_id, []),
        people.by_key.get(_key(claim.patient_person), []),
    )
    if isinstance(found, Rejection):
        return Judged(claim, found)
    original_id = None
    if corrects(claim) and claim.original_payer_number in originals:
        case_id, provider_id, member_id = originals[claim.original_payer_number]
        # Another provider's or another patient's claim is none that this one may take back.
        is_same = provider is not None and (provider_id, member_id) == (provider.id, found.id)
        original_id = case_id if is_same else None
    return Judged(claim, None, found.id, provider, original_id)

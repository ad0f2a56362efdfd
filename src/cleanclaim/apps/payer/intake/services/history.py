"""Claims that were paid, or were in process, before this system knew of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.payer.intake.judging import judge
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.payer.intake.writing import Source, write_cases
from cleanclaim.apps.payer.members.selectors import people_by_member_id
from cleanclaim.apps.payer.plans.selectors import payer_profile
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Payer

# No file of the exchange carried them.
NO_FILE = 0


@transaction.atomic
def load_history(claims: Sequence[Claim], *, received_on: date, is_open: bool = False) -> list[str]:
    """Enter claims as paid (or as open: in process), so that later ones are recognized as duplicates.

    Returns our numbers, in order. No decision, no money: what they used of benefits comes as opening
    balances. Where a claim does not name its patient, the subscriber of the member id is meant. A claim
    that is known already (same control number and day of receipt) is left alone; its number is empty.

    Raises:
        InputError: a claim's member or provider is unknown.
    """
    known = set(
        ClaimCase.objects.filter(
            file_id=NO_FILE,
            received_on=received_on,
            control_number__in=[claim.control_number for claim in claims],
        ).values_list("control_number", flat=True)
    )
    judged = judge(_completed([c for c in claims if c.control_number not in known]))
    for j in judged:
        if j.rejection is not None:
            raise InputError(f"claim {j.claim.control_number}: {j.rejection.words}")
    state = CaseState.PENDED if is_open else CaseState.PAID
    sources = [Source(NO_FILE, 0)] * len(judged)
    icns = iter(write_cases(judged, sources, received_on=received_on, state=state))
    return ["" if claim.control_number in known else next(icns) for claim in claims]


def _completed(claims: Sequence[Claim]) -> list[Claim]:
    """The claims with ourselves as payer, and the subscriber's name where none is told."""
    profile = payer_profile()
    payer = Payer(profile.payer_name, profile.payer_id)
    people = people_by_member_id({c.subscriber.person.member_id for c in claims})
    completed = []
    for claim in claims:
        person = claim.subscriber.person
        family = people.get(person.member_id, [])
        if not person.last_name and family:
            first = family[0]
            person = replace(
                person,
                last_name=first.last_name,
                first_name=first.first_name,
                born_on=first.born_on,
            )
        subscriber = replace(claim.subscriber, person=person)
        completed.append(replace(claim, payer=payer, subscriber=subscriber))
    return completed

"""What the front end says to one claim before it becomes a case: accepted, or why not.

Category and status are the claim status codes of a 277CA; the entity is whom it is about.
A3 = returned as unprocessable, A6 = information missing, A7 = invalid information.
"""

from dataclasses import dataclass
from functools import partial

from cleanclaim.apps.payer.members.matching import KnownPerson, best_match
from cleanclaim.kernel.money import is_whole_cents, show
from cleanclaim.values.claim import Claim, Frequency

ACCEPTED = ("A2", "20", "")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a claim does not go to adjudication; `words` is for people and names no one."""

    category: str
    status: str
    entity: str
    words: str


# Largest amount that a ledger column takes.
TOO_MUCH = 10**12

MEMBER_UNKNOWN = Rejection("A3", "33", "IL", "No member has this member id.")
PATIENT_UNKNOWN = Rejection(
    "A3", "26", "QC", "Nobody of this name is covered under this member id."
)
MEMBER_DIFFERS = Rejection(
    "A7", "158", "IL", "Name and birth date are not those of this member id."
)
PROVIDER_UNKNOWN = Rejection("A3", "26", "85", "The billing provider is not known to this plan.")
TIN_DIFFERS = Rejection("A7", "128", "85", "The tax number is not the one on file for this NPI.")
NUMBER_MISSING = Rejection(
    "A6", "464", "PR", "A corrected or void claim must carry our number of the original (REF F8)."
)


OTHER_PAYER = Rejection("A3", "116", "PR", "The claim names another payer.")
PREDETERMINATION = Rejection(
    "A3",
    "21",
    "PR",
    "This plan gives no estimates before the service; send the claim when it was given.",
)


def check_form(claim: Claim) -> Rejection | None:
    """What is wrong with the claim by itself, so that it cannot be worked."""
    if claim.is_predetermination:
        return PREDETERMINATION
    amounts = [claim.charge, *(line.charge for line in claim.lines)]
    for amount in amounts:
        if amount < 0:
            return Rejection("A7", "178", "", f"A charge is {show(amount)}, expected zero or more.")
        if amount >= TOO_MUCH or not is_whole_cents(amount):
            return Rejection("A7", "178", "", f"A charge is {amount}, expected whole cents.")
    if claim.lines and claim.line_total != claim.charge:
        words = f"The charge is {show(claim.charge)}, its lines add up to {show(claim.line_total)}."
        return Rejection("A7", "400", "", words)
    if any(not 0 <= line.quantity < TOO_MUCH for line in claim.lines):
        return Rejection("A7", "476", "", "A quantity is below zero or beyond reason.")
    if (
        claim.frequency_code in (Frequency.CORRECTED, Frequency.VOID)
        and not claim.original_payer_number
    ):
        return NUMBER_MISSING
    return None


def check_provider(*, is_known: bool, npi_is_known: bool) -> Rejection | None:
    """Whether the billing provider is enrolled under this NPI and tax number."""
    if is_known:
        return None
    return TIN_DIFFERS if npi_is_known else PROVIDER_UNKNOWN


def match_patient(
    claim: Claim, under_id: list[KnownPerson], by_person: list[KnownPerson]
) -> KnownPerson | Rejection:
    """Which member the patient is: under the member id, else by name, birth date and sex alone.

    `under_id` are all people with the claim's member id, `by_person` those with the patient's name and
    birth date. The second way needs a birth date, and exactly one who fits.
    """
    patient = claim.patient_person
    match = partial(
        best_match,
        last_name=patient.last_name,
        first_name=patient.first_name,
        born_on=patient.born_on,
        sex=patient.sex,
    )
    found = match(under_id)
    if found is not None:
        return found
    if patient.born_on is not None and not (under_id and claim.patient is None):
        found = match(by_person)
        if found is not None:
            return found
    if not under_id:
        return MEMBER_UNKNOWN
    return PATIENT_UNKNOWN if claim.patient is not None else MEMBER_DIFFERS

"""Is this the same person? Exact on member id, name and birth date; letters only, case aside.

Nothing is guessed: a misspelt name makes a second patient, which a person may merge.
"""

from datetime import date

from cleanclaim.values.claim import Claim
from cleanclaim.values.party import Person


def patient_key(member_id: str, person: Person) -> str:
    """The key of a person under one member id. Punctuation, blanks and case do not count."""
    return "|".join(
        (
            _plain(member_id),
            _plain(person.last_name),
            _plain(person.first_name),
            _day(person.born_on),
        )
    )[:240]


def patient_keys(claim: Claim) -> tuple[str, ...]:
    """The keys of the claim's patient, one per coverage; the first is that of the claim's payer.

    A dependent is known under the subscriber's member id with the own name and birth date. Another
    coverage counts only where its subscriber carries an id.
    """
    person = claim.patient_person
    ids = [claim.subscriber.person.member_id or person.member_id]
    ids += [other.subscriber.person.member_id for other in claim.other_coverages]
    keys = [patient_key(ids[0], person)]
    keys += [patient_key(member_id, person) for member_id in ids[1:] if member_id]
    return tuple(dict.fromkeys(keys))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _day(born_on: date | None) -> str:
    return born_on.isoformat() if born_on else ""

"""Take in claims that come ready from elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services.adding import Arrival, add_claims
from cleanclaim.apps.billing.claims.services.versions import import_version
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.patients.matching import patient_keys
from cleanclaim.apps.billing.patients.models import Patient, PatientKey
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.rules.edits import Stage
from cleanclaim.values import claim as values


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the claims of a file.

    Attributes:
        claim_ids: one per claim given, in order, whether it is new or was here before.
        added: how many are new.
        repeated: how many came from this file before and changed nothing.
        held_ids: new claims that an edit holds.
        corrected_ids: claims already here that a frequency 7 or 8 changed.
    """

    claim_ids: tuple[int, ...]
    added: int
    repeated: int
    held_ids: tuple[int, ...]
    corrected_ids: tuple[int, ...] = ()


@transaction.atomic
def import_claims(
    claims: Sequence[values.Claim],
    *,
    source_file_id: int,
    received_on: date,
    positions: Sequence[int] | None = None,
    by: int | None = None,
) -> ImportResult:
    """Book these claims of a file; a place of a file that was imported before changes nothing.

    Patients are found by member id, name and birth date or added, coverages kept, charges booked
    (what earlier payers paid included), edits run: each claim ends ready or held, with work.
    A frequency 7 or 8 whose original payer number is known here becomes a version of that claim.

    Args:
        positions: the claims' places in the file from 1; 1, 2, 3 ... where not given. A caller that
            imports in parts gives them.
    """
    lock_names(["claims import"])
    places = list(positions) if positions is not None else list(range(1, len(claims) + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_position, claim_id FROM claims_claimversion WHERE source_file_id = %s",
            [source_file_id],
        )
        known: dict[int, int] = dict(cursor.fetchall())
    fresh = [
        (place, claim) for place, claim in zip(places, claims, strict=True) if place not in known
    ]
    corrections = _corrections(fresh)
    arrivals = [Arrival(claim, place) for place, claim in fresh if place not in corrections]
    added = add_claims(
        arrivals,
        stage=Stage.SUBMISSION,
        received_on=received_on,
        source_file_id=source_file_id,
        words=f"Received in file {source_file_id}",
        what="import claims",
        by=by,
    )
    ids = dict(known)
    ids.update({a.position or 0: one.claim_id for a, one in zip(arrivals, added, strict=True)})
    corrected = []
    for place, claim in fresh:
        if claim_id := corrections.get(place):
            import_version(
                claim_id, claim, source=(source_file_id, place), received_on=received_on, by=by
            )
            ids[place] = claim_id
            corrected.append(claim_id)
    return ImportResult(
        claim_ids=tuple(ids[place] for place in places),
        added=len(added),
        repeated=len(claims) - len(fresh),
        held_ids=tuple(one.claim_id for one in added if one.state is State.HELD),
        corrected_ids=tuple(corrected),
    )


def _corrections(fresh: Sequence[tuple[int, values.Claim]]) -> dict[int, int]:
    """{place: the claim here that it corrects}, of the corrections among the claims.

    A correction names the payer's number that the claim has or had, and is about the same patient; else it is a
    claim of its own, and the payer says what it makes of the number.
    """
    wanted = {place: claim for place, claim in fresh if claim.frequency_code in ("7", "8")}
    numbers = {claim.original_payer_number for claim in wanted.values()} - {""}
    if not numbers:
        return {}
    now = Claim.objects.filter(payer_control_number__in=numbers).order_by("-id")
    by_number = _corrected_before(numbers) | {row.payer_control_number: row.pk for row in now}
    rows = Claim.objects.select_related("patient").in_bulk(set(by_number.values()))
    keys = [key for claim in wanted.values() for key in patient_keys(claim)]
    known = dict(PatientKey.objects.filter(key__in=keys).values_list("key", "patient_id"))
    found = {}
    for place, claim in wanted.items():
        row = rows.get(by_number.get(claim.original_payer_number, 0))
        if row is not None and _is_about(row.patient, claim, known):
            found[place] = row.pk
    return found


def _corrected_before(numbers: Collection[str]) -> dict[str, int]:
    """Claims that were corrected under these numbers before and have a newer one by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body::jsonb ->> 'original_payer_number', claim_id FROM claims_claimversion "
            "WHERE kind IN ('corrected', 'void') "
            "AND body::jsonb ->> 'original_payer_number' = ANY(%s) ORDER BY id",
            [list(numbers)],
        )
        return dict(cursor.fetchall())


def _is_about(patient: Patient, claim: values.Claim, known: Mapping[str, int]) -> bool:
    """Whether the claim is about the patient. A correction may mend the member id, the name or the birth date."""
    ids = {known[key] for key in patient_keys(claim) if key in known}
    if ids:
        return patient.pk in ids
    person = claim.patient_person
    names = (person.last_name.upper(), person.first_name.upper())
    is_named = names == (patient.last_name.upper(), patient.first_name.upper())
    return is_named or (person.born_on is not None and person.born_on == patient.born_on)

"""Take in claims that come ready from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.claims.models import Claim, ClaimVersion
from cleanclaim.apps.billing.claims.services.adding import Arrival, add_claims
from cleanclaim.apps.billing.claims.services.versions import import_version
from cleanclaim.apps.billing.claims.states import State
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
    known = dict(
        ClaimVersion.objects.filter(source_file_id=source_file_id).values_list(
            "source_position", "claim_id"
        )
    )
    fresh = [
        (place, claim) for place, claim in zip(places, claims, strict=True) if place not in known
    ]
    corrections = _corrections([claim for _, claim in fresh])
    arrivals = [
        Arrival(claim, place) for place, claim in fresh if _original(claim) not in corrections
    ]
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
        if claim_id := corrections.get(_original(claim)):
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


def _original(claim: values.Claim) -> str:
    return claim.original_payer_number if claim.frequency_code in ("7", "8") else ""


def _corrections(claims: Sequence[values.Claim]) -> dict[str, int]:
    """{original payer number: the claim here that has it}, of the corrections among the claims."""
    numbers = {_original(claim) for claim in claims} - {""}
    if not numbers:
        return {}
    found = Claim.objects.filter(payer_control_number__in=numbers).order_by("-id")
    return {row.payer_control_number: row.pk for row in found}

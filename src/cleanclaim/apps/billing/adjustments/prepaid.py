"""Which prepayments wait for claims: on hand, and not owed back before the claims are answered."""

from collections.abc import Collection
from datetime import date

from cleanclaim.apps.billing.claims.amounts import amounts_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import UNSENT, WITH_PAYER, State
from cleanclaim.apps.shared.tenancy.prepared import is_one_of

MOST_NAMED = 3


def waiting_for(patient_ids: Collection[int], *, on: date) -> dict[int, str]:
    """{patient: the claims that payers have yet to answer, in words}; patients without any are left out.

    A claim waits that was not sent or answered, or on which payers owed on the day more than they have denied.
    """
    found: dict[int, list[str]] = {}
    claims = Claim.objects.filter(is_one_of("patient_id", sorted(patient_ids)))
    rows = list(claims.exclude(state=State.VOID).order_by("id"))
    owed = amounts_of([row.pk for row in rows], effective_on=on)
    for row in rows:
        if row.state in UNSENT | WITH_PAYER or owed[row.pk].open_amount > row.denied:
            found.setdefault(row.patient_id, []).append(row.control_number)
    return {patient_id: _words(numbers) for patient_id, numbers in found.items()}


def _words(numbers: list[str]) -> str:
    more = len(numbers) - MOST_NAMED
    named = ", ".join(numbers[:MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named

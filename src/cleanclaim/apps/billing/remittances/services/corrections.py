"""Held corrections whose reversals have come since: a person posts them, and their work says so and comes first."""

from datetime import date

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.again import waits_for_reversal
from cleanclaim.apps.billing.remittances.bodies import payments_of
from cleanclaim.apps.billing.remittances.models import Outcome, Remittance, RemittanceClaim
from cleanclaim.apps.billing.remittances.plans import plan_place
from cleanclaim.apps.billing.remittances.reversals import IS_REVERSAL
from cleanclaim.apps.shared.tenancy.prepared import is_one_of


def watch_corrections(remittance_id: int, *, on: date) -> None:
    """Look anew at its payer's held payments on claims of which a remittance has reversals: it was posted or taken back."""
    reversals = RemittanceClaim.objects.filter(
        IS_REVERSAL, remittance=remittance_id, claim_id__isnull=False
    )
    claim_ids = set(reversals.values_list("claim_id", flat=True))
    if not claim_ids:
        return
    row = Remittance.objects.defer("body").get(pk=remittance_id)
    claims = Claim.objects.in_bulk(sorted(claim_ids))
    for place in _waiting(claim_ids, payer_id=row.payer_id):
        [payment] = payments_of(place.remittance_id, place.position, place.position)
        claim = claims[place.claim_id or 0]
        found = plan_place(place.remittance, payment, claim, position=place.position, posted_on=on)
        if found.plan.is_held:
            work.open_unmatched(place.remittance, [found], on=on)
        else:
            work.open_postable(place.remittance, found, reversed_by=row.trace_number, on=on)


def _waiting(claim_ids: set[int], *, payer_id: int) -> list[RemittanceClaim]:
    """The payer's payments on these claims that wait as work because an answer was in their way."""
    asked = RemittanceClaim.objects.filter(
        is_one_of("claim_id", sorted(claim_ids)),
        outcome=Outcome.HELD,
        remittance__payer_id=payer_id,
    ).exclude(IS_REVERSAL)
    held = [
        one
        for one in asked.defer("body").select_related("remittance").order_by("id")
        if waits_for_reversal(one.hold)
    ]
    waiting = work.waiting_places((one.remittance_id, one.position) for one in held)
    return [one for one in held if (one.remittance_id, one.position) in waiting]

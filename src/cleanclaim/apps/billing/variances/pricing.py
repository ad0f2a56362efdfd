"""Expect anew what a changed contract prices, and compare it again."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.charges.selectors import charges_of, of_version
from cleanclaim.apps.billing.claims.convert import current_values
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.contracts.expecting import Booked, expect
from cleanclaim.apps.billing.contracts.models import Contract
from cleanclaim.apps.billing.contracts.selectors import editions_of, expected_of
from cleanclaim.apps.billing.variances.services import compare_claims

AT_ONCE = 1000


@transaction.atomic
def reprice_contract(contract_id: int, *, on: date) -> int:
    """Work out anew what the lines under the contract should bring; returns how many got another figure.

    What was expected before stays beside it. Lines whose figure does not change get no new row.
    """
    contract = Contract.objects.get(pk=contract_id)
    [editions] = editions_of([contract]).values()
    if not editions:
        return 0
    claims = Claim.objects.filter(
        payer_id=contract.payer_id, service_to__gte=editions[0].valid_from
    ).exclude(state=State.VOID)
    if contract.provider_npi:
        claims = claims.filter(billing_npi=contract.provider_npi)
    ids = list(claims.order_by("id").values_list("id", flat=True))
    return sum(
        _reprice(ids[start : start + AT_ONCE], payer_id=contract.payer_id, on=on)
        for start in range(0, len(ids), AT_ONCE)
    )


def _reprice(claim_ids: list[int], *, payer_id: int, on: date) -> int:
    values, charges = current_values(claim_ids), charges_of(claim_ids)
    versions = dict(Claim.objects.filter(pk__in=claim_ids).values_list("id", "version"))
    booked = []
    for claim_id, value in values.items():
        items = {line.line_number: line.item_id for line in of_version(charges[claim_id], 0)}
        places = {place: items.get(line.number, 0) for place, line in enumerate(value.lines)}
        booked.append(Booked(claim_id, versions[claim_id], payer_id, value.dated, places))
    before = expected_of([item for one in booked for item in one.items.values() if item])
    count = expect(booked, priced_on=on, known=before)
    if count:
        compare_claims(claim_ids, on=on)
    return count

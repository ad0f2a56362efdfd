"""Rows into values."""

from collections import defaultdict
from collections.abc import Sequence

from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.values import entry as values


def leg_value(leg: Leg) -> values.Leg:
    """The stored leg as a value."""
    return values.Leg(
        account=leg.account,
        amount=leg.amount,
        item_id=leg.item_id,
        claim_id=leg.claim_id,
        line_number=leg.line_number,
        patient_id=leg.patient_id,
        payer_id=leg.payer_id,
        reason=leg.reason,
        trace=leg.trace,
        entity=leg.entity,
    )


def entry_values(entry_ids: Sequence[int]) -> dict[int, values.Entry]:
    """The stored entries with their legs, by id."""
    legs = defaultdict(list)
    for leg in Leg.objects.filter(entry_id__in=entry_ids).order_by("id"):
        legs[leg.entry_id].append(leg_value(leg))
    return {
        row.pk: values.Entry(
            kind=row.kind,
            idempotency_key=row.idempotency_key,
            effective_on=row.effective_on,
            accounting_on=row.accounting_on,
            legs=tuple(legs[row.pk]),
            memo=row.memo,
            reverses=row.reverses_id or 0,
        )
        for row in Entry.objects.filter(pk__in=entry_ids)
    }

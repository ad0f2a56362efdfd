"""Rows into values."""

from collections.abc import Iterable, Sequence

from django.db import connection

from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.values import entry as values

# In the order of `values.Leg`.
_LEGS = """
SELECT entry_id, account, amount, item_id, claim_id, line_number, patient_id, payer_id, reason, trace, entity
  FROM ledger_leg WHERE entry_id = ANY(%s::bigint[]) ORDER BY entry_id, id
"""


def legs_of(entry_ids: Iterable[int]) -> dict[int, tuple[values.Leg, ...]]:
    """{entry id: its legs}; 0 is no entry."""
    wanted = sorted(set(entry_ids) - {0})
    if not wanted:
        return {}
    found: dict[int, list[values.Leg]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LEGS, [array_text(wanted)])
        for entry_id, *leg in cursor.fetchall():
            found.setdefault(entry_id, []).append(values.Leg(*leg))
    return {entry_id: tuple(legs) for entry_id, legs in found.items()}


def entry_values(entry_ids: Sequence[int]) -> dict[int, values.Entry]:
    """The stored entries with their legs, by id."""
    legs = legs_of(entry_ids)
    return {
        row.pk: values.Entry(
            kind=row.kind,
            idempotency_key=row.idempotency_key,
            effective_on=row.effective_on,
            accounting_on=row.accounting_on,
            legs=legs.get(row.pk, ()),
            memo=row.memo,
            reverses=row.reverses_id or 0,
        )
        for row in Entry.objects.filter(pk__in=entry_ids)
    }

"""A payment whose credit on an item was given back is not taken back under the refund: its cash would wait a second time."""

from collections.abc import Collection

from django.db import connection

from cleanclaim.apps.billing.adjustments.models import Refund
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import show
from cleanclaim.values.accounts import REMIT_CLEARING, TAKEBACK_PAYABLE, UNAPPLIED_CASH

CASH = [REMIT_CLEARING.code, UNAPPLIED_CASH.code, TAKEBACK_PAYABLE.code]

# Of each payer on these items: its cash without these entries, and what refunds gave back of it.
_LEFT = """
SELECT given.item_id, given.left_there, given.refunded FROM (
    SELECT leg.item_id, leg.payer_id,
           coalesce(sum(leg.amount) FILTER (WHERE NOT leg.entry_id = ANY(%(entries)s::bigint[])), 0) AS left_there,
           -coalesce(sum(leg.amount) FILTER (
               WHERE coalesce(origin.idempotency_key, entry.idempotency_key) LIKE 'refund-%%'), 0) AS refunded
      FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
      LEFT JOIN ledger_entry AS origin ON origin.id = entry.reverses_id
     WHERE leg.claim_id = ANY(%(claims)s::bigint[]) AND leg.item_id = ANY(%(items)s::bigint[])
       AND leg.account = ANY(%(accounts)s)
     GROUP BY 1, 2) AS given
 WHERE given.refunded > 0 AND given.left_there < 0 ORDER BY 1 LIMIT 1
"""


def why_not_under_refund(entry_ids: Collection[int]) -> str:
    """Why these payments may not be taken back: less than was refunded of an item would be left on it. Empty where it may."""
    refunds = dict(Refund.objects.exclude(item_id=0).values_list("item_id", "id"))
    if not refunds or not entry_ids:
        return ""
    legs = Leg.objects.filter(
        is_one_of("entry_id", list(entry_ids)), is_one_of("item_id", sorted(refunds))
    )
    found = set(legs.values_list("claim_id", "item_id"))
    if not found:
        return ""
    values = {
        "entries": array_text(list(entry_ids)),
        "claims": array_text(sorted({claim_id for claim_id, _ in found})),
        "items": array_text(sorted({item_id for _, item_id in found})),
        "accounts": CASH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, values)
        row = cursor.fetchone()
    if row is None:
        return ""
    item_id, _, refunded = row
    return f"{show(refunded)} of its cash was given back by refund {refunds[item_id]}"

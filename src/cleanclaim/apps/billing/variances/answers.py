"""What payers' answers that stand did to each line, read from the ledger."""

from collections.abc import Collection

from django.db import connection

from cleanclaim.apps.billing.remittances.models import POSTED
from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.rules.variance import Sums


def answered_claims(claim_ids: Collection[int]) -> set[int]:
    """Those of the claims whose answer stands: more answers posted than taken back by the payer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT claim_id FROM remittances_remittanceclaim "
            "WHERE claim_id = ANY(%s::bigint[]) AND outcome = ANY(%s::text[]) GROUP BY claim_id "
            "HAVING sum(CASE outcome WHEN 'reversed' THEN -1 ELSE 1 END) > 0",
            [list(claim_ids), POSTED],
        )
        return {claim_id for (claim_id,) in cursor.fetchall()}


def posted_sums(claim_ids: Collection[int]) -> Sums:
    """{item id: {(account, reason): dollars}} of these claims' lines."""
    rows = sum_legs(
        ("item_id", "account", "reason"),
        where="leg.item_id <> 0 AND leg.claim_id <> 0 AND leg.claim_id = ANY(%s)",
        parameters=[list(claim_ids)],
    )
    found: Sums = {}
    for item_id, account, reason, amount in rows:
        found.setdefault(item_id, {})[account, reason] = amount
    return found

"""What payers' answers that stand did to each line, read from the ledger."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from cleanclaim.apps.billing.claims.models import ClaimPayer
from cleanclaim.apps.billing.remittances.models import POSTED
from cleanclaim.apps.shared.ledger.selectors.sums import sum_legs
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
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


# Entries of later payers and of the way to them: they touch a later payer's bucket, and say nothing of the first.
_OF_LATER = (
    " AND NOT (EXISTS (SELECT 1 FROM ledger_leg AS later WHERE later.entry_id = leg.entry_id"
    " AND later.account IN ('receivable:payer:2', 'receivable:payer:3'))"
    " AND NOT EXISTS (SELECT 1 FROM ledger_leg AS first WHERE first.entry_id = leg.entry_id"
    " AND first.account = 'receivable:payer:1' AND first.reason <> ''))"
)


def posted_sums(claim_ids: Collection[int], *, booked_by: date | None = None) -> Sums:
    """{item id: {(account, reason): dollars}} of these claims' lines, as the first payer's answers left them.

    Args:
        booked_by: counts entries of this accounting day and before; all where not given.
    """
    wanted = list(claim_ids)
    went_on = set(
        ClaimPayer.objects.filter(is_one_of("claim_id", wanted)).values_list("claim_id", flat=True)
    )
    rows = _sums([one for one in wanted if one not in went_on], booked_by)
    if went_on:
        rows += _sums(sorted(went_on), booked_by, more=_OF_LATER)
    found: Sums = {}
    for item_id, account, reason, amount in rows:
        found.setdefault(item_id, {})[account, reason] = amount
    return found


def _sums(claim_ids: list[int], booked_by: date | None, *, more: str = "") -> list[tuple[Any, ...]]:
    if not claim_ids:
        return []
    until: list[date] = []
    if booked_by is not None:
        more, until = f"{more} AND leg.accounting_on <= %s::date", [booked_by]
    return sum_legs(
        ("item_id", "account", "reason"),
        where=f"leg.item_id <> 0 AND leg.claim_id <> 0 AND leg.claim_id = ANY(%s){more}",
        parameters=[claim_ids, *until],
    )

"""The claims' cached amounts, proved from the legs: for the ledger's proof."""

from collections.abc import Iterator
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Min

from cleanclaim.apps.billing.claims.amounts import COLUMN_OF, COLUMNS, amounts_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.ledger.provers import Difference

CHECK = "claim's amount is what the legs say"
BLOCK = 20_000  # claims; the sums of their legs fit into the memory of one statement


def _sums() -> str:
    """The SQL that adds each column up from the accounts that count for it."""
    accounts: dict[str, list[str]] = {column: [] for column in COLUMNS}
    for account, column in COLUMN_OF.items():
        accounts[column].append(f"'{account}'")
    return ", ".join(
        f"{'-' if column == 'charge' else ''}sum(amount) "
        f"FILTER (WHERE account IN ({', '.join(accounts[column])})) AS {column}"
        for column in COLUMNS
    )


# The database compares, so that a ledger that is right costs no row of it to be looked at here.
_SUSPECTS = f"""
SELECT claim.id
  FROM claims_claim AS claim
  LEFT JOIN (SELECT claim_id, {_sums()},
                    bool_or(amount < 0 AND account LIKE 'receivable:%%') AS has_credit
               FROM (SELECT claim_id, item_id, account, sum(amount) AS amount FROM ledger_leg
                      WHERE claim_id BETWEEN %s AND %s GROUP BY claim_id, item_id, account) AS item
              GROUP BY claim_id) AS legs ON legs.claim_id = claim.id
 WHERE claim.id BETWEEN %s AND %s
   AND ({", ".join(f"claim.{column}" for column in COLUMNS)}, claim.has_credit) IS DISTINCT FROM
       ({", ".join(f"coalesce(legs.{column}, 0.00)" for column in COLUMNS)}, coalesce(legs.has_credit, false))
 ORDER BY claim.id"""


def prove_claims() -> Iterator[Difference]:
    """Every cached amount of every claim that the legs do not bear out."""
    known = Claim.objects.aggregate(first=Min("id"), last=Max("id"))
    for first in range(known["first"] or 1, (known["last"] or 0) + 1, BLOCK):
        ids = (first, first + BLOCK - 1)
        with connection.cursor() as cursor:
            cursor.execute(_SUSPECTS, [*ids, *ids])
            suspects = [claim_id for (claim_id,) in cursor.fetchall()]
        if suspects:
            yield from _differences(suspects)


def _differences(claim_ids: list[int]) -> Iterator[Difference]:
    """Column by column."""
    legs = amounts_of(claim_ids)
    cached = Claim.objects.filter(pk__in=claim_ids).order_by("id")
    for claim_id, *row, has_credit in cached.values_list("id", *COLUMNS, "has_credit"):
        now = legs[claim_id]
        told = [*zip(COLUMNS, row, now.as_row(), strict=True)]
        told.append(("has credit", Decimal(has_credit), Decimal(now.has_credit)))
        for name, found, expected in told:
            if found != expected:
                yield Difference(CHECK, f"claim {claim_id} {name}", expected, found)

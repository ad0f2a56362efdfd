"""What was posted against what was remitted: for the ledger's proof and its daily difference."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db import connection

from cleanclaim.apps.shared.ledger.provers import Difference

CHECK = "remittance's cash is what was posted"

# Cash of every entry of a posting that stands: neither taken back nor taking back.
_CASH = """
WITH cash AS (
    SELECT split_part(entry.idempotency_key, ':', 2)::bigint AS remittance_id, sum(leg.amount) AS amount
      FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
     WHERE leg.account = 'asset:remit-clearing' AND entry.idempotency_key LIKE 'remittance:%%'
       AND NOT EXISTS (SELECT 1 FROM ledger_entry AS back WHERE back.reverses_id = entry.id)
     GROUP BY 1
), kept AS (
    SELECT id, trace_number, posted_on, CASE state WHEN 'posted' THEN paid ELSE 0.00 END AS paid
      FROM remittances_remittance WHERE posted_on IS NOT NULL
)
"""


def prove_remittances() -> Iterator[Difference]:
    """Every remittance whose standing entries do not move clearing by exactly what it paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CASH + "SELECT kept.id, kept.paid, coalesce(cash.amount, 0.00) FROM kept "
            "LEFT JOIN cash ON cash.remittance_id = kept.id "
            "WHERE kept.paid <> coalesce(cash.amount, 0.00) ORDER BY kept.id",
            [],
        )
        for remittance_id, paid, posted in cursor.fetchall():
            yield Difference(CHECK, f"remittance {remittance_id}", paid, posted)


def compare_days(since: date) -> dict[date, tuple[Decimal, Decimal]]:
    """{day of posting: (what its remittances paid, what was posted of them)} from a day on."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CASH + "SELECT kept.posted_on, sum(kept.paid), sum(coalesce(cash.amount, 0.00)) "
            "FROM kept LEFT JOIN cash ON cash.remittance_id = kept.id "
            "WHERE kept.posted_on >= %s GROUP BY kept.posted_on",
            [since],
        )
        return {day: (paid, posted) for day, paid, posted in cursor.fetchall()}

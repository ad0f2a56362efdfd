"""Which payments were posted, as known at a moment: also those that were taken back, or posted anew, since."""

from datetime import datetime

# Now, the payments' own rows say it. At an earlier moment these do for what was posted by then and still is; of what was
# taken back since, the entries of each round of posting tell, and a denial is what the payer says (CLP02 is 4).
_NOW = """
    SELECT remittance.id, remittance.posted_on, remittance.posted_by IS NULL AS is_auto, '{}'::int[] AS held, true AS stands
      FROM remittances_remittance AS remittance WHERE remittance.state = 'posted'"""
_THEN = """
       AND remittance.posted_at <= %(known)s
    UNION ALL
    SELECT remittance.id, min(entry.accounting_on), bool_and(entry.posted_by IS NULL),
           coalesce(array_agg(place.position) FILTER (WHERE entry.kind = 'unapplied'), '{}'), false
      FROM remittances_remittance AS remittance
      CROSS JOIN LATERAL generate_series(
        0, remittance.posting_round - CASE WHEN remittance.state = 'posted' THEN 1 ELSE 0 END) AS round (number)
      CROSS JOIN LATERAL generate_series(0, remittance.claim_count) AS place (position)
      JOIN ledger_entry AS entry
        ON entry.idempotency_key = concat('remittance:', remittance.id, ':', round.number, ':', place.position)
       AND entry.recorded_at <= %(known)s
     WHERE remittance.posting_round > 0 AND NOT (remittance.state = 'posted' AND remittance.posted_at <= %(known)s)
       AND NOT EXISTS (SELECT FROM ledger_entry AS back WHERE back.reverses_id = entry.id AND back.recorded_at <= %(known)s)
     GROUP BY remittance.id"""
# What became of one claim's payment, `place` of a remittance that was `posted`.
OUTCOME = """CASE WHEN posted.stands THEN place.outcome WHEN place.position = ANY(posted.held) THEN 'held'
                  WHEN place.status_code = '4' THEN 'denied' ELSE 'paid' END"""


def posted_then(known: datetime | None) -> str:
    """A query of id, posted_on, is_auto, held and stands of each posted payment, as known at %(known)s or now."""
    return _NOW + _THEN if known else _NOW

"""How long payers take to pay."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from cleanclaim.apps.reports.kpis.definitions import Span
from cleanclaim.apps.reports.kpis.postings import OUTCOME, posted_then
from cleanclaim.apps.reports.kpis.questions import TENTH, Asked


@dataclass(frozen=True, slots=True)
class DaysToPay:
    """How long a payer takes from the first sending of a claim to its first payment; days."""

    payer: str
    claims: int
    mean: Decimal
    median: int
    p90: int


def days_to_pay(asked: Asked) -> list[DaysToPay]:
    """By the payer that paid first, slowest first: claims whose first payment was made in the period.

    A claim taken over that was paid before its first sending from here is left out: nobody knows when it was sent.
    """
    is_known = "AND sent.recorded_at <= %(known)s" if asked.known else ""
    sql = f"""
        WITH first_paid AS (
            SELECT DISTINCT ON (place.claim_id) place.claim_id, remittance.paid_on, remittance.payer_name AS payer
              FROM ({posted_then(asked.known)}) AS posted
              JOIN remittances_remittance AS remittance ON remittance.id = posted.id
              JOIN remittances_remittanceclaim AS place ON place.remittance_id = posted.id
             WHERE place.paid > 0 AND place.claim_id IS NOT NULL AND {OUTCOME} <> 'held'
             ORDER BY place.claim_id, remittance.paid_on, remittance.id
        ), answered AS (
            SELECT first_paid.payer, first_paid.paid_on - coalesce(first_sent.day, claim.submitted_on) AS days
              FROM first_paid JOIN claims_claim AS claim ON claim.id = first_paid.claim_id
              LEFT JOIN LATERAL (
                SELECT min(sent.submitted_on) AS day
                  FROM claims_submissionclaim AS place JOIN claims_submission AS sent ON sent.id = place.submission_id
                 WHERE place.claim_id = claim.id {is_known}
              ) AS first_sent ON true
             WHERE first_paid.paid_on BETWEEN %(first)s AND %(on)s
        )
        SELECT payer, count(*), sum(days), percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
               percentile_disc(0.9) WITHIN GROUP (ORDER BY days)
          FROM answered WHERE days >= 0 GROUP BY payer ORDER BY 4 DESC, payer
    """
    values = {"on": asked.on, "known": asked.known, "first": asked.first(Span.PERIOD)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            DaysToPay(
                payer, count, (Decimal(days) / count).quantize(TENTH, ROUND_HALF_UP), median, p90
            )
            for payer, count, days, median, p90 in cursor.fetchall()
        ]

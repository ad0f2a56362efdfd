"""What a claim's row no longer says: its payer on a day, and when it had been sent by then, as known at a moment.

A claim's own row holds the payer whose turn it is now and the last sending. Both are relations for SQL, a row for each
of %(days)s, as known at %(known)s (null: now); only claims that went to a second payer, or were sent since, have rows.
"""

# By day, claim and bucket. A payer's bucket is asked of the payers that stood at its place (the third holds all that
# follow): the last that had begun. What patient and agency owe goes with the payer whose turn it was.
PAYERS_THEN = """
    WITH stood AS (
        SELECT payer.id, payer.claim_id, payer.rank, payer.payer_name,
               payer.rank = min(payer.rank) OVER (PARTITION BY payer.claim_id) AS is_first,
               payer.since, payer.recorded_at, back.made_on AS until, back.recorded_at AS until_known
          FROM claims_claimpayer AS payer
          LEFT JOIN LATERAL (
            SELECT version.made_on, version.recorded_at FROM claims_claimversion AS version
             WHERE payer.state = 'withdrawn' AND version.claim_id = payer.claim_id
                   AND version.kind = 'back' AND version.number > payer.first_version
             ORDER BY version.number LIMIT 1
          ) AS back ON true
         WHERE payer.state <> 'none'
    ), seen AS (
        SELECT asked.day, stood.claim_id, stood.id, stood.rank, stood.payer_name,
               stood.is_first OR (stood.since <= asked.day AND {known_row}) AS had_begun,
               coalesce(stood.until <= asked.day AND {known_end}, false) AS had_ended
          FROM stood CROSS JOIN unnest(%(days)s::date[]) AS asked (day)
    )
    SELECT DISTINCT ON (seen.day, seen.claim_id, place.bucket) seen.day, seen.claim_id, place.bucket, seen.payer_name
      FROM seen
      JOIN unnest(ARRAY['payer:1', 'payer:2', 'payer:3', 'patient', 'agency']) WITH ORDINALITY AS place (bucket, rank)
        ON place.rank = least(seen.rank, 3) OR (place.rank > 3 AND seen.had_begun AND NOT seen.had_ended)
     ORDER BY seen.day, seen.claim_id, place.bucket, seen.had_begun DESC,
              CASE WHEN place.rank > 3 THEN seen.rank END DESC, CASE WHEN seen.had_begun THEN seen.id ELSE -seen.id END DESC
"""
# Of the same rows, a row a payer's name, for one day: claims, places in their orders, ids, and whether the day lies since the
# payer was asked, and since it was taken back. `claim_groups` chooses among them as `PAYERS_THEN` does, for a whole practice.
_STOOD_BY_PAYER = """
    SELECT stood.payer_name, array_agg(stood.claim_id), array_agg(stood.rank::bigint), array_agg(stood.id),
           array_agg((stood.since <= %(on)s AND {known_row})::int),
           array_agg(CASE WHEN stood.state <> 'withdrawn' THEN 0 ELSE coalesce((
               SELECT (back.made_on <= %(on)s AND {known_end})::int FROM claims_claimversion AS back
                WHERE back.claim_id = stood.claim_id AND back.kind = 'back' AND back.number > stood.first_version
                ORDER BY back.number LIMIT 1), 0) END)
      FROM claims_claimpayer AS stood WHERE stood.state <> 'none' GROUP BY 1
"""
# By day and claim, of those sent after the day, or where it was known after the moment: the last sending before, or none.
SENT_THEN = """
    SELECT late.day, late.claim_id, (
        SELECT max(sent.submitted_on)
          FROM claims_submissionclaim AS place JOIN claims_submission AS sent ON sent.id = place.submission_id
         WHERE place.claim_id = late.claim_id AND sent.submitted_on <= late.day AND {known_sent}
    ) AS submitted_on
      FROM (
        SELECT DISTINCT asked.day, place.claim_id
          FROM unnest(%(days)s::date[]) AS asked (day)
          JOIN claims_submission AS sent ON sent.submitted_on > asked.day OR NOT ({known_sent})
          JOIN claims_submissionclaim AS place ON place.submission_id = sent.id
      ) AS late
"""


def payers_then(*, is_known: bool) -> str:
    """`PAYERS_THEN` as known at %(known)s, or now."""
    return PAYERS_THEN.format(
        known_row=_known("stood.recorded_at", is_known),
        known_end=_known("stood.until_known", is_known),
    )


def stood_by_payer(*, is_known: bool) -> str:
    """`_STOOD_BY_PAYER` on %(on)s, as known at %(known)s, or now."""
    return _STOOD_BY_PAYER.format(
        known_row=_known("stood.recorded_at", is_known),
        known_end=_known("back.recorded_at", is_known),
    )


def sent_then(*, is_known: bool) -> str:
    """`SENT_THEN` as known at %(known)s, or now."""
    return SENT_THEN.format(known_sent=_known("sent.recorded_at", is_known))


def _known(column: str, is_known: bool) -> str:
    return f"{column} <= %(known)s" if is_known else "true"

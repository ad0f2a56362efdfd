"""Bank lines and placements against the legs of the ledger: for its proof."""

from collections.abc import Iterator

from django.db import connection

from cleanclaim.apps.shared.ledger.provers import Difference

CHECK = "bank line's money is in the ledger, and placed no more than once"

# Of each line of money in: what its legs leave unidentified against what the line says is left, and what its standing
# deposits took against what is placed.
_LINES = """
WITH legs AS (
    SELECT trace, -sum(amount) AS amount FROM ledger_leg
     WHERE account = 'liability:unidentified-cash' AND entity = '' GROUP BY trace
), placed AS (
    SELECT line_id, sum(amount) AS amount FROM deposits_deposit WHERE undone_on IS NULL GROUP BY line_id
)
SELECT line.id, line."left", coalesce(legs.amount, 0.00), line.amount - line."left", coalesce(placed.amount, 0.00)
  FROM deposits_bankline AS line
  LEFT JOIN legs ON legs.trace = 'bank ' || line.id
  LEFT JOIN placed ON placed.line_id = line.id
 WHERE line.kind = 'in' AND (line."left" <> coalesce(legs.amount, 0.00)
    OR line.amount - line."left" <> coalesce(placed.amount, 0.00))
 ORDER BY line.id
"""
_PARTS = """
SELECT deposit.id, deposit.amount + deposit.short, coalesce(sum(part.amount), 0.00)
  FROM deposits_deposit AS deposit
  LEFT JOIN deposits_depositpart AS part ON part.deposit_id = deposit.id AND part.stands
 WHERE deposit.undone_on IS NULL AND deposit.entity = '' AND deposit.how NOT IN ('account', 'transfer')
 GROUP BY deposit.id HAVING deposit.amount + deposit.short <> coalesce(sum(part.amount), 0.00)
 ORDER BY deposit.id
"""

# Of each payer's card: what its processor still owes by the legs, and by where its batch stands.
_CARDS = """
SELECT deposit.id, CASE WHEN batch.state = 'closed' THEN deposit.amount ELSE 0.00 END, coalesce(legs.amount, 0.00)
  FROM deposits_deposit AS deposit
  JOIN deposits_depositbatch AS batch ON batch.id = deposit.card_batch_id
  LEFT JOIN LATERAL (
        SELECT sum(leg.amount) AS amount FROM ledger_leg AS leg
         WHERE leg.account = 'asset:card-clearing' AND leg.trace = 'batch ' || batch.id) AS legs ON true
 WHERE coalesce(legs.amount, 0.00) <> CASE WHEN batch.state = 'closed' THEN deposit.amount ELSE 0.00 END
 ORDER BY deposit.id
"""

# Of each card batch that a processor took back: what it owes again by the legs, and by where that batch stands.
_BACKS = """
SELECT batch.id, CASE WHEN batch.state = 'closed' THEN batch.expected_total ELSE 0.00 END, coalesce(legs.amount, 0.00)
  FROM deposits_depositbatch AS batch
  LEFT JOIN LATERAL (
        SELECT sum(leg.amount) AS amount FROM ledger_leg AS leg
         WHERE leg.account = 'asset:card-clearing' AND leg.trace = 'batch ' || batch.id) AS legs ON true
 WHERE batch.back_of_id IS NOT NULL
   AND coalesce(legs.amount, 0.00) <> CASE WHEN batch.state = 'closed' THEN batch.expected_total ELSE 0.00 END
 ORDER BY batch.id
"""


# Of each stopped payment whose money came inside a later one: that one is posted, and its adjustment gives just as much.
_GIVEN_BACK = """
SELECT deposit.id, deposit.amount, coalesce(-one.amount, 0.00)
  FROM deposits_deposit AS deposit
  LEFT JOIN remittances_remittance AS later ON later.state = 'posted' AND later.id = (
       SELECT told.remittance_id FROM remittances_remittanceadjustment AS told WHERE told.id = deposit.adjustment_id)
  LEFT JOIN remittances_remittanceadjustment AS one ON one.id = deposit.adjustment_id AND one.remittance_id = later.id
 WHERE deposit.adjustment_id IS NOT NULL AND deposit.undone_on IS NULL AND deposit.amount <> coalesce(-one.amount, 0.00)
 ORDER BY deposit.id
"""


# Of each line of money out that entries explain: they stand, and took just its amount off the bank's account.
_OUT = """
SELECT line.id, -line.amount, coalesce(said.amount, 0.00), coalesce(said.left_bank, 0.00)
  FROM deposits_bankline AS line
  LEFT JOIN LATERAL (
        SELECT sum(one.amount) AS amount, sum((
               SELECT -sum(leg.amount) FROM ledger_leg AS leg
                WHERE leg.entry_id = one.entry_id AND leg.account = 'asset:bank' AND leg.entity = ''
                  AND NOT EXISTS (SELECT FROM ledger_entry AS back WHERE back.reverses_id = one.entry_id))) AS left_bank
          FROM deposits_explanation AS one WHERE one.line_id = line.id AND one.stands) AS said ON true
 WHERE line.kind <> 'in' AND CASE WHEN line.state = 'settled'
       THEN coalesce(said.amount, 0.00) <> -line.amount OR coalesce(said.left_bank, 0.00) <> -line.amount
       ELSE said.amount IS NOT NULL END
 ORDER BY line.id
"""


def prove_deposits() -> Iterator[Difference]:
    """Every bank line and deposit that does not agree with legs or parts."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [])
        for line_id, left, unidentified, gone, placed in cursor.fetchall():
            if left != unidentified:
                yield Difference(CHECK, f"bank line {line_id} unidentified", left, unidentified)
            if gone != placed:
                yield Difference(CHECK, f"bank line {line_id} placed", gone, placed)
        cursor.execute(_PARTS, [])
        for deposit_id, taken, parts in cursor.fetchall():
            yield Difference(CHECK, f"deposit {deposit_id}", taken, parts)
        cursor.execute(_CARDS, [])
        for deposit_id, awaited, legs in cursor.fetchall():
            yield Difference(CHECK, f"card of deposit {deposit_id}", awaited, legs)
        cursor.execute(_BACKS, [])
        for batch_id, awaited, legs in cursor.fetchall():
            yield Difference(CHECK, f"batch {batch_id} taken back", awaited, legs)
        cursor.execute(_GIVEN_BACK, [])
        for deposit_id, taken, given in cursor.fetchall():
            yield Difference(CHECK, f"deposit {deposit_id} given back", taken, given)
        cursor.execute(_OUT, [])
        for line_id, amount, said, left_bank in cursor.fetchall():
            if said != amount:
                yield Difference(CHECK, f"bank line {line_id} explained", amount, said)
            if left_bank != amount:
                yield Difference(CHECK, f"bank line {line_id} left the bank", amount, left_bank)

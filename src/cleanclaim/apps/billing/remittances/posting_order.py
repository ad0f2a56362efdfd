"""In which order waiting payments are posted: as they came, but a correction after the reversal that it waits for."""

from collections.abc import Sequence

from django.db import connection

from cleanclaim.apps.billing.remittances.models import POSTED
from cleanclaim.apps.shared.tenancy.arrays import array_text

# Payments of the same payer and file of which the later one has a reversal for a claim that the earlier one answers, and
# that is answered already: else the reversal may be of the earlier one itself.
_AFTER_OTHERS = """
SELECT DISTINCT own.remittance_id
  FROM remittances_remittance AS one
  JOIN remittances_remittance AS other
    ON other.file_id = one.file_id AND other.payer_id = one.payer_id AND other.id > one.id
  JOIN remittances_remittanceclaim AS back
    ON back.remittance_id = other.id AND (back.status_code = '22' OR back.charge < 0) AND back.control_number <> ''
  JOIN remittances_remittanceclaim AS own
    ON own.remittance_id = one.id AND own.control_number = back.control_number
   AND own.status_code <> '22' AND own.charge >= 0
  JOIN claims_claim AS claim ON claim.control_number = back.control_number
 WHERE one.id = ANY(%(ids)s::bigint[]) AND other.id = ANY(%(ids)s::bigint[]) AND 0 < (
       SELECT sum(CASE WHEN answer.outcome = 'reversed' THEN -1 ELSE 1 END)
         FROM remittances_remittanceclaim AS answer
        WHERE answer.claim_id = claim.id AND answer.outcome = ANY(%(posted)s))
"""


def in_posting_order(waiting: Sequence[tuple[int, int]]) -> list[int]:
    """The ids of payments, given with their files in the order in which they came, in the order to post them.

    Whatever the order, nothing is paid twice: a correction before its reversal would be held for a person.
    """
    ids = [remittance_id for remittance_id, _ in waiting]
    if len({file_id for _, file_id in waiting}) == len(ids):
        return ids
    with connection.cursor() as cursor:
        cursor.execute(_AFTER_OTHERS, {"ids": array_text(ids), "posted": POSTED})
        late = {remittance_id for (remittance_id,) in cursor.fetchall()}
    return [one for one in ids if one not in late] + [one for one in ids if one in late]

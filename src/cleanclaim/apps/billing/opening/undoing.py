"""What taking a load back asks and leaves: its entries, whether anything was built on them, and void claims."""

from collections.abc import Sequence

from django.db import connection

from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.opening.models import OpeningLoad
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import OPENING_BALANCE


def entries_of(row: OpeningLoad, claim_ids: Sequence[int]) -> list[int]:
    """The entries that the load posted, latest of its claims first.

    Raises:
        StateError: somebody posted on one of its claims since, and that was not taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leg.claim_id, entry.id, entry.idempotency_key, entry.reverses_id FROM ledger_leg AS leg "
            "JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
            "WHERE leg.claim_id = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4 ORDER BY 2 DESC",
            [list(claim_ids)],
        )
        rows = cursor.fetchall()
    taken_back = {reverses for *_, reverses in rows if reverses}
    own = {f"{kind}:{claim_id}:1" for claim_id in claim_ids for kind in ("charge", "prior-payment")}
    found = [row[:3] for row in rows if row[3] is None and row[1] not in taken_back]
    later = sorted({claim_id for claim_id, _, key in found if key not in own})
    if later:
        raise StateError(
            f"{counted(len(later), 'claim')} of load {row.pk} moved since, the first is claim {later[0]}",
            hint="Take those postings back first.",
        )
    others = EntryRow.objects.filter(
        idempotency_key__startswith=f"opening:{row.pk}:", reversals=None
    )
    return [entry_id for _, entry_id, _ in found] + list(others.values_list("id", flat=True))


def refuse_used_credits(row: OpeningLoad) -> None:
    """Raise where less lies under a credit's name now than the load put there: it was applied or given back.

    Raises:
        StateError: it is so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS (SELECT leg.account, leg.trace, leg.patient_id, leg.payer_id, sum(leg.amount) AS amount "
            "FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
            "WHERE entry.idempotency_key LIKE %s::text AND leg.account <> %s::text GROUP BY 1, 2, 3, 4) "
            "SELECT own.account, own.trace FROM own JOIN ledger_leg AS leg "
            "USING (account, trace, patient_id, payer_id) "
            "GROUP BY own.account, own.trace, own.patient_id, own.payer_id, own.amount "
            "HAVING sum(leg.amount) > own.amount ORDER BY 1, 2 LIMIT 1",
            [f"opening:{row.pk}:credit:%", OPENING_BALANCE.code],
        )
        used = cursor.fetchone()
    if used:
        raise StateError(
            f"a credit of load {row.pk} on {used[0]} {used[1]} was used since".replace("  ", " "),
            hint="Take that back first.",
        )


def void_claims(claim_ids: Sequence[int]) -> None:
    """The claims are void, and their numbers are free for another load."""
    found = amounts.amounts_of(claim_ids)
    amounts.store(found, states=dict.fromkeys(claim_ids, State.VOID.value), denied={})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim SET control_number = left(control_number || ' (taken back)', 80) "
            "WHERE id = ANY(%s::bigint[])",
            [list(claim_ids)],
        )

"""Which lines should have had an answer by now."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import WITH_PAYER
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim, State
from cleanclaim.apps.billing.remittances.reversals import IS_REVERSAL
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.rules.variance import missing_after_days

DAYS_TO_POST = 30  # a payment that nobody has posted for so long hides nothing
_WAITING = """
SELECT DISTINCT e.claim_id FROM contracts_expectedline e
JOIN charges_charge c ON c.item_id = e.item_id AND c.claim_id = e.claim_id AND c.last_version IS NULL
JOIN claims_claim k ON k.id = e.claim_id AND k.state = ANY(%s::text[])
LEFT JOIN contracts_contract o ON o.id = e.contract_id
WHERE """


def overdue(*, on: date) -> list[int]:
    """Claims with the payer that have a line whose answer is overdue on the day, and lies in no payment that waits here."""
    days = [missing_after_days(is_promise=is_promise, on=on) for is_promise in (True, False)]
    late = _claims(
        "e.service_from + coalesce(o.missing_after_days, "
        "CASE WHEN e.promised IS NULL THEN %s::int ELSE %s::int END) < %s::date",
        [days[1], days[0], on],
    )
    waiting = answered_here(late, on=on)
    return [pk for pk in late if pk not in waiting]


def answered_here(claim_ids: Collection[int], *, on: date) -> set[int]:
    """Those of these claims that a payment of their payer answers which came lately and waits to be posted: nobody need call."""
    if not claim_ids:
        return set()
    waiting = Remittance.objects.filter(
        state__in=(State.RECEIVED, State.REVERSED),
        received_on__gt=on - timedelta(days=DAYS_TO_POST),
    )
    places = RemittanceClaim.objects.filter(remittance__in=waiting).exclude(IS_REVERSAL)
    here = set(places.values_list("control_number", "remittance__payer_id"))
    asked = Claim.objects.filter(is_one_of("id", sorted(claim_ids))).exclude(control_number="")
    found = asked.values_list("id", "control_number", "payer_id") if here else ()
    return {pk for pk, number, payer_id in found if (number, payer_id) in here}


def covered_by(claim_ids: Sequence[int]) -> list[int]:
    """Claims promised by the payers of these, of days that these cover, and not answered with them."""
    return _claims(
        "e.promised IS NOT NULL AND EXISTS (SELECT 1 FROM claims_claim a "
        "WHERE a.id = ANY(%s::bigint[]) AND a.payer_id = e.payer_id "
        "GROUP BY a.payer_id HAVING e.service_from BETWEEN min(a.service_from) AND max(a.service_from)) "
        "AND NOT e.claim_id = ANY(%s::bigint[])",
        [list(claim_ids), list(claim_ids)],
    )


def _claims(where: str, parameters: list[Any]) -> list[int]:
    states = [state.value for state in WITH_PAYER]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING + where + " ORDER BY e.claim_id", [states, *parameters])
        return [claim_id for (claim_id,) in cursor.fetchall()]

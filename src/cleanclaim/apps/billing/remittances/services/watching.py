"""Watch what payers took back without a reversal: it is work until the reversal comes or a credit is settled by it."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import (
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.reversals import IS_REVERSAL
from cleanclaim.apps.billing.remittances.unreversed import (
    GIVEN,
    TAKEN,
    takes,
    tokens,
    unreversed,
)
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.prepared import is_one_of


def watch_takebacks(remittance_id: int, *, on: date) -> None:
    """Look at what a remittance takes, and anew at its payer's other takebacks: it was posted, taken back, or a part of it was.

    Those that are settled are asked for only where it can matter to them: it reverses answers, or gives and takes itself.
    """
    own = RemittanceAdjustment.objects.filter(remittance=remittance_id, reason__in=GIVEN)
    moved = list(own.values_list("id", "reason", "amount", "reference"))
    taken = {pk for pk, reason, amount, _ in moved if reason == TAKEN and amount > 0}
    numbers = _reversed_numbers(remittance_id)
    payer_id = Remittance.objects.values_list("payer_id", flat=True).get(pk=remittance_id)
    if moved or numbers:
        # Posted at one moment, a takeback and its reversal would each not see the other.
        lock_names([f"takebacks {payer_id}"])
    ids = {*taken, *work.watched_takebacks(is_open=not moved and not numbers)}
    # One that was covered from the start never was work.
    ids |= _taken_under([*numbers, *(reference for *_, reference in moved)], payer_id=payer_id)
    if ids:
        look_again(ids, payer_id=payer_id, on=on)


def _taken_under(references: Collection[str], *, payer_id: int) -> set[int]:
    """The payer's takebacks under one of these references, a part of it, or another number of a claim that it names."""
    parts = set().union(*(tokens(one) for one in references))
    if not parts:
        return set()
    named = Q(is_one_of("control_number", sorted(parts)))
    named |= Q(is_one_of("payer_control_number", sorted(parts)))
    for both in Claim.objects.filter(named).values_list("control_number", "payer_control_number"):
        parts |= set(both) - {""}
    every = RemittanceAdjustment.objects.filter(
        reason=TAKEN, amount__gt=0, remittance__payer_id=payer_id
    )
    return {
        pk for pk, reference in every.values_list("id", "reference") if tokens(reference) & parts
    }


def _reversed_numbers(remittance_id: int) -> list[str]:
    """Under which numbers the claims are known whose answers it takes back."""
    rows = RemittanceClaim.objects.filter(IS_REVERSAL, remittance=remittance_id)
    numbers = set(rows.values_list("control_number", flat=True))
    numbers |= set(rows.values_list("payer_control_number", flat=True))
    return sorted(numbers - {""})


def look_again(adjustment_ids: Collection[int], *, payer_id: int, on: date) -> None:
    """Open or close the work of these takebacks of one payer, as they stand now; those of others are passed over."""
    rows = takes(adjustment_ids, payer_id=payer_id)
    posted = [row for row in rows if row.remittance.state == State.POSTED]
    found = unreversed(posted, payer_id=payer_id)
    work.open_unreversed(found, on=on)
    still = {one.adjustment.pk for one in found}
    work.close_unreversed(
        [row.pk for row in posted if row.pk not in still],
        outcome="Its reversal has come, or it has settled a credit",
    )
    work.close_unreversed(
        [row.pk for row in rows if row.remittance.state != State.POSTED],
        outcome="Posting taken back",
    )

"""Take a posting back, whole or of one claim."""

from datetime import date

from django.db import transaction
from django.db.models import F, Max

from cleanclaim.apps.billing.claims import amounts, rows
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.services import next_payer
from cleanclaim.apps.billing.claims.states import State as ClaimState
from cleanclaim.apps.billing.remittances import parts, progress, work
from cleanclaim.apps.billing.remittances.bodies import payments_of
from cleanclaim.apps.billing.remittances.guards import (
    parked_by,
    require_nothing_beside,
    require_parked,
    require_reversible,
    require_standing,
    require_unreplaced,
    require_unsettled,
)
from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    Remittance,
    RemittanceClaim,
    State,
)
from cleanclaim.apps.billing.remittances.plans import trace_of, unapplied_legs
from cleanclaim.apps.billing.remittances.services.announcing import announce
from cleanclaim.apps.billing.remittances.services.restating import states_by_answers
from cleanclaim.apps.billing.remittances.services.settling import denied_totals
from cleanclaim.apps.billing.remittances.still_open import reopen_answered
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values.entry import Entry


@without_cycle_collection()
@transaction.atomic
def reverse_posting(remittance_id: int, *, on: date, reason: str, by: int | None) -> int:
    """Take back everything that posting a remittance did; returns how many entries were reversed.

    The remittance can be posted again. Work that it opened stays with whoever has it.

    Raises:
        InputError: no reason.
        StateError: it is not posted, another desk or a later message has built on it, or the accounting month of
            `on` is closed.
    """
    if not reason.strip():
        raise InputError(f"remittance {remittance_id}: no reason, expected why it is taken back")
    row = Remittance.objects.select_for_update().get(pk=remittance_id)
    if row.state != State.POSTED:
        raise StateError(f"remittance {row.pk} is {State(row.state).label.lower()}, not posted")
    require_unsettled(row)
    places = RemittanceClaim.objects.filter(remittance=row).only("id", "claim_id")
    claim_ids = sorted({place.claim_id for place in places if place.claim_id})
    _lock(row, claim_ids)
    require_standing(row, claim_ids)
    require_nothing_beside(row, claim_ids)
    require_unreplaced(row, claim_ids)
    entry_ids = _standing_entries(row)
    require_reversible(entry_ids)
    require_parked(row, parked_by(entry_ids))
    memo = f"remittance {row.pk} taken back: {reason.strip()}"[:200]
    day = _day_of_return(row, entry_ids, on=on)
    for start in range(0, len(entry_ids), parts.PLACES_AT_ONCE):
        some = entry_ids[start : start + parts.PLACES_AT_ONCE]
        progress.tell_planned(len(some))
        ledger.reverse_entries(
            {entry_id: f"undo:{entry_id}" for entry_id in some},
            effective_on=day,
            accounting_on=on,
            memo=memo,
            by=by,
        )
    RemittanceClaim.objects.filter(remittance=row).update(
        outcome=Outcome.UNDONE, denied=0, entry_id=0, unapplied_entry_id=0, beside_id=None
    )
    Remittance.objects.filter(pk=row.pk).update(
        state=State.REVERSED, hold=reason.strip()[:300], held_count=0, worker_rule_id=None
    )
    work.close_remittance(row.pk, kinds=(work.UNPOSTED, work.MATCH), outcome="Posting taken back")
    _settle_back(row, claim_ids, words=f"Posting taken back: {reason.strip()}", on=on, by=by)
    announce(row.pk, on=on)
    return len(entry_ids)


@transaction.atomic
def reverse_place(
    remittance_id: int,
    position: int,
    *,
    on: date,
    reason: str,
    by: int | None,
    not_before: date | None = None,
) -> int:
    """Take one claim's payment of a posted remittance back; its cash waits as unapplied. Returns the entry reversed, or 0.

    The claim is as it was before; the payment is held and can be applied to it again, or to another one. `not_before`:
    the day until which it counts, where another answer takes its place on that day.

    Raises:
        InputError: no reason.
        StateError: it is not posted on a claim, is itself a reversal, another desk or a later message has built on
            it, or the month of `on` is closed.
    """
    name = f"payment {position} of remittance {remittance_id}"
    if not reason.strip():
        raise InputError(f"{name}: no reason, expected why it is taken back")
    row = Remittance.objects.select_for_update().get(pk=remittance_id)
    place = RemittanceClaim.objects.get(remittance=row, position=position)
    if row.state != State.POSTED or place.outcome not in POSTED or place.claim_id is None:
        raise StateError(f"{name} is not posted on a claim")
    if place.outcome == Outcome.REVERSED:
        raise StateError(f"{name} takes an answer back itself", hint="Take the whole payment back.")
    claim = Claim.objects.select_for_update().get(pk=place.claim_id)
    ledger.lock_claims([claim.pk])
    require_standing(row, [claim.pk], position=position)
    require_nothing_beside(row, [claim.pk], position=position)
    require_reversible([place.entry_id])
    words = f"taken back: {reason.strip()}"
    day = max(_day_of_return(row, [place.entry_id], on=on), not_before or on)
    if place.entry_id:
        ledger.reverse_entry(
            place.entry_id,
            key=f"undo:{place.entry_id}",
            effective_on=day,
            accounting_on=on,
            memo=f"{name} {words}"[:200],
            by=by,
        )
    parked = place.unapplied_entry_id or _park(row, position, day=day, on=on, by=by)
    RemittanceClaim.objects.filter(pk=place.pk).update(
        outcome=Outcome.HELD,
        hold=words[:300],
        denied=0,
        entry_id=0,
        unapplied_entry_id=parked,
        beside_id=None,
    )
    Remittance.objects.filter(pk=row.pk).update(
        held_count=row.held_count + 1, hand_count=F("hand_count") + 1
    )
    work.open_taken_back(row, position, place.control_number, place.paid, words=words, on=on)
    _settle_back(row, [claim.pk], words=f"Payment {words}", on=on, by=by)
    announce(row.pk, on=on)
    return place.entry_id


def _lock(row: Remittance, claim_ids: list[int]) -> None:
    """Keep others off the claims; of very many by one lock, as posting them did."""
    list(
        Claim.objects.select_for_update()
        .filter(is_one_of("id", claim_ids))
        .order_by("id")
        .values_list("id")
    )
    if row.claim_count > parts.PLACES_AT_ONCE:
        ledger.lock_all_claims()
    else:
        ledger.lock_claims(claim_ids)


def _day_of_return(row: Remittance, entry_ids: list[int], *, on: date) -> date:
    """From when on what is taken back counts no more: never before it counted."""
    counted_from = EntryRow.objects.filter(is_one_of("id", entry_ids))
    latest = counted_from.aggregate(day=Max("effective_on"))["day"]
    return max(on, row.paid_on, latest or on)


def _park(row: Remittance, position: int, *, day: date, on: date, by: int | None) -> int:
    """Keep the cash of a payment in view that has left its claim; 0 where it paid nothing."""
    [payment] = payments_of(row.pk, position, position)
    legs = unapplied_legs(payment, payer_id=row.payer_id, trace=trace_of(row))
    if not legs:
        return 0
    [entry_id] = ledger.post_entries(
        [
            Entry(
                kind="unapplied",
                idempotency_key=next_key(row, position, "parked"),
                effective_on=day,
                accounting_on=on,
                legs=legs,
                memo=f"remittance {row.pk} payment {position} waits for its claim",
            )
        ],
        by=by,
    )
    return entry_id


def next_key(row: Remittance, position: int, what: str) -> str:
    """A key of its own for what a person does to a payment again and again."""
    prefix = f"remittance:{row.pk}:{row.posting_round}:{position}:{what}"
    return f"{prefix}:{EntryRow.objects.filter(under(prefix)).count() + 1}"


def _standing_entries(row: Remittance) -> list[int]:
    """The entries of this round of posting, by hand included, oldest first."""
    prefix = f"remittance:{row.pk}:{row.posting_round}:"
    found = EntryRow.objects.filter(under(prefix), reversals=None)
    return list(found.order_by("id").values_list("id", flat=True))


def _settle_back(
    row: Remittance, claim_ids: list[int], *, words: str, on: date, by: int | None
) -> None:
    claims = {claim.pk: claim for claim in Claim.objects.filter(is_one_of("id", claim_ids))}
    found = amounts.amounts_of(claim_ids)
    denied = denied_totals(claim_ids)
    states = states_by_answers(claims, found, denied=denied)
    for claim_id, claim in claims.items():
        if claim_id not in states:
            states[claim_id] = (
                ClaimState.ACCEPTED if claim.payer_control_number else ClaimState.SENT
            )
    amounts.store(found, states=states, denied=denied)
    rows.add_events(
        [(claim_id, "undone", words) for claim_id in claim_ids], on=on, by=by, file_id=row.file_id
    )
    before = {claim_id: claim.state for claim_id, claim in claims.items()}
    next_payer.after_answers(before, on=on, by=by)
    reopen_answered(claim_ids)
    record_audit(
        "change",
        patient_ids={claim.patient_id for claim in claims.values()},
        by=by,
        what="take posting back",
        detail=f"remittance {row.pk}",
    )
